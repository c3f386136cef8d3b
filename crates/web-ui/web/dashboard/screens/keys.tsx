import { useState } from 'preact/hooks';
import { Button, Dialog, Field, Notice } from '../../kit';
import { api } from '../api';
import { useAction, useLoad } from '../load';
import { Confirm, wrong } from '../parts/ask';
import { CopyButton } from '../parts/copy';
import { Awaited, Card, Empty, Page, Trouble } from '../parts/page';
import { SecretOnce } from '../parts/secret-once';
import { Badge } from '../parts/state';
import { type Column, Table } from '../parts/table';
import { When } from '../parts/time';
import { session } from '../session';
import type { ApiKey } from '../types';

const SCOPES: [string, string][] = [
  ['sessions:write', 'Create connect sessions'],
  ['connections:read', 'See connections, events and logs; never a secret'],
  ['connections:write', 'Describe connections, switch them off and on'],
  ['connections:delete', 'Delete connections'],
  ['tokens:read', 'Be given access tokens'],
  ['credentials:read', 'Be given whole credentials'],
  ['proxy:call', 'Call APIs through the proxy, without seeing the credential'],
  ['integrations:read', 'See integrations'],
  ['integrations:admin', 'Change integrations'],
  ['webhooks:read', 'See webhook endpoints and deliveries'],
  ['webhooks:admin', 'Change webhook endpoints'],
  ['keys:admin', 'Make and revoke keys, and let people in'],
];

const isLocked = (key: ApiKey) => key.state === 'API_KEY_STATE_LOCKED';

const isOver = (key: ApiKey) => key.revoked || (key.expire_time !== undefined && new Date(key.expire_time).getTime() < Date.now());

export function KeysScreen() {
  const found = useLoad((signal) => api<{ api_keys?: ApiKey[] }>('/api-keys', { signal }), []);
  const [asking, ask] = useState<'key' | 'person' | undefined>(undefined);
  const [revoking, revoke] = useState<ApiKey | undefined>(undefined);
  const [replacing, replace] = useState<ApiKey | undefined>(undefined);
  return (
    <Page title="Keys and people" lead={`What backends prove themselves with, and who may come in here. All of it is for the environment ${session.value?.environment}.`}>
      <Awaited of={found}>
        {({ api_keys = [] }) => (
          <>
            {api_keys.some(isLocked) && (
              <Notice kind="warning" title="Some keys are locked">
                <p>
                  They came out of a backup, and may have been revoked since it was made. An operator has them open again what they opened with <code>latchkey key confirm</code>; revoke those that
                  are not to.
                </p>
              </Notice>
            )}
            <Card
              flush
              title="API keys"
              lead="Only a digest of a key is kept; revoking one takes effect everywhere within five seconds."
              actions={
                <Button kind="primary" onClick={() => ask('key')}>
                  Create a key
                </Button>
              }
            >
              <KeyTable caption="API keys" keys={api_keys.filter((key) => !key.role)} onRevoke={revoke} onReplace={replace} none="No key yet. Your backend needs one to make sessions and be given tokens." />
            </Card>
            <Card
              flush
              title="People"
              lead="A login is a key with the scopes of a role, for 12 hours."
              actions={
                <Button kind="primary" onClick={() => ask('person')}>
                  Invite somebody
                </Button>
              }
            >
              <KeyTable caption="Logins" keys={api_keys.filter((key) => key.role)} onRevoke={revoke} none="Nobody is logged in." />
            </Card>
          </>
        )}
      </Awaited>
      {asking === 'key' && <NewKey onClose={() => { ask(undefined); void found.again(); }} />}
      {replacing && <Replace of={replacing} onClose={() => { replace(undefined); void found.again(); }} />}
      {asking === 'person' && <Invite onClose={() => ask(undefined)} />}
      {revoking && (
        <Confirm
          title={revoking.role ? `Log ${revoking.name} out?` : `Revoke ${revoking.name}?`}
          verb={revoking.role ? 'Log out' : 'Revoke key'}
          onClose={() => revoke(undefined)}
          work={async () => {
            await api(`/api-keys/${revoking.id}`, { method: 'DELETE' });
            await found.again();
          }}
        >
          <p>{revoking.role ? 'The login opens nothing from now on. They need another link to come back.' : 'Whatever uses this key is refused from now on. This cannot be undone.'}</p>
        </Confirm>
      )}
    </Page>
  );
}

function KeyTable({ caption, keys, onRevoke, onReplace, none }: { caption: string; keys: ApiKey[]; onRevoke: (key: ApiKey) => void; onReplace?: (key: ApiKey) => void; none: string }) {
  const sorted = [...keys].sort((one, other) => Number(isOver(one)) - Number(isOver(other)) || (other.create_time ?? '').localeCompare(one.create_time ?? ''));
  if (sorted.length === 0) return <Empty title={none} />;
  const columns: Column<ApiKey>[] = [
    {
      name: 'Name',
      cell: (row) => (
        <span class="cell-text">
          <strong>{row.name}</strong>
          <small>{row.id}</small>
        </span>
      ),
    },
    { name: 'State', cell: (row) => <KeyState of={row} /> },
    {
      name: 'May',
      minor: true,
      cell: (row) =>
        row.role ? (
          <span class="tag">{row.role}</span>
        ) : (
          <span class="tags">
            {(row.scopes ?? []).slice(0, 3).map((scope) => (
              <span class="tag" key={scope}>
                {scope}
              </span>
            ))}
            {(row.scopes?.length ?? 0) > 3 && (
              <span class="tag" title={row.scopes?.slice(3).join(' ')}>
                +{(row.scopes?.length ?? 0) - 3}
              </span>
            )}
          </span>
        ),
    },
    { name: 'Created', minor: true, cell: (row) => <When time={row.create_time} /> },
    { name: 'Ends', minor: true, cell: (row) => (row.expire_time ? <When time={row.expire_time} /> : <span class="muted">Never</span>) },
    {
      name: 'Actions',
      end: true,
      cell: (row) =>
        !isOver(row) && (
          <span class="row">
            {onReplace && !isLocked(row) && (
              <Button aria-label={`Replace ${row.name}`} onClick={() => onReplace(row)}>
                Replace
              </Button>
            )}
            <Button kind="danger" aria-label={`${row.role ? 'Log out' : 'Revoke'} ${row.name}`} onClick={() => onRevoke(row)}>
              {row.role ? 'Log out' : 'Revoke'}
            </Button>
          </span>
        ),
    },
  ];
  return <Table caption={caption} columns={columns} rows={sorted} id={(row) => row.id} />;
}

