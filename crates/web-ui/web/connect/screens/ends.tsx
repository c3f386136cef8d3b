import { useState } from 'preact/hooks';
import { Button, Notice, announce } from '../../kit';
import { useFlow, useShared } from '../context';
import { said } from '../failures';
import type { Failure, Form } from '../session';
import { Emblem, Frame, Pair } from './frame';

export function Failed({ failure, form }: { failure: Failure; form?: Form | undefined }) {
  const { texts, app, flow } = useShared();
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
      actions={flow && <Ways failure={failure} />}
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

export function Done({ review }: { review: boolean }) {
  const { texts, app, returnTo } = useShared();
  const flow = useFlow();
  const { session } = flow.state;
  const connection = session.connection;
  const key = session.attempt?.integration;
  const provider = (session.integrations.find((it) => it.key === key) ?? session.integrations[0])?.name ?? '';
  const left = connection?.scopes_left_out ?? [];
  const title = review ? texts.t('partial_title') : texts.t('connected_title', { provider });
  const { host } = flow.place;
  const goBack = async (event: Event) => {
    event.preventDefault();
    const address = new URL(returnTo ?? '');
    address.searchParams.set('latchkey_status', 'connected');
    const result = await flow.result();
    if (result) address.searchParams.set('latchkey_result', result);
    location.assign(address);
  };
  const leave = host ? (
    <Button kind="primary" wide onClick={() => flow.close()}>
      {texts.t(review ? 'partial_accept' : 'done')}
    </Button>
  ) : (
    returnTo && (
      <a class="button button-primary wide" href={returnTo} onClick={(event) => void goBack(event)}>
        {texts.t('connected_return', { app })}
      </a>
    )
  );
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={review ? <Pair provider={provider} /> : <Pair provider={provider} state="done" />}
      actions={leave}
    >
      {connection?.account && <p class="account">{texts.t('connected_as', { account: connection.account })}</p>}
      {review ? (
        <Notice kind="warning">
          <p>{texts.t('partial_body', { provider, app })}</p>
          <ul class="left-out">
            {left.map((scope) => (
              <li key={scope}>
                <code>{scope}</code>
              </li>
            ))}
          </ul>
        </Notice>
      ) : (
        <p class="lead">{texts.t(host || returnTo ? 'connected_body' : 'connected_close', { app })}</p>
      )}
    </Frame>
  );
}
