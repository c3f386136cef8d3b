// Where end users look after their connections: see how they are, mend them, end them, make another.
import { useEffect, useState } from 'preact/hooks';
import { Button, Dialog, Icon, Logo, Notice, Problem, announce } from '../kit';
import { Context, useShared } from './context';
import { said } from './failures';
import { Flow, type Place } from './flow';
import { endsWith, manageFrom } from './open';
import { Program } from './program';
import { Failed } from './screens/failed';
import { Frame } from './screens/frame';
import type { Own, Session, SessionClient } from './session';

export interface ManagerProps {
  client: SessionClient;
  session: Session;
  place: Place;
  /** How whoever shows the frame has it closed. */
  handle?: { leave?: () => void };
}

export function Manager({ client, session, place, handle = {} }: ManagerProps) {
  const shared = useShared();
  const { texts, app } = shared;
  const { host } = place;
  const [owned, setOwned] = useState<Own[]>();
  const [ending, end] = useState<Own>();
  const [busy, setBusy] = useState('');
  const [flow, setFlow] = useState<Flow>();
  const [reason, setReason] = useState('');
  const close = () => {
    host?.tell({ type: 'outcome', outcome: { session: client.id, status: 'dismissed', at: 'manage' } });
    host?.tell({ type: 'close' });
  };
  const attempting = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setReason('');
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setReason(error.reason);
    }
    setBusy('');
  };
  const load = () => attempting('', async () => setOwned(await client.connections()));
  useEffect(() => {
    void load();
    // Kept for the way back by the browser, it is as it was left.
    addEventListener('pageshow', (event) => event.persisted && void load());
    host?.tell({ type: 'step', step: 'manage' });
  }, []);
  const run = (what: string, mends?: string) =>
    attempting(what, async () => {
      const errand = await client.errand(mends);
      let over = false;
      const ended = () => {
        over = true;
        setFlow(undefined);
        void load();
      };
      if (!host) manageFrom(errand.client.id, client.id);
      setFlow(await Flow.begin(errand.client, errand.session, { ...place, host: endsWith(ended, (message) => over || host?.tell(message)) }));
    });
  const disconnect = (own: Own) =>
    attempting(own.id, async () => {
      await client.disconnect(own.id);
      announce(texts.t('manage_ended', { provider: own.name }));
      setOwned((all) => all?.filter((it) => it !== own));
    });

  handle.leave = () => (flow ? flow.leave() : close());
  if (flow) {
    return (
      <Context.Provider value={{ ...shared, flow }}>
        <Program key={flow.state.session.id} />
      </Context.Provider>
    );
  }
  const leave = host && close;
  if (reason.startsWith('SESSION_')) {
    return (
      <Context.Provider value={{ ...shared, leave }}>
        <Failed failure={{ reason, owner: 'END_USER', phase: '', reference: '' }} />
      </Context.Provider>
    );
  }
  const title = texts.t('manage_title');
  return (
    <Context.Provider value={{ ...shared, leave }}>
      <Frame
        name={title}
        title={title}
        actions={
          // Which of the two it is, the list says.
          owned && session.integrations.length > 0 && (
            <Button kind={owned.length ? 'secondary' : 'primary'} wide busy={busy === 'new'} onClick={() => void run('new')}>
              {texts.t(owned.length ? 'manage_new' : 'choose_title')}
            </Button>
          )
        }
      >
        <p class="lead">{texts.t('manage_lead', { app })}</p>
        {reason && (
          <Notice kind="danger" title={texts.t(said(reason).title)}>
            <Button onClick={() => void load()}>{texts.t('try_again')}</Button>
          </Notice>
        )}
        {owned?.length === 0 && <p class="nothing">{texts.t('manage_empty')}</p>}
        <ul class="owned" aria-busy={!owned}>
          {owned?.map((own) => <Row key={own.id} own={own} busy={busy === own.id} mend={() => void run(own.id, own.id)} end={() => end(own)} />)}
        </ul>
      </Frame>
      {ending && (
        <Dialog
          title={texts.t('manage_end_title', { provider: ending.name })}
          onClose={() => end(undefined)}
          actions={
            <>
              <Button
                kind="danger"
                onClick={() => {
                  end(undefined);
                  void disconnect(ending);
                }}
              >
                {texts.t('manage_end')}
              </Button>
              <Button onClick={() => end(undefined)}>{texts.t('manage_keep')}</Button>
            </>
          }
        >
          <p>{texts.t('manage_end_body', { app, provider: ending.name })}</p>
        </Dialog>
      )}
    </Context.Provider>
  );
}

function Row({ own, busy, mend, end }: { own: Own; busy: boolean; mend: () => void; end: () => void }) {
  const { texts } = useShared();
  const { name, account, state, ended, scopes_left_out, mendable } = own;
  const on = (time: number) => new Intl.DateTimeFormat(texts.locale, { dateStyle: 'medium' }).format(time);
  const partial = state === 'connected' && scopes_left_out;
  const how =
    state === 'ended' ? texts.t('reconnect_ended', { provider: name, date: on(ended?.[1] ?? 0) }) :
    state === 'failing' ? texts.t('manage_failing') :
    partial ? texts.t('manage_partial') : texts.t('manage_since', { date: on(own.created_at) });
  return (
    <li class="own">
      <Logo name={name} />
      <div class="own-said">
        <h2>{name}</h2>
        {account && <p>{account}</p>}
        <p class={`own-state own-${partial ? 'partial' : state}`}>
          <Icon name={state === 'connected' && !partial ? 'check' : 'alert'} size={16} />
          <span>{how}</span>
        </p>
        <div class="own-ways">
          {mendable && (
            <Button kind={state === 'ended' ? 'primary' : 'secondary'} busy={busy} onClick={mend} aria-label={`${texts.t(partial ? 'manage_more' : 'manage_again')}: ${name}`}>
              {texts.t(partial ? 'manage_more' : 'manage_again')}
            </Button>
          )}
          <Button kind="quiet" onClick={end} aria-label={`${texts.t('manage_end')}: ${name}`}>
            {texts.t('manage_end')}
          </Button>
        </div>
      </div>
    </li>
  );
}
