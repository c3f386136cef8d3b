import { Button } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Frame, Pair } from './frame';

export function Blocked({ form }: { form: Form }) {
  const { texts } = useShared();
  const flow = useFlow();
  const provider = form.name;
  const title = texts.t('blocked_title', { provider });
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={<Pair provider={provider} />}
      actions={
        <>
          <Button kind="primary" wide icon="window" onClick={() => void flow.start(form, flow.state.typed)}>
            {texts.t('blocked_open', { provider })}
          </Button>
          <Button wide onClick={() => flow.continueInTab()}>
            {texts.t('waiting_here')}
          </Button>
        </>
      }
    >
      <p class="lead">{texts.t('blocked_body')}</p>
    </Frame>
  );
}
