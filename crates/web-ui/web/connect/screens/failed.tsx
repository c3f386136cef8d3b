import { useState } from 'preact/hooks';
import { Button, announce } from '../../kit';
import { useShared } from '../context';
import { said } from '../failures';
import type { Failure, Form } from '../session';
import { Emblem, Frame } from './frame';

export function Failed({ failure, form }: { failure: Failure; form?: Form | undefined }) {
  const { boot, texts, app, flow } = useShared();
  const words = said(failure.reason);
  const attempted = flow?.state.session.integrations.find((it) => it.key === flow.state.session.attempt?.integration);
  const values = { app, provider: form?.name ?? attempted?.name ?? '', reference: failure.reference };
  const title = texts.t(words.title, values);
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={words.neutral ? <Emblem kind="neutral" icon="info" /> : <Emblem kind="wrong" icon="alert" />}
      actions={
        flow ? (
          <Ways failure={failure} />
        ) : (
          // A page of the server's that says what did not work, and whose session this browser has.
          boot.mode === 'problem' &&
          boot.session && (
            <a class="button button-primary wide" href={`/connect/${boot.session}`}>
              {texts.t('start_over')}
            </a>
          )
        )
      }
    >
      <p class="lead">{texts.t(words.body, values)}</p>
    </Frame>
  );
}

function Ways({ failure }: { failure: Failure }) {
  const { texts, flow } = useShared();
  const [copied, setCopied] = useState(false);
  if (!flow) return null;
  const { way } = said(failure.reason);
  const { host } = flow.place;
  const several = flow.state.session.integrations.length > 1;
  const another = several && way !== 'none' && way !== 'over' && (
    <Button kind="quiet" wide onClick={() => void flow.chooseAnother()}>
      {texts.t('choose_other')}
    </Button>
  );
  if (way === 'again' || way === 'retry') {
    return (
      <>
        <Button kind="primary" wide onClick={() => void flow.again()}>
          {texts.t(failure.reason === 'USER_DECLINED' ? 'start_again' : 'try_again')}
        </Button>
        {another}
      </>
    );
  }
  if (way === 'copy') {
    const copy = async () => {
      await navigator.clipboard.writeText(failure.reference);
      setCopied(true);
      announce(texts.t('copied'));
    };
    return (
      <>
        <Button wide kind="primary" icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
          {texts.t(copied ? 'copied' : 'copy_code')}
        </Button>
        {another}
        {host && (
          <Button kind="quiet" wide onClick={() => flow.close()}>
            {texts.t('close')}
          </Button>
        )}
      </>
    );
  }
  if (way === 'over' && host) {
    return (
      <Button kind="primary" wide onClick={() => flow.startOver()}>
        {texts.t('start_over')}
      </Button>
    );
  }
  return host ? (
    <Button kind="primary" wide onClick={() => flow.close()}>
      {texts.t('close')}
    </Button>
  ) : null;
}
