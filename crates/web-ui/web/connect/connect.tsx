// The connect pages: from a session to a connection, in a page of its own or in a frame of another's.
import { render } from 'preact';
import { Problem, StatusRegions, boot, call, wearAppearance } from '../kit';
import { type Boot, Context, type Shared } from './context';
import { Flow } from './flow';
import { type Host, meet } from './host';
import { Later, rare } from './later';
import { managerOf, openLink, returnAddress } from './open';
import { Program } from './program';
import { Frame } from './screens/frame';
import { SessionClient } from './session';
import { type Texts, load } from './texts';
import { askWhere } from './window';

const page = boot<Boot>();
const root = document.getElementById('app');

function show(shared: Shared, content = <Program />): void {
  if (!root) return;
  const { texts } = shared;
  // The same in links and forms, for browsers without programs.
  document.getElementById('plain')?.remove();
  document.documentElement.lang = texts.locale;
  document.documentElement.dir = texts.direction;
  render(
    <Context.Provider value={shared}>
      {content}
      <StatusRegions />
    </Context.Provider>,
    root,
  );
}

function sharedOf(texts: Texts): Shared {
  return { boot: page, texts, app: page.app_name ?? texts.t('app_fallback') };
}

function showProblem(shared: Shared, reason: string): void {
  show(shared, <Later>{({ Failed }) => <Failed failure={{ reason, owner: 'END_USER', phase: '', reference: '' }} />}</Later>);
}

async function hosted(shared: Shared): Promise<void> {
  const client = new SessionClient(page.session ?? '', { form_token: page.form_token ?? '' });
  const session = await client.read();
  const place = { windows: false, environment: '' };
  if (session.intent === 'manage') {
    return show(shared, <Later>{({ Manager }) => <Manager client={client} session={session} place={place} />}</Later>);
  }
  const flow = await Flow.begin(client, session, { ...place, host: managerOf(client.id) });
  show({ ...shared, flow, returnTo: returnAddress(page.session ?? '', page.return_urls ?? []) });
}

async function framed(texts: Texts, meeting: typeof meet): Promise<void> {
  let host: Host;
  try {
    host = await meeting(page.allowed_origins ?? []);
  } catch {
    return showProblem(sharedOf(texts), 'NOT_ALLOWED_HERE');
  }
  const { wishes } = host;
  const spoken = wishes.locale ? await load(page.locale ?? wishes.locale, page.texts).catch(() => texts) : texts;
  const shared = sharedOf(spoken);
  if (wishes.appearance) wearAppearance(wishes.appearance);
  document.body.classList.toggle('whole', wishes.whole === true);
  const environment = page.mode === 'frame' ? decodeURIComponent(location.pathname.split('/').pop() ?? '') : '';
  let flow: Flow | undefined;
  let client: SessionClient | undefined;
  const manager: { leave?: () => void } = {};
  const begin = async (token: string) => {
    try {
      const opened = await SessionClient.open(token, environment);
      client = opened.client;
      if (opened.session.intent === 'manage') {
        const place = { windows: true, host, environment };
        const opening = { client, session: opened.session, place, handle: manager };
        return show({ ...shared, leave }, <Later>{({ Manager }) => <Manager key={opening.client.id} {...opening} />}</Later>);
      }
      flow = await Flow.begin(opened.client, opened.session, { windows: true, host, environment });
      show({ ...shared, flow });
    } catch (error) {
      const reason = error instanceof Problem ? error.reason : 'INTERNAL';
      host.tell({ type: 'outcome', outcome: { status: 'failed', session: client?.id, reason, owner: 'END_USER' } });
      showProblem(shared, reason);
    }
  };
  const leave = () => (flow ? flow.leave() : manager.leave ? manager.leave() : host.tell({ type: 'close' }));
  host.listen((message) => {
    if (message.type === 'close') {
      host.tell({ type: 'here' });
      leave();
    }
    if (message.type === 'token') void (flow ? flow.renew(message.token) : begin(message.token));
    if (message.type === 'appearance') wearAppearance(message.appearance);
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) leave();
  });
  // As high as what it shows, and no higher than the page lets it be.
  new ResizeObserver(() => host.tell({ type: 'size', height: Math.ceil(document.body.scrollHeight) })).observe(document.body);
  host.tell({ type: 'ready' });
  await begin(wishes.token);
}

async function visiting(shared: Shared): Promise<void> {
  const { texts } = shared;
  show(shared, <Frame center name={texts.t('window_title')} title={texts.t('opening_body')} mark={<span class="spinner" aria-hidden="true" />} />);
  const visit = await askWhere();
  if (!visit) return show(shared, <Later>{({ Lost }) => <Lost />}</Later>);
  const { session, binding, attempt, url } = visit;
  await call('/connect/api/window', { body: { session, binding, attempt } });
  location.replace(url);
}

function returned(shared: Shared): void {
  const { texts } = shared;
  show(shared, <Frame center name={texts.t('window_done_title')} title={texts.t('window_done_title')} mark={<span class="emblem emblem-neutral" />}><p class="lead">{texts.t('window_done_body')}</p></Frame>);
  window.close();
}

async function main(): Promise<void> {
  if (page.mode === 'open' && openLink()) return;
  const texts = await load(page.locale, page.texts);
  const shared = sharedOf(texts);
  try {
    if (page.mode === 'hosted') await hosted(shared);
    else if (page.mode === 'frame') await framed(texts, meet);
    else if (page.mode === 'compat') await framed(texts, (await rare(texts)).meetCompat);
    else if (page.mode === 'window') await visiting(shared);
    else if (page.mode === 'done') returned(shared);
    else showProblem(shared, page.problem ?? 'SESSION_UNKNOWN');
  } catch (error) {
    showProblem(shared, error instanceof Problem ? error.reason : 'INTERNAL');
    if (!(error instanceof Problem)) throw error;
  }
}

main().catch((error) => {
  // Without its texts a program can say nothing: what stands in the page for browsers that run none is more than that.
  if (document.getElementById('plain')) document.documentElement.classList.remove('programs');
  throw error;
});
