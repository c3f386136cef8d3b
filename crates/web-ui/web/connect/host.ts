// Where the program runs, and whom it tells what has happened: the page that shows it in a frame, or nobody.
//
// Every message between the frame and its page goes through a port that the page hands over once, after each has seen that
// the other is who it should be. The session's token comes over it, and never stands in an address.

export type Step = 'choose' | 'explain' | 'form' | 'verify' | 'authorize' | 'account' | 'pending' | 'done' | 'failed' | 'manage';

export interface Outcome {
  status: 'connected' | 'pending' | 'dismissed' | 'failed';
  session?: string | undefined;
  connection?: { id: string; integration: string; account?: string | undefined } | undefined;
  result_token?: string | undefined;
  at?: Step | undefined;
  reason?: string | undefined;
  owner?: string | undefined;
  reference?: string | undefined;
}

export type ToHost =
  | { type: 'ready' }
  | { type: 'step'; step: Step; integration?: string | undefined }
  | { type: 'size'; height: number }
  | { type: 'title'; title: string }
  | { type: 'token' }
  | { type: 'outcome'; outcome: Outcome }
  /** Was asked to close, and is still here: somebody is asked first, or something is still to be told. */
  | { type: 'here' }
  | { type: 'close' };

export type FromHost = { type: 'token'; token: string } | { type: 'close' } | { type: 'appearance'; appearance: 'auto' | 'light' | 'dark' };

export interface Host {
  /** What the product wishes for this opening. */
  wishes: {
    token: string;
    integration?: string;
    locale?: string;
    appearance?: 'auto' | 'light' | 'dark';
    /** Whether the frame is as large as the screen. */
    whole?: boolean;
  };
  tell(message: ToHost): void;
  listen(listener: (message: FromHost) => void): void;
}

const PROTOCOL = 1;
/** A page that does not answer will not; one that answers may still have to get the token. */
const PATIENCE = 5000;

/** Whether a page of this origin may show this frame. An origin that the environment allows for one machine is allowed at any port. */
export function mayEmbed(origin: string, origins: readonly string[]): boolean {
  const found = origins.some((it) => it === origin || (it.endsWith(':*') && origin.startsWith(it.slice(0, -1)) && /^\d+$/.test(origin.slice(it.length - 1))));
  if (found && window.parent !== window) return true;
  console.error(`Latchkey: ${origin || 'this page'} may not embed the connect pages. Add it to allowed_origins of the environment.`);
  return false;
}

/** Meets the page that shows this frame. Rejects where it may not, or says nothing. */
export function meet(origins: readonly string[]): Promise<Host> {
  return new Promise((resolve, reject) => {
    const origin = new URLSearchParams(location.hash.slice(1)).get('o') ?? '';
    if (!mayEmbed(origin, origins)) return reject(new Error('NOT_ALLOWED_HERE'));
    const nonce = crypto.randomUUID();
    const timer = setTimeout(() => {
      console.error('Latchkey: the page did not answer. Open the frame with the connect script of this server.');
      finish(() => reject(new Error('NOT_ALLOWED_HERE')));
    }, PATIENCE);
    const finish = (then: () => void) => {
      clearTimeout(timer);
      removeEventListener('message', heard);
      then();
    };
    const heard = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.origin !== origin || event.source !== window.parent) return;
      const { type, nonce: echoed, ...wishes } = (event.data ?? {}) as { type?: string; nonce?: string } & Host['wishes'];
      if (echoed !== nonce) return;
      if (type === 'wait') clearTimeout(timer);
      if (type !== 'welcome' || !port) return;
      finish(() => resolve(over(port, wishes)));
    };
    addEventListener('message', heard);
    // Nothing in it is secret, and only the page that the address names gets it.
    window.parent.postMessage({ type: 'hello', nonce, protocol: PROTOCOL }, origin);
  });
}

function over(port: MessagePort, wishes: Host['wishes']): Host {
  return {
    wishes,
    tell: (message) => port.postMessage(message),
    listen: (listener) => {
      port.onmessage = (event) => listener(event.data as FromHost);
    },
  };
}
