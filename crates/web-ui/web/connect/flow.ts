// What the program is doing: one state, changed by what the person does and by what the server says.
import { Problem } from '../kit/http';
import type { Host, Outcome, Step } from './host';
import { type Choice, type Failure, type Form, type Session, SessionClient } from './session';
import { type Opened, openWindow } from './window';

export type Screen =
  | { at: 'choose' }
  | { at: 'explain' | 'form'; form: Form }
  | { at: 'verify' | 'opening' | 'blocked'; form: Form }
  | { at: 'waiting'; form: Form; seemsClosed: boolean }
  | { at: 'other_account'; form: Form; busy: boolean }
  | { at: 'which_account'; form: Form; chosen?: number | undefined }
  | { at: 'pending'; form?: Form | undefined; link?: string | undefined }
  | { at: 'failed'; failure: Failure; form?: Form | undefined }
  | { at: 'done'; review: boolean };

export interface State {
  session: Session;
  screen: Screen;
  /** What was typed, by field, while the program lives. */
  typed: Record<string, string>;
  /** What the server says of one field. */
  fieldError?: { field: string; message: string } | undefined;
  /** Asked whether to leave. */
  leaving: boolean;
}

export interface Place {
  /** Whether providers are visited in a window beside the page. */
  windows: boolean;
  host?: Host | undefined;
  environment: string;
}

/** An admin at the provider has to allow it. */
const PENDING = 'ADMIN_APPROVAL_PENDING';
/** The window may have been closed, or be somebody else's by now: only the words change. */
const CLOSED_AFTER = 3000;

