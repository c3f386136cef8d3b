// The script that products embed: it shows the connect pages of a Latchkey server in a dialog, or sends the browser there, and
// says what came of it. It knows no secret but the session's token, which it hands to the server's own frame.

export type Appearance = 'auto' | 'light' | 'dark';
export type Step = 'choose' | 'explain' | 'form' | 'verify' | 'authorize' | 'account' | 'pending' | 'done' | 'failed' | 'manage';

/** What one opening came to. Exactly one of these, whatever happens; nothing a person can do makes an exception. */
export type Outcome =
  /** `result_token` is for your backend: `ExchangeConnectResult` tells it, once and within five minutes, what really came of it. */
  | { status: 'connected'; session?: string; connection: { id: string; integration: string; account?: string }; result_token?: string }
  /** An admin at the provider has to allow it, and has been asked: your backend hears of the connection when they have. */
  | { status: 'pending'; session?: string }
  /** The person left; `USER_DECLINED` where they said no to the provider. */
  | { status: 'dismissed'; session?: string; at?: Step; reason?: string }
  /** `owner` says whose turn it is: `END_USER`, `DEVELOPER`, `PROVIDER` or `OPERATOR`. `reference` is for looking it up. */
  | { status: 'failed'; session?: string; reason: string; owner?: string; reference?: string }
  /** The browser is on its way to the hosted page, and comes back to `returnUrl`. */
  | { status: 'redirected' };

export interface Settings {
  /** Where the Latchkey server is, for instance `https://connect.example.com`. The server that the script came from, where it is a script of its own. */
  server?: string;
  /** The environment whose integrations are offered. */
  environment: string;
  /** `dialog` over the page, `redirect` to the hosted page, or whichever suits the device. */
  mode?: 'auto' | 'dialog' | 'redirect';
  /** A language such as `de`; the browser's, where it is not said. */
  locale?: string;
  appearance?: Appearance;
}

export interface Opening {
  /** From `CreateConnectSession`, made by your backend for the person at this page. A function is asked again when it has run out. */
  sessionToken: string | (() => string | Promise<string>);
  /** Goes straight to one of the session's integrations. */
  integration?: string;
  /** For `redirect`: where the hosted page sends the browser in the end. One of the environment's `return_urls`. */
  returnUrl?: string;
}

/** What there is to listen to. `step` may grow; the others stay as they are. */
export interface Events {
  ready: undefined;
  step: { step: Step; integration?: string };
  outcome: Outcome;
  close: undefined;
}

export interface Flow {
  outcome: Promise<Outcome>;
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void;
  setAppearance(appearance: Appearance): void;
  /** Asks the person first where something typed would be lost. */
  close(): void;
}

const from = typeof document === 'undefined' ? undefined : (document.currentScript as HTMLScriptElement | null)?.src;
const PROTOCOL = 1;
/** A frame that says nothing for so long cannot be shown: it is forbidden to, or the server is away. */
const PATIENCE = 15_000;
/** A frame that is asked to close and says nothing for so long is no longer there. */
const ANSWERS_WITHIN = 2_000;

/** Opens the connect pages, and resolves with what came of it. */
export function connect(options: Settings & Opening): Promise<Outcome> {
  return createConnect(options).open(options).outcome;
}

export function createConnect(settings: Settings) {
  if (!settings.environment) throw new TypeError('Latchkey: say which environment, in `environment`.');
  const base = settings.server ?? (from && new URL(from).origin);
  if (!base) throw new TypeError('Latchkey: say where the server is, in `server`.');
  const server = new URL(base, location.href).origin;
  return {
    open(opening: Opening): Flow {
      const small = matchMedia('(max-width: 480px) and (pointer: coarse)').matches;
      const mode = settings.mode ?? 'auto';
      return mode === 'redirect' || (mode === 'auto' && small && opening.returnUrl) ? redirect(server, opening) : dialog(server, settings, opening);
    },
  };
}

async function tokenOf({ sessionToken }: Opening): Promise<string> {
  const token: unknown = await (typeof sessionToken === 'function' ? sessionToken() : sessionToken);
  if (typeof token === 'string' && token) return token;
  console.error('Latchkey: sessionToken gave no token. It is `token` of what CreateConnectSession answers.');
  throw new TypeError('no token');
}

function redirect(server: string, opening: Opening): Flow {
  const outcome = tokenOf(opening).then(
    (token): Outcome => {
      // In the fragment, which browsers send to nobody.
      const fragment = new URLSearchParams({ s: token, ...(opening.returnUrl && { r: opening.returnUrl }) });
      location.assign(`${server}/connect#${fragment}`);
      return { status: 'redirected' };
    },
    (): Outcome => ({ status: 'failed', reason: 'TOKEN_UNAVAILABLE', owner: 'DEVELOPER' }),
  );
  return { outcome, on: () => () => undefined, setAppearance: () => undefined, close: () => undefined };
}

