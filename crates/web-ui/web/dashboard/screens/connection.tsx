import { useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button } from '../../kit';
import { api } from '../api';
import { authMode, exact, sentence } from '../format';
import { useAction, useLoad } from '../load';
import { Confirm } from '../parts/ask';
import { ConnectLink } from '../parts/connect-link';
import { Copyable, Snippets } from '../parts/copy';
import { Awaited, Card, Facts, Page, Trouble } from '../parts/page';
import { StateBadge } from '../parts/state';
import { When } from '../parts/time';
import { Verified, VerifyButton, canBeVerified, verify } from '../parts/verify';
import { can } from '../session';
import { forToken } from '../snippets';
import { type Connection, type ConnectionCheck, type Explanation, stateOf } from '../types';
import { Reveal } from './connection-reveal';
import { Timeline, Verdict } from './connection-story';

export function ConnectionScreen() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const found = useLoad((signal) => api<Explanation>(`/connections/${encodeURIComponent(id)}:explain`, { signal }), [id]);
  const [asking, ask] = useState<'delete' | 'reconnect' | undefined>(undefined);
  const refresh = useAction();
  const trying = useAction();
  const [checked, tell] = useState<ConnectionCheck | undefined>(undefined);
  const connection = found.data?.connection;
  const state = connection && stateOf(connection);
  const change = (verb: string, body: unknown = {}) =>
    refresh.run(async () => {
      await api(`/connections/${id}:${verb}`, { method: 'POST', body });
      await found.again();
    });
  const tryOut = () =>
    trying.run(async () => {
      tell(undefined);
      tell(await verify({ id }));
      await found.again();
    });
  return (
    <Page
      title={connection ? connection.display_name || connection.end_user : id}
      crumbs={[{ label: 'Connections', href: '/dashboard/connections' }]}
      badge={state && <StateBadge state={state} />}
      actions={
        connection &&
        state !== 'DELETED' && (
          <>
            {can('connections:write') && ['ACTIVE', 'DEGRADED'].includes(state ?? '') && connection.credential?.renewable && (
              <Button icon="refresh" busy={refresh.busy} onClick={() => void change('refresh')}>
                Refresh now
              </Button>
            )}
            {can('connections:write') && canBeVerified(state ?? '') && <VerifyButton action={trying} onClick={() => void tryOut()} />}
            {can('sessions:write') && state !== 'NEEDS_REAUTH' && (
              <Button icon="link" onClick={() => ask('reconnect')}>
                Reconnect link
              </Button>
            )}
            {can('connections:write') && <Button onClick={() => void change(state === 'DISABLED' ? 'enable' : 'disable')}>{state === 'DISABLED' ? 'Enable' : 'Disable'}</Button>}
            {can('connections:delete') && (
              <Button kind="danger" onClick={() => ask('delete')}>
                Delete
              </Button>
            )}
          </>
        )
      }
    >
      {refresh.problem && <Trouble problem={refresh.problem} />}
      {trying.problem && <Trouble problem={trying.problem} />}
      <div role="status">{checked && <Verified of={checked} />}</div>
      <Awaited of={found} rows={8}>
        {(data) => (
          <>
            <Verdict of={data} onReconnect={can('sessions:write') ? () => ask('reconnect') : undefined} />
            <div class="columns wide-first">
              <div class="stack">
                <Card title="Timeline" lead="What happened, the latest first.">
                  <Timeline history={data.history ?? []} />
                </Card>
                {stateOf(data.connection) !== 'DELETED' && (
                  <Card title="Use it" lead="The key is your backend's; the id is this connection's.">
                    <Snippets of={forToken(data.connection.id)} label="example" />
                  </Card>
                )}
              </div>
              <div class="stack">
                <About connection={data.connection} />
                {data.connection.credential && <CredentialCard connection={data.connection} />}
                {data.connection.revocation && <RevocationCard connection={data.connection} />}
              </div>
            </div>
          </>
        )}
      </Awaited>
      {asking === 'reconnect' && connection && <ConnectLink reconnect={connection} onClose={() => ask(undefined)} />}
      {asking === 'delete' && connection && (
        <Confirm
          title="Delete this connection?"
          verb="Delete connection"
          onClose={() => ask(undefined)}
          work={async () => {
            await api(`/connections/${id}`, { method: 'DELETE' });
            await found.again();
          }}
        >
          <p>Its credential is destroyed at once, and the provider is asked to end the grant. Calls for {connection.end_user} at {connection.integration} stop working. This cannot be undone.</p>
        </Confirm>
      )}
    </Page>
  );
}

function About({ connection }: { connection: Connection }) {
  const tags = Object.entries(connection.tags ?? {});
  return (
    <Card title="Connection">
      <Facts
        of={[
          ['Id', <Copyable text={connection.id} label="id" />],
          ['End user', <Copyable text={connection.end_user} label="end user" />],
          ['Account', connection.credential?.account],
          ['Integration', <a href={`/dashboard/integrations/${encodeURIComponent(connection.integration)}`}>{connection.integration}</a>],
          ['Provider', <a href={`/dashboard/providers/${connection.provider}`}>{connection.provider}</a>],
          ...(connection.external_id ? [['External id', <Copyable text={connection.external_id} label="external id" />] as [string, preact.ComponentChildren]] : []),
          ...(connection.webhook_url ? [['Webhooks go to', <Copyable text={connection.webhook_url} label="address of webhooks" />] as [string, preact.ComponentChildren]] : []),
          ['Created', <When time={connection.create_time} />],
          ...(tags.length > 0 ? [['Tags', <span class="tags">{tags.map(([name, value]) => <span class="tag" key={name}>{name}={value}</span>)}</span>] as [string, preact.ComponentChildren]] : []),
        ]}
      />
    </Card>
  );
}

function CredentialCard({ connection }: { connection: Connection }) {
  const credential = connection.credential ?? {};
  return (
    <Card title="Credential">
      <Facts
        of={[
          ['Kind', authMode(credential.auth_mode)],
          ['Generation', String(credential.generation ?? 0)],
          ['Obtained', <When time={credential.obtain_time} />],
          ['Expires', credential.expire_time ? <When time={credential.expire_time} /> : 'Not known to'],
          ['Next refresh', credential.renewable ? <When time={credential.next_refresh_time} /> : 'Cannot be refreshed'],
          ...(credential.end_time ? [['Ends for good', <When time={credential.end_time} />] as [string, preact.ComponentChildren]] : []),
          ['Rotation', sentence(credential.rotation || 'unknown')],
          ['Scopes', credential.granted_scopes?.length ? <span class="scopes">{credential.granted_scopes.map((scope) => <span class="tag" key={scope}>{scope}</span>)}</span> : 'None'],
          ['Fingerprint', <code title="Tells two tokens apart; says nothing about either">{credential.fingerprint}</code>],
        ]}
      />
      {can('credentials:read') && <Reveal id={connection.id} />}
    </Card>
  );
}

function RevocationCard({ connection }: { connection: Connection }) {
  const revocation = connection.revocation ?? {};
  return (
    <Card title="Ending the grant" lead="What became of it at the provider.">
      <Facts
        of={[
          ['Result', sentence(revocation.result ?? '')],
          ['Asked', `${revocation.attempts ?? 0} times`],
          ['Since', exact(revocation.request_time)],
          ['Next try', <When time={revocation.next_attempt_time} />],
        ]}
      />
    </Card>
  );
}