export class Flow {
  private listeners = new Set<() => void>();
  private watching: AbortController | undefined;
  private opened: Opened | undefined;
  private told = false;
  private attempt: string | undefined;
  /** Came back with an account that nobody meant. */
  private unwanted: string | undefined;
  private telling: Promise<void> | undefined;
  private expiry: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    private client: SessionClient,
    readonly place: Place,
    public state: State,
  ) {}

  /** Begins where the session is. */
  static async begin(client: SessionClient, session: Session, place: Place): Promise<Flow> {
    const flow = new Flow(client, place, { session, screen: { at: 'choose' }, typed: {}, leaving: false });
    addEventListener('pageshow', (event) => event.persisted && void flow.refresh());
    // A page that listens is not kept for the way back.
    addEventListener('pagehide', () => flow.stopWatching());
    addEventListener('online', () => flow.isOffline() && void flow.again());
    flow.expire();
    await flow.enter();
    flow.followHistory();
    void flow.watch();
    return flow;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  show(screen: Screen): void {
    this.set({ screen, leaving: false });
    this.place.host?.tell({ type: 'step', step: STEPS[screen.at], integration: 'form' in screen ? screen.form?.key : undefined });
  }

  /** What there is to come back to. */
  get canGoBack(): boolean {
    const { session, screen } = this.state;
    return screen.at !== 'choose' && screen.at !== 'done' && session.integrations.length > 1 && screen.at !== 'verify';
  }

  /** Whether leaving now would lose what somebody typed. */
  get hasTyped(): boolean {
    return this.state.screen.at === 'form' && Object.values(this.state.typed).some(Boolean);
  }

  async choose(choice: Choice): Promise<void> {
    if (this.state.session.integrations.length > 1 && !this.place.host) history.pushState({ step: choice.key }, '');
    this.set({ typed: {}, fieldError: undefined });
    await this.attempting(async () => {
      const form = await this.client.form(choice.key);
      this.show({ at: form.fields.length ? 'form' : 'explain', form });
    });
  }

  type(field: string, value: string): void {
    const fieldError = this.state.fieldError?.field === field ? undefined : this.state.fieldError;
    this.set({ typed: { ...this.state.typed, [field]: value }, fieldError });
  }

  /** Must be called in a click, for the window. `here` goes to the provider in this tab. */
  async start(form: Form, fields: Record<string, string> = {}, here = false): Promise<void> {
    const inWindow = form.away && this.place.windows && !here;
    this.opened?.close();
    this.opened = inWindow ? openWindow() : undefined;
    if (inWindow && !this.opened) {
      this.show({ at: 'blocked', form });
      return;
    }
    this.show({ at: form.away ? 'opening' : 'verify', form });
    await this.attempting(async () => {
      // Before another attempt is the latest, which alone can be given up.
      if (this.unwanted) await this.client.cancel(this.unwanted).catch(() => undefined);
      this.unwanted = undefined;
      const started = await this.client.start(form.key, fields, inWindow);
      if (started.next !== 'provider') {
        this.set({ session: started.session });
        return started.next === 'connected' ? this.connected(started.session) : this.asked(form.key);
      }
      this.attempt = started.attempt;
      if (!this.opened || !('binding' in this.client.holder)) {
        location.assign(started.url);
        return;
      }
      const { binding } = this.client.holder;
      this.opened.go({ session: this.client.id, binding, attempt: started.attempt, url: started.url });
      this.show({ at: 'waiting', form, seemsClosed: false });
      this.mindClosing();
    }, form);
  }

  /** The rest happens in the whole tab: the frame's session goes there with the frame's secret, in the fragment. */
  continueInTab(): void {
    if (!('binding' in this.client.holder)) return;
    const fragment = new URLSearchParams({ f: this.client.id, b: this.client.holder.binding });
    window.open(`/connect#${fragment}`, '_top');
  }

  focusWindow(): void {
    this.opened?.focus();
  }

  async cancel(): Promise<void> {
    this.opened?.close();
    const { screen } = this.state;
    const form = 'form' in screen ? screen.form : undefined;
    if (this.attempt) await this.client.cancel(this.attempt).catch(() => undefined);
    this.attempt = undefined;
    if (form) this.show({ at: form.fields.length ? 'form' : 'explain', form });
    else await this.enter();
  }

  /** The other account is meant: it takes the place of the one the connection has. */
  async useOther(form: Form): Promise<void> {
    const { attempt } = this.state.session;
    if (!attempt) return;
    this.show({ at: 'other_account', form, busy: true });
    await this.attempting(async () => this.connected(await this.client.confirm(attempt.id)), form);
  }

  /** Which of several is meant. What follows may be another question. */
  async chooseAccount(form: Form, chosen: number): Promise<void> {
    const { attempt } = this.state.session;
    if (!attempt) return;
    this.show({ at: 'which_account', form, chosen });
    await this.attempting(async () => {
      const session = await this.client.chooseAccount(attempt.id, chosen);
      this.set({ session });
      if (session.connection) this.connected(session);
      else await this.asked(form.key);
    }, form);
  }

  /** What came back is forgotten, and the provider is visited once more. Must be called in a click, for the window. */
  async switchAccount(form: Form): Promise<void> {
    this.unwanted = this.state.session.attempt?.id;
    this.attempt = undefined;
    if (form.fields.length) this.show({ at: 'form', form });
    else await this.start(form);
  }

  /** Asks for the link that an admin is to open. */
  async makeLink(form?: Form): Promise<void> {
    await this.attempting(async () => {
      const link = await this.client.approval();
      this.set({ session: await this.client.read() });
      this.expire();
      this.show({ at: 'pending', form, link });
    }, form);
  }

  async back(): Promise<void> {
    if (this.state.screen.at === 'waiting' || this.state.screen.at === 'opening') await this.cancel();
    this.show({ at: 'choose' });
  }

  /** After a failure: the same again. */
  async again(): Promise<void> {
    const { screen, session } = this.state;
    const form = screen.at === 'failed' || screen.at === 'pending' ? screen.form : undefined;
    // What was to be chosen is still there.
    if (session.attempt?.state === 'held') await this.asked(session.attempt.integration);
    else if (form) this.show({ at: form.fields.length ? 'form' : 'explain', form });
    else await this.enter(session.attempt?.integration);
  }

  async chooseAnother(): Promise<void> {
    this.show({ at: 'choose' });
  }

  /** Another session, from whoever gave this one, on the same step. */
  startOver(): void {
    this.place.host?.tell({ type: 'token' });
  }

  async renew(token: string): Promise<void> {
    await this.attempting(async () => {
      const { client, session } = await SessionClient.open(token, this.place.environment);
      this.client = client;
      const { screen } = this.state;
      // Where it was, with what was typed.
      this.set({ session });
      this.expire();
      void this.watch();
      if (screen.at === 'failed' && !screen.form) await this.enter();
      else if (screen.at === 'failed' && screen.form) this.show({ at: screen.form.fields.length ? 'form' : 'explain', form: screen.form });
    });
  }

  /** Asks first where something typed would be lost. */
  leave(): void {
    if (this.hasTyped && !this.state.leaving) this.set({ leaving: true });
    else this.close();
  }

  stay(): void {
    this.set({ leaving: false });
  }

  close(): void {
    const { screen, session } = this.state;
    if (this.telling) {
      void this.telling.then(() => this.place.host?.tell({ type: 'close' }));
      return;
    }
    this.stopWatching();
    clearTimeout(this.expiry);
    if (this.attempt && !session.connection) {
      this.opened?.close();
      void this.client.cancel(this.attempt).catch(() => undefined);
    }
    if (screen.at === 'pending') this.tell({ status: 'pending' });
    else if (screen.at === 'failed' && screen.failure.reason !== 'USER_DECLINED') {
      const { reason, owner, reference } = screen.failure;
      this.tell({ status: 'failed', reason, owner, reference });
    } else {
      const reason = screen.at === 'failed' ? 'USER_DECLINED' : undefined;
      this.tell({ status: 'dismissed', at: STEPS[screen.at], reason });
    }
    this.place.host?.tell({ type: 'close' });
  }

  /** Where a session is by itself: done, failed, or somewhere to begin. */
  private async enter(integration?: string): Promise<void> {
    const { session } = this.state;
    if (session.connection) return this.connected(session);
    const wished = integration ?? this.place.host?.wishes.integration;
    const only = session.integrations.length === 1 ? session.integrations[0] : session.integrations.find((it) => it.key === wished);
    if (session.attempt?.state === 'held' && !integration) return this.asked(session.attempt.integration);
    const failed = session.failure && session.attempt && !integration;
    const asked = session.failure?.reason === PENDING;
    if (failed && session.failure && !(asked && session.approving)) {
      const form = await this.client.form(session.attempt?.integration ?? '').catch(() => undefined);
      return this.failed(session.failure, form);
    }
    if (!only) return this.show({ at: 'choose' });
    const form = await this.client.form(only.key);
    this.show({ at: form.fields.length ? 'form' : 'explain', form });
  }

  /** The provider answered with another account, or with several: which one is meant? */
  private async asked(integration: string): Promise<void> {
    this.opened?.close();
    const { attempt } = this.state.session;
    this.attempt = attempt?.id;
    const form = await this.client.form(integration);
    this.show(attempt?.choices ? { at: 'which_account', form } : { at: 'other_account', form, busy: false });
  }

  /** Hears what becomes of the session, here or in another tab, until it is over. */
  private async watch(): Promise<void> {
    this.stopWatching();
    const watching = new AbortController();
    this.watching = watching;
    try {
      for await (const session of this.client.watch(watching.signal)) {
        this.heard(session);
        if (session.connection) return;
      }
    } catch (error) {
      const { screen } = this.state;
      if (!watching.signal.aborted) this.failed(failure(error), 'form' in screen ? screen.form : undefined);
    }
  }

  private heard(session: Session): void {
    this.set({ session });
    const { screen } = this.state;
    const { attempt, failure: reason } = session;
    if (session.connection) this.connected(session);
    else if (screen.at !== 'waiting' || !attempt || attempt.id !== this.attempt) return;
    else if (attempt.state === 'failed' && reason) this.failed(reason, screen.form);
    else if (attempt.state === 'held') void this.attempting(() => this.asked(attempt.integration), screen.form);
  }

  private stopWatching(): void {
    this.watching?.abort();
    this.watching = undefined;
  }

  private mindClosing(): void {
    const opened = this.opened;
    let since = 0;
    const timer = setInterval(() => {
      const { screen } = this.state;
      if (screen.at !== 'waiting' || this.opened !== opened) return clearInterval(timer);
      since = opened?.seemsClosed() ? since || Date.now() : 0;
      const seemsClosed = since > 0 && Date.now() - since >= CLOSED_AFTER;
      if (seemsClosed !== screen.seemsClosed) this.set({ screen: { ...screen, seemsClosed } });
    }, 500);
  }

  private connected(session: Session): void {
    if (this.state.screen.at === 'done') return;
    this.opened?.close();
    this.attempt = undefined;
    clearTimeout(this.expiry);
    this.set({ session, typed: {} });
    this.show({ at: 'done', review: Boolean(session.connection?.scopes_left_out?.length) });
    if (this.place.host) this.telling = this.tellConnected(session);
  }

  private async tellConnected({ connection, attempt, integrations }: Session): Promise<void> {
    if (!connection) return;
    const integration = attempt?.integration ?? integrations[0]?.key ?? '';
    const result_token = await this.result();
    this.tell({ status: 'connected', connection: { id: connection.id, integration, account: connection.account }, result_token });
  }

  /** What the product's backend exchanges; without it, that it asks the server remains. */
  result(): Promise<string | undefined> {
    return this.client.result().catch(() => undefined);
  }

  private failed(failure: Failure, form?: Form): void {
    this.opened?.close();
    this.attempt = undefined;
    // Nothing has failed: somebody else has to act.
    if (failure.reason === PENDING) this.show({ at: 'pending', form });
    else this.show({ at: 'failed', failure, form });
  }

  /** What goes wrong is shown where it belongs: at the field, or on a screen of its own. */
  private async attempting(work: () => Promise<void>, form?: Form): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.opened?.close();
      const field = error instanceof Problem && error.reason === 'FIELD_INVALID' ? error.document['field'] : undefined;
      if (form && typeof field === 'string' && form.fields.some((it) => it.name === field)) {
        this.show({ at: 'form', form });
        this.set({ fieldError: { field, message: (error as Problem).message } });
        return;
      }
      const session = await this.client.read().catch(() => undefined);
      if (session) this.set({ session });
      const held = session?.attempt?.state === 'held';
      if (held && ['verify', 'which_account'].includes(this.state.screen.at) && !(error instanceof Problem && error.reason.startsWith('PROVIDER_'))) {
        return this.asked(session.attempt?.integration ?? '');
      }
      this.failed(failure(error, session), form);
    }
  }

  private async refresh(): Promise<void> {
    // Back from the provider by the browser's own button: the page wakes up as it was left.
    await this.attempting(async () => {
      this.set({ session: await this.client.read() });
      await this.enter();
      void this.watch();
    });
  }

  private isOffline(): boolean {
    return this.state.screen.at === 'failed' && this.state.screen.failure.reason === 'NETWORK';
  }

  private expire(): void {
    clearTimeout(this.expiry);
    const left = this.state.session.expires_at - Date.now();
    this.expiry = setTimeout(
      () => {
        const { screen } = this.state;
        if (screen.at === 'done' || screen.at === 'waiting') return;
        this.failed({ reason: 'SESSION_EXPIRED', owner: 'END_USER', phase: '', reference: '' }, 'form' in screen ? screen.form : undefined);
      },
      Math.min(Math.max(left, 0), 2 ** 31 - 1),
    );
  }

  private tell(outcome: Outcome): void {
    // One opening has one outcome.
    if (this.told) return;
    this.told = true;
    this.place.host?.tell({ type: 'outcome', outcome: { session: this.client.id, ...outcome } });
  }

  private followHistory(): void {
    addEventListener('popstate', () => {
      if (this.canGoBack) void this.back();
    });
  }
}

const STEPS: Record<Screen['at'], Step> = {
  choose: 'choose',
  explain: 'explain',
  form: 'form',
  verify: 'verify',
  opening: 'authorize',
  blocked: 'authorize',
  waiting: 'authorize',
  other_account: 'account',
  which_account: 'account',
  pending: 'pending',
  failed: 'failed',
  done: 'done',
};

function failure(error: unknown, session?: Session): Failure {
  if (!(error instanceof Problem)) throw error;
  const recorded = session?.failure;
  if (recorded && recorded.reason === error.reason) return recorded;
  return { reason: error.reason, owner: (error.document['owner'] as Failure['owner']) ?? 'OPERATOR', phase: '', reference: session?.attempt?.id ?? session?.id ?? '' };
}
