import { useEffect, useState } from 'preact/hooks';
import { Button, Spinner, announce } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Frame, Pair } from './frame';

/** Then there is a way out. */
const SLOW_AFTER = 5000;

export function Verify({ form }: { form: Form }) {
  const { texts } = useShared();
  const flow = useFlow();
  const [slow, setSlow] = useState(false);
  const title = texts.t('verify_title', { provider: form.name });
  useEffect(() => {
    const timer = setTimeout(() => {
      setSlow(true);
      announce(texts.t('verify_slow', { provider: form.name }));
    }, SLOW_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Frame center name={title} title={title} mark={<Pair provider={form.name} state="busy" />} actions={slow && <Button wide onClick={() => void flow.cancel()}>{texts.t('cancel')}</Button>}>
      <p class="lead">{texts.t(slow ? 'verify_slow' : 'verify_body', { provider: form.name })}</p>
      <Spinner />
    </Frame>
  );
}

export function Opening({ form }: { form: Form }) {
  const { texts } = useShared();
  const title = texts.t('opening_title', { provider: form.name });
  return (
    <Frame center name={title} title={title} mark={<Pair provider={form.name} state="busy" />}>
      <p class="lead">{texts.t('opening_body')}</p>
      <Spinner />
    </Frame>
  );
}

export function Waiting({ form, seemsClosed }: { form: Form; seemsClosed: boolean }) {
  const { texts } = useShared();
  const flow = useFlow();
  const provider = form.name;
  const title = texts.t('waiting_title', { provider });
  const said = texts.t(seemsClosed ? 'waiting_closed' : 'waiting_body');
  useEffect(() => {
    if (seemsClosed) announce(said);
  }, [seemsClosed]);
  const again = () => void flow.start(form, flow.state.typed);
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={<Pair provider={provider} state="busy" />}
      actions={
        <>
          {seemsClosed ? (
            <Button kind="primary" wide icon="window" onClick={again}>
              {texts.t('waiting_reopen')}
            </Button>
          ) : (
            <Button kind="primary" wide icon="window" onClick={() => flow.focusWindow()}>
              {texts.t('waiting_focus')}
            </Button>
          )}
          <div class="ways">
            {!seemsClosed && (
              <Button kind="quiet" onClick={again}>
                {texts.t('waiting_reopen')}
              </Button>
            )}
            <Button kind="quiet" onClick={() => flow.continueInTab()}>
              {texts.t('waiting_here')}
            </Button>
            <Button kind="quiet" onClick={() => void flow.cancel()}>
              {texts.t('cancel')}
            </Button>
          </div>
        </>
      }
    >
      <p class="lead">{said}</p>
    </Frame>
  );
}
