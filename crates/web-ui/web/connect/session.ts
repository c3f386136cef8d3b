// What the server says, in its own words. It alone knows what has become of a session.
import { type Call, Problem, call, events } from '../kit/http';

export interface Choice {
  key: string;
  name: string;
  provider: string;
  categories: string[];
  away: boolean;
  asks: boolean;
  scopes: string[];
  /** Its provider does not answer at present. */
  failing?: boolean;
}

export interface Failure {
  reason: string;
  owner: 'END_USER' | 'DEVELOPER' | 'PROVIDER' | 'OPERATOR';
  phase: string;
  reference: string;
}

export interface Connection {
  id: string;
  account?: string;
  scopes_left_out?: string[];
  ended?: [reason: string, time: number];
}

/** One of the end user's own. */
export interface Own {
  id: string;
  integration: string;
  name: string;
  account?: string;
  /** `failing` passes by itself. */
  state: 'connected' | 'failing' | 'ended';
  ended?: [reason: string, time: number];
  scopes_left_out?: string[];
  mendable: boolean;
  created_at: number;
}

/** One of several accounts that a login opens, named by its place. */
export interface Account {
  label: string;
  detail?: string;
}

export interface Attempt {
  id: string;
  integration: string;
  state: 'started' | 'claimed' | 'held' | 'completed' | 'failed';
  /** The other account that it came back with. */
  account?: string;
  choices?: Account[];
}

export interface Session {
  id: string;
  revision: string;
  end_user: string;
  expires_at: number;
  intent: 'connect' | 'reconnect' | 'manage';
  /** This is the browser of an admin, who was asked to allow what another may not. */
  approving?: boolean;
  integrations: Choice[];
  attempt?: Attempt;
  failure?: Failure;
  connection?: Connection;
  mends?: Connection;
}

export interface FormField {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  multiline: boolean;
  help?: string;
  before?: string;
  after?: string;
  value?: string;
  pattern?: string;
  options?: string[];
  discouraged?: string[];
  when?: [field: string, value: string];
}

export interface Form {
  key: string;
  name: string;
  provider: string;
  away: boolean;
  scopes: string[];
  fields: FormField[];
  steps: string[];
  notes: string[];
  /** The product’s own page of help. */
  docs_url?: string;
}

export type Started = { next: 'provider'; url: string; attempt: string } | { next: 'connected' | 'choose_account'; session: Session };

/** How a page shows that the session is its own: by the browser's cookie, or by a secret that it keeps in memory. */
export type Holder = { form_token: string } | { binding: string };

export class SessionClient {
  constructor(
    readonly id: string,
    readonly holder: Holder,
  ) {}

  static async open(token: string, environment: string): Promise<{ client: SessionClient; session: Session }> {
    const { binding, session } = await call<{ binding: string; session: Session }>('/connect/api/sessions', { body: { token, ...(environment && { environment }) } });
    return { client: new SessionClient(session.id, { binding }), session };
  }

  read(): Promise<Session> {
    return this.call('');
  }

  form(key: string): Promise<Form> {
    return this.call(`/integrations/${encodeURIComponent(key)}`);
  }

  start(integration: string, fields: Record<string, string>, window: boolean): Promise<Started> {
    return this.call('/attempts', { body: { integration, fields, window } });
  }

  /** The other account, with which an attempt came back, is meant. */
  confirm(attempt: string): Promise<Session> {
    return this.call(`/attempts/${encodeURIComponent(attempt)}/confirm`, { body: {} });
  }

  /** Which of several accounts is meant. */
  chooseAccount(attempt: string, choice: number): Promise<Session> {
    return this.call(`/attempts/${encodeURIComponent(attempt)}/choose`, { body: { choice } });
  }

  /** What the end user has, in a session for looking after it. */
  connections(): Promise<Own[]> {
    return this.call('/connections');
  }

  disconnect(connection: string): Promise<void> {
    return this.call(`/connections/${encodeURIComponent(connection)}`, { method: 'DELETE' });
  }

  /** Another session in which a connection is made, or this one mended. */
  async errand(mends?: string): Promise<{ client: SessionClient; session: Session }> {
    const { session } = await this.call<{ session: Session }>('/errands', { body: { ...(mends && { mends }) } });
    return { client: new SessionClient(session.id, this.holder), session };
  }

  /** What the page takes back: good once, for five minutes, to the product's backend. */
  async result(): Promise<string | undefined> {
    const { result_token } = await this.call<{ result_token: string }>('/result', { body: {} });
    return result_token;
  }

  /** A link for the admin who has to allow it. */
  async approval(): Promise<string> {
    const { link } = await this.call<{ link: string }>('/approval', { body: {} });
    return link;
  }

  cancel(attempt: string): Promise<void> {
    return this.call(`/attempts/${encodeURIComponent(attempt)}`, { method: 'DELETE' });
  }

  /** Every state of the session, from the present one on, for as long as somebody wants to know. */
  async *watch(signal: AbortSignal): AsyncGenerator<Session> {
    let revision = '';
    let streams = true;
    for (let failures = 0; !signal.aborted; ) {
      try {
        for await (const session of streams ? this.stream(signal) : this.poll(revision, signal)) {
          failures = 0;
          if (session.revision !== revision) yield session;
          revision = session.revision;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem && error.status >= 400 && error.status < 500) throw error;
        failures += 1;
        // Some proxies hold a stream back until it ends: an answer that waits gets through all of them.
        streams = failures < 2;
        await pause(Math.min(500 * 2 ** failures, 8000), signal);
      }
    }
  }

  private async *stream(signal: AbortSignal): AsyncGenerator<Session> {
    for await (const { event, data } of events(this.path('/watch'), { ...this.headers(), signal })) {
      if (event === 'problem') throw new Problem(410, data, data);
      yield JSON.parse(data) as Session;
    }
  }

  private async *poll(revision: string, signal: AbortSignal): AsyncGenerator<Session> {
    yield await this.call<Session>(`/watch?known=${encodeURIComponent(revision)}`, { signal });
  }

  private path(rest: string): string {
    return `/connect/api/sessions/${encodeURIComponent(this.id)}${rest}`;
  }

  private headers(): { headers: Record<string, string> } {
    return { headers: 'binding' in this.holder ? { authorization: `Bearer ${this.holder.binding}` } : { 'x-form-token': this.holder.form_token } };
  }

  private call<T>(rest: string, options: Call = {}): Promise<T> {
    return call<T>(this.path(rest), { ...options, ...this.headers() });
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
