import { Button, Icon } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Frame } from './frame';

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
      mark={
        <span class="emblem emblem-neutral">
          <Icon name="alert" size={26} />
        </span>
      }
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
