import { Button, Icon, Logo } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Emblem, Frame } from './frame';
import { List } from './list';

/** A reconnection that came back with another account: which of the two is meant is nobody's to guess. */
export function OtherAccount({ form, busy }: { form: Form; busy: boolean }) {
  const { texts } = useShared();
  const flow = useFlow();
  const { attempt, mends } = flow.state.session;
  const provider = form.name;
  const [expected, actual] = [mends?.account ?? '', attempt?.account ?? ''];
  const title = texts.t('other_account_title', { provider });
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={<Emblem kind="neutral" icon="alert" />}
      actions={
        <>
          <Button kind="primary" wide onClick={() => void flow.switchAccount(form)}>
            {texts.t('other_account_switch', { expected })}
          </Button>
          <Button wide busy={busy} onClick={() => void flow.useOther(form)}>
            {texts.t('other_account_use', { actual })}
          </Button>
        </>
      }
    >
      <p class="lead">{texts.t('other_account_body', { expected, actual })}</p>
      <p class="small">{texts.t('other_account_hint', { provider, actual })}</p>
    </Frame>
  );
}

/** One login, several accounts: workspaces, sites, companies. */
export function WhichAccount({ form, chosen }: { form: Form; chosen?: number | undefined }) {
  const { texts } = useShared();
  const flow = useFlow();
  const choices = flow.state.session.attempt?.choices ?? [];
  const title = texts.t('which_account_title', { provider: form.name });
  return (
    <Frame
      name={title}
      title={title}
      actions={
        <Button wide onClick={() => void flow.switchAccount(form)}>
          {texts.t('which_account_switch')}
        </Button>
      }
    >
      <p class="lead">{texts.t('which_account_body')}</p>
      <List of={choices} named={({ label, detail }) => [label, detail ?? '']} onPick={(choice) => chosen === undefined && void flow.chooseAccount(form, choices.indexOf(choice))}>
        {(choice) => (
          <>
            <Logo name={choice.label} />
            <span class="choice-name">
              {choice.label}
              {choice.detail && <small>{choice.detail}</small>}
            </span>
            {choices[chosen ?? -1] === choice ? <span class="spinner" aria-hidden="true" /> : <Icon name="chevron" size={18} />}
          </>
        )}
      </List>
    </Frame>
  );
}