function dialog(server: string, settings: Settings, opening: Opening): Flow {
  const listeners = new Map<string, Set<(detail: never) => void>>();
  const emit = <Name extends keyof Events>(name: Name, detail: Events[Name]) => {
    for (const listener of listeners.get(name) ?? []) (listener as (detail: Events[Name]) => void)(detail);
  };
  let settle: (outcome: Outcome) => void = () => undefined;
  let settled = false;
  const outcome = new Promise<Outcome>((resolve) => {
    settle = (result) => {
      if (settled) return;
      settled = true;
      resolve(result);
      emit('outcome', result);
    };
  });

  const { element, frame, whole, resize } = build(`${server}/embed/${encodeURIComponent(settings.environment)}#${new URLSearchParams({ o: location.origin })}`);
  const undim = dim();
  const before = document.activeElement;
  let port: MessagePort | undefined;
  const end = (result: Outcome) => {
    settle(result);
    if (!element.isConnected) return;
    clearTimeout(timer);
    clearTimeout(leaving);
    removeEventListener('message', greeted);
    port?.close();
    element.close();
    element.remove();
    undim();
    if (before instanceof HTMLElement) before.focus();
    emit('close', undefined);
  };
  const timer = setTimeout(() => end({ status: 'failed', reason: 'FRAME_UNREACHABLE', owner: 'DEVELOPER' }), PATIENCE);
  const token = () =>
    tokenOf(opening).catch(() => {
      end({ status: 'failed', reason: 'TOKEN_UNAVAILABLE', owner: 'DEVELOPER' });
      return undefined;
    });
  const first = token();
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const leave = () => {
    if (!port) return end({ status: 'dismissed' });
    port.postMessage({ type: 'close' });
    leaving ??= setTimeout(() => end({ status: 'dismissed' }), ANSWERS_WITHIN);
  };

  const heard = ({ data }: MessageEvent) => {
    clearTimeout(leaving);
    leaving = undefined;
    if (data.type === 'ready') emit('ready', undefined);
    else if (data.type === 'step') emit('step', { step: data.step, integration: data.integration });
    else if (data.type === 'title') frame.title = data.title;
    else if (data.type === 'size') resize(data.height);
    else if (data.type === 'outcome') settle(data.outcome);
    else if (data.type === 'close') end({ status: 'dismissed' });
    else if (data.type === 'token') void token().then((it) => it && port?.postMessage({ type: 'token', token: it }));
  };
  const greeted = async ({ origin, source, data }: MessageEvent) => {
    // The server's frame that is in this dialog, and no other.
    if (origin !== server || source !== frame.contentWindow || data?.type !== 'hello' || data.protocol !== PROTOCOL) return;
    clearTimeout(timer);
    // A backend may take its time; the frame waits for as long as it is told to.
    frame.contentWindow?.postMessage({ type: 'wait', nonce: data.nonce }, server);
    const it = await first;
    if (!it || !element.isConnected) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = heard;
    const { locale, appearance } = settings;
    const { integration } = opening;
    frame.contentWindow?.postMessage({ type: 'welcome', nonce: data.nonce, token: it, integration, locale, appearance, whole }, server, [channel.port2]);
  };
  addEventListener('message', greeted);
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  element.addEventListener('click', (event) => event.target === element && leave());
  document.body.append(element);
  element.showModal();

  return {
    outcome,
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(listener as (detail: never) => void));
      return () => known.delete(listener as (detail: never) => void);
    },
    setAppearance: (appearance) => port?.postMessage({ type: 'appearance', appearance }),
    close: leave,
  };
}

/** A sheet made here is no inline style, so a strict policy of the page's lets it be. */
function dim() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('dialog[data-latchkey]::backdrop { background: rgb(16 19 26 / 48%); }');
  document.adoptedStyleSheets.push(sheet);
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((it) => it !== sheet);
  };
}

/** The browser's own modal: nothing behind it can be reached, and nothing of the page lies above it. */
function build(src: string) {
  const element = document.createElement('dialog');
  element.dataset['latchkey'] = '';
  const frame = document.createElement('iframe');
  frame.src = src;
  frame.title = 'Connect';
  frame.allow = 'clipboard-write';
  const small = matchMedia('(max-width: 480px)').matches;
  // The object model's styles are not the inline ones that a strict policy of the page's forbids.
  Object.assign(element.style, {
    width: small ? '100%' : 'min(27rem, 100%)',
    maxWidth: '100%',
    height: small ? '100dvh' : 'fit-content',
    maxHeight: small ? '100dvh' : 'calc(100dvh - 32px)',
    padding: '0',
    border: '0',
    borderRadius: small ? '0' : '16px',
    overflow: 'hidden',
    background: 'transparent',
    boxShadow: '0 24px 64px -12px rgb(0 0 0 / 35%)',
  });
  Object.assign(frame.style, {
    display: 'block',
    width: '100%',
    height: small ? '100dvh' : '480px',
    maxHeight: small ? '100dvh' : 'calc(100dvh - 32px)',
    border: '0',
  });
  element.append(frame);
  const resize = (height: number) => {
    // On a small screen it is the screen.
    if (!small) frame.style.height = `${height}px`;
  };
  return { element, frame, whole: small, resize };
}