function KeyState({ of }: { of: ApiKey }) {
  if (isOver(of)) return <Badge tone="quiet">{of.revoked ? 'Revoked' : 'Expired'}</Badge>;
  return isLocked(of) ? <Badge tone="warn">Locked</Badge> : <Badge tone="good">Active</Badge>;
}

const LIFETIMES = [
  { value: '', label: 'Until it is revoked' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
];

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, call] = useState('');
  const [days, last] = useState('');
  const [scopes, choose] = useState(['sessions:write', 'connections:read', 'tokens:read']);
  const [secret, keep] = useState<string | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const create = () =>
    run(async () => {
      const expire_time = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : undefined;
      keep((await api<{ secret: string }>('/api-keys', { body: { name: name.trim(), scopes, ...(expire_time && { expire_time }) } })).secret);
    });
  if (secret) {
    return (
      <SecretOnce title={`The key of ${name}`} secret={secret} onClose={onClose}>
        Put it where your backend keeps its secrets. It is not shown again.
      </SecretOnce>
    );
  }
  return (
    <Dialog
      title="Create an API key"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void create()}>
            Create key
          </Button>
        </>
      }
    >
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field id="key-name" label="Name" help="What will use it." value={name} onInput={call} error={wrong(problem, 'name')} />
        <Field id="key-lifetime" label="Good for" value={days} onInput={last} options={LIFETIMES} />
        <fieldset class="choices">
          <legend>Scopes</legend>
          {SCOPES.filter(([scope]) => session.value?.scopes.includes(scope)).map(([scope, meaning]) => (
            <label class="choice" key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)} onChange={(event) => choose(event.currentTarget.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))} />
              <span>
                <code>{scope}</code>
                <small>{meaning}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {problem && !wrong(problem, 'name') && <Trouble problem={problem} />}
      </form>
    </Dialog>
  );
}

const KEEPS = [
  { value: '86400s', label: 'A day' },
  { value: '604800s', label: 'A week' },
  { value: '0s', label: 'Not at all' },
];

function Replace({ of, onClose }: { of: ApiKey; onClose: () => void }) {
  const [keep_previous, keep] = useState('86400s');
  const [secret, show] = useState<string | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const replace = () => run(async () => show((await api<{ secret: string }>(`/api-keys/${of.id}:rotate`, { body: { keep_previous } })).secret));
  if (secret) {
    return (
      <SecretOnce title={`The next key of ${of.name}`} secret={secret} onClose={onClose}>
        Put it in the place of the old one. It is not shown again.
      </SecretOnce>
    );
  }
  return (
    <Dialog
      title={`Replace ${of.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void replace()}>
            Replace key
          </Button>
        </>
      }
    >
      <div class="stack">
        <p class="muted">Makes another key that may do the same, for as long. Both open what they open until the old one ends.</p>
        <Field id="key-keep" label="The old key goes on for" value={keep_previous} onInput={keep} options={KEEPS} />
        {problem && <Trouble problem={problem} />}
      </div>
    </Dialog>
  );
}

const ROLES = [
  { value: 'viewer', label: 'Viewer: sees everything but secrets and keys' },
  { value: 'developer', label: 'Developer: builds; sees no credential' },
  { value: 'admin', label: 'Admin: everything' },
];

function Invite({ onClose }: { onClose: () => void }) {
  const [operator, name] = useState('');
  const [role, choose] = useState('developer');
  const [link, keep] = useState<string | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const create = () => run(async () => keep((await api<{ login_link: string }>('/login-links', { body: { operator: operator.trim(), role } })).login_link));
  return (
    <Dialog
      title="Invite somebody"
      onClose={onClose}
      actions={
        link ? (
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" busy={busy} onClick={() => void create()}>
              Create login link
            </Button>
          </>
        )
      }
    >
      {link ? (
        <div class="stack">
          <p class="muted">Send it to {operator} and nobody else. It lets one person in, once, within 10 minutes.</p>
          <div class="copy-field">
            <code>{link}</code>
            <CopyButton text={link} label="Copy link" />
          </div>
        </div>
      ) : (
        <form
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <Field id="operator" label="Who" help="What they do is recorded under this name." value={operator} onInput={name} error={wrong(problem, 'operator')} />
          <Field id="role" label="Role" value={role} onInput={choose} options={ROLES} />
          {problem && !wrong(problem, 'operator') && <Trouble problem={problem} />}
        </form>
      )}
    </Dialog>
  );
}
