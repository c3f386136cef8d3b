import { Button, Icon, Notice } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Frame, Pair, Safe } from './frame';

/** More than these would be read by nobody. */
const SCOPES_SHOWN = 6;

/** Before somebody is sent away: by whom, to whom, and what will be asked there. */
export function Explain({ form }: { form: Form }) {
  const { texts, app } = useShared();
  const flow = useFlow();
  const provider = form.name;
  const { mends, approving, end_user } = flow.state.session;
  const title = texts.t(mends ? 'reconnect_title' : 'explain_title', { provider });
  const away = form.away ? texts.t('continue_at', { provider }) : texts.t('form_submit');
  return (
    <Frame
      center
      name={title}
      title={title}
      help={form.docs_url}
      mark={<Pair provider={provider} />}
      actions={
        <>
          <Button kind="primary" wide onClick={() => void flow.start(form)}>
            {away}
          </Button>
          <Safe />
        </>
      }
    >
      {approving && (
        <Notice kind="info">
          <p>{texts.t('approve_lead', { provider, app, user: end_user })}</p>
        </Notice>
      )}
      {mends ? <Mends form={form} /> : <p class="lead">{texts.t('explain_lead', { provider, app })}</p>}
      <Failing form={form} />
      {form.scopes.length > 0 && (
        <section class="asks">
          <h2>{texts.t('explain_scopes', { app })}</h2>
          <ul>
            {form.scopes.slice(0, SCOPES_SHOWN).map((scope) => (
              <li key={scope}>
                <Icon name="check" size={16} />
                <Scope name={scope} />
              </li>
            ))}
            {form.scopes.length > SCOPES_SHOWN && <li class="more">{texts.t('explain_more', { count: form.scopes.length - SCOPES_SHOWN })}</li>}
          </ul>
        </section>
      )}
      {form.away && (
        <ul class="points">
          <li>{texts.t('explain_points_1', { app })}</li>
          <li>{texts.t('explain_points_2')}</li>
        </ul>
      )}
    </Frame>
  );
}

/** Said before anybody types a password for nothing. */
export function Failing({ form }: { form: Form }) {
  const { texts } = useShared();
  const { integrations } = useFlow().state.session;
  if (!integrations.find((it) => it.key === form.key)?.failing) return null;
  return (
    <Notice kind="warning">
      <p>{texts.t('provider_failing', { provider: form.name })}</p>
    </Notice>
  );
}

/** In the product's words, where it has some. */
export function Scope({ name }: { name: string }) {
  const { texts } = useShared();
  const key = `scope:${name}` as const;
  return texts.has(key) ? <span>{texts.t(key)}</span> : <code>{name}</code>;
}

/** Why somebody is here again. */
export function Mends({ form }: { form: Form }) {
  const { texts } = useShared();
  const { mends } = useFlow().state.session;
  if (!mends) return null;
  const ended = mends.ended && texts.t('reconnect_ended', { provider: form.name, date: texts.date(new Date(mends.ended[1])) });
  const todo = mends.account ? texts.t('reconnect_account', { account: mends.account }) : texts.t('reconnect_lead');
  return (
    <Notice kind={ended ? 'warning' : 'info'} title={ended || undefined}>
      <p>{todo}</p>
    </Notice>
  );
}
