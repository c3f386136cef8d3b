import { Button, Notice } from '../../kit';
import { useFlow, useShared } from '../context';
import { Scope } from './explain';
import { Frame, Pair } from './frame';

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
                <Scope name={scope} />
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
