// The connect pages: from a session to a connection, in a page of its own or in a frame of another's.
import { render } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { Button, Dialog, Problem, StatusRegions, boot, call, wearAppearance } from '../kit';
import { type Boot, Context, type Shared, useShared } from './context';
import { Flow } from './flow';
import { type Host, meet, meetCompat } from './host';
import { openLink, returnAddress } from './open';
import { OtherAccount } from './screens/account';
import { Choose } from './screens/choose';
import { Done, Failed } from './screens/ends';
import { Explain } from './screens/explain';
import { Form } from './screens/form';
import { Frame } from './screens/frame';
import { Pending } from './screens/pending';
import { Blocked, Opening, Verify, Waiting } from './screens/progress';
import { SessionClient } from './session';
import { type Texts, load } from './texts';
import { askWhere } from './window';

const page = boot<Boot>();
const root = document.getElementById('app');

function Program() {
  const { flow, texts } = useShared();
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => flow?.subscribe(() => changed(undefined)), [flow]);
  if (!flow) return null;
  const { screen, leaving } = flow.state;
  return (
    <>
      <Screen flow={flow} key={screen.at} />
      {leaving && (
        <Dialog
          title={texts.t('leave_title')}
          onClose={() => flow.stay()}
          actions={
            <>
              <Button kind="primary" onClick={() => flow.stay()}>
                {texts.t('leave_stay')}
              </Button>
              <Button onClick={() => flow.close()}>{texts.t('leave_go')}</Button>
            </>
          }
        >
          <p>{texts.t('leave_body')}</p>
        </Dialog>
      )}
    </>
  );
}

function Screen({ flow }: { flow: Flow }) {
  const { screen } = flow.state;
  switch (screen.at) {
    case 'choose':
      return <Choose />;
    case 'explain':
      return <Explain form={screen.form} />;
    case 'form':
      return <Form form={screen.form} />;
    case 'verify':
      return <Verify form={screen.form} />;
    case 'opening':
      return <Opening form={screen.form} />;
    case 'waiting':
      return <Waiting form={screen.form} seemsClosed={screen.seemsClosed} />;
    case 'other_account':
      return <OtherAccount form={screen.form} busy={screen.busy} />;
    case 'blocked':
      return <Blocked form={screen.form} />;
    case 'pending':
      return <Pending form={screen.form} link={screen.link} />;
    case 'failed':
      return <Failed failure={screen.failure} form={screen.form} />;
    case 'done':
      return <Done review={screen.review} />;
  }
}

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
  show(shared, <Failed failure={{ reason, owner: 'END_USER', phase: '', reference: '' }} />);
}

async function hosted(shared: Shared): Promise<void> {
  const client = new SessionClient(page.session ?? '', { form_token: page.form_token ?? '' });
  const flow = await Flow.begin(client, await client.read(), { windows: false, environment: '' });
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
  const spoken = wishes.locale ? await load(page.locale ?? wishes.locale, page.texts) : texts;
  const shared = sharedOf(spoken);
  if (wishes.appearance) wearAppearance(wishes.appearance);
  document.body.classList.toggle('whole', wishes.whole === true);
  const environment = page.mode === 'frame' ? decodeURIComponent(location.pathname.split('/').pop() ?? '') : '';
  let flow: Flow | undefined;
  let client: SessionClient | undefined;
  const begin = async (token: string) => {
    try {
      const opened = await SessionClient.open(token, environment);
      client = opened.client;
      flow = await Flow.begin(opened.client, opened.session, { windows: true, host, environment });
      show({ ...shared, flow });
    } catch (error) {
      const reason = error instanceof Problem ? error.reason : 'INTERNAL';
      host.tell({ type: 'outcome', outcome: { status: 'failed', session: client?.id, reason, owner: 'END_USER' } });
      showProblem(shared, reason);
    }
  };
  host.listen((message) => {
    if (message.type === 'close') flow ? flow.leave() : host.tell({ type: 'close' });
    if (message.type === 'token') void (flow ? flow.renew(message.token) : begin(message.token));
    if (message.type === 'appearance') wearAppearance(message.appearance);
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) flow ? flow.leave() : host.tell({ type: 'close' });
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
  if (!visit) {
    show(shared, <Frame center name={texts.t('window_lost_title')} title={texts.t('window_lost_title')}><p class="lead">{texts.t('window_lost_body')}</p></Frame>);
    return;
  }
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
    else if (page.mode === 'compat') await framed(texts, meetCompat);
    else if (page.mode === 'window') await visiting(shared);
    else if (page.mode === 'done') returned(shared);
    else showProblem(shared, page.problem ?? 'SESSION_UNKNOWN');
  } catch (error) {
    showProblem(shared, error instanceof Problem ? error.reason : 'INTERNAL');
    if (!(error instanceof Problem)) throw error;
  }
}

void main();
