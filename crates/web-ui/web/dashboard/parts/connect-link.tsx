import { useState } from 'preact/hooks';
import { Button, Dialog, Field } from '../../kit';
import { api, list } from '../api';
import { useAction, useLoad } from '../load';
import type { Connection, Integration } from '../types';
import { CopyButton } from './copy';
import { Empty, Trouble } from './page';
import { When } from './time';

interface Made {
  connect_link: string;
  expire_time?: string;
}

/** Makes a link that lets one end user connect, or connect again. */
export function ConnectLink({ onClose, integration, reconnect }: { onClose: () => void; integration?: string; reconnect?: Connection }) {
  const offered = useLoad(() => list<Integration>('/integrations', 'integrations'), []);
  const [chosen, choose] = useState(integration ?? '');
  const [endUser, name] = useState(reconnect?.end_user ?? '');
  const [made, keep] = useState<Made | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const key = chosen || offered.data?.[0]?.key || '';
  const create = () =>
    run(async () => {
      const wish = reconnect ? { reconnect_connection_id: reconnect.id } : { integrations: [key] };
      keep(await api<Made>('/connect-sessions', { body: { end_user: endUser.trim(), ...wish } }));
    });
  if (made) {
    return (
      <Dialog
        title="The link is ready"
        onClose={onClose}
        actions={
          <>
            <Button onClick={onClose}>Close</Button>
            <a class="button button-primary" href={made.connect_link} target="_blank" rel="noopener noreferrer">
              Open it
            </a>
          </>
        }
      >
        <div class="stack">
          <p class="muted">
            Give it to {endUser} and nobody else: it opens once, in one browser, until <When time={made.expire_time} />.
          </p>
          <div class="copy-field">
            <code>{made.connect_link}</code>
            <CopyButton text={made.connect_link} label="Copy link" />
          </div>
        </div>
      </Dialog>
    );
  }
  if (offered.data?.length === 0 && !reconnect) {
    return (
      <Dialog title="Nothing to connect yet" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
        <Empty title="There is no integration" action={<a class="button button-primary" href="/dashboard/providers">Choose a provider</a>}>
          An integration is your app at a provider. Add one, and end users can connect.
        </Empty>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={reconnect ? 'Create a reconnect link' : 'Create a link'}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void create()}>
            Create link
          </Button>
        </>
      }
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <p class="muted">{reconnect ? 'The same connection gets a new credential; its id stays.' : 'Whoever opens it connects their account, which then belongs to this end user.'}</p>
        {!reconnect && <Field id="link-integration" label="Integration" value={key} onInput={choose} options={(offered.data ?? []).map((one) => ({ value: one.key, label: one.display_name || one.key }))} />}
        {!reconnect && <Field id="link-end-user" label="End user" help="Your own id for them, such as a user id or an e-mail address." value={endUser} onInput={name} />}
        {problem && <Trouble problem={problem} />}
      </form>
    </Dialog>
  );
}
