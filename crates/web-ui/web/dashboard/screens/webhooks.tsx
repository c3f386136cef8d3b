import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button, Dialog, Field } from '../../kit';
import { api } from '../api';
import { sentence } from '../format';
import { useAction, useLoad } from '../load';
import { wrong } from '../parts/ask';
import { Awaited, Card, Empty, Page, Trouble } from '../parts/page';
import { Badge, type Tone } from '../parts/state';
import { type Column, Table } from '../parts/table';
import { When } from '../parts/time';
import { TypeChoice } from '../parts/event-types';
import { SecretOnce } from '../parts/secret-once';
import { can } from '../session';
import { type WebhookEndpoint, word } from '../types';

const TONES: Record<string, Tone> = { ENABLED: 'good', PAUSED: 'quiet', DISABLED: 'bad' };

export function EndpointState({ of }: { of: WebhookEndpoint }) {
  const state = word(of.state, 'WEBHOOK_ENDPOINT_STATE');
  if (state === 'ENABLED' && of.failing_since) return <Badge tone="warn">Failing</Badge>;
  return <Badge tone={TONES[state] ?? 'quiet'}>{sentence(state)}</Badge>;
}

const COLUMNS: Column<WebhookEndpoint>[] = [
  {
    name: 'Endpoint',
    cell: (row) => (
      <span class="cell-text">
        <span>{row.url}</span>
        <small>{row.description || row.id}</small>
      </span>
    ),
  },
  { name: 'State', cell: (row) => <EndpointState of={row} /> },
  { name: 'Told of', minor: true, cell: (row) => (row.event_types?.length ? row.event_types.join(', ') : 'Everything') },
  { name: 'Added', minor: true, cell: (row) => <When time={row.create_time} /> },
];

export function WebhooksScreen() {
  const found = useLoad((signal) => api<{ endpoints?: WebhookEndpoint[] }>('/webhook-endpoints', { signal }), []);
  const [adding, add] = useState(false);
  const button = can('webhooks:admin') && (
    <Button kind="primary" onClick={() => add(true)}>
      Add an endpoint
    </Button>
  );
  return (
    <Page title="Webhooks" lead="Where your backend is told what happens, over HTTP and signed as Standard Webhooks says." actions={button}>
      <Card flush>
        <Awaited of={found}>
          {({ endpoints = [] }) =>
            endpoints.length > 0 ? (
              <Table caption="Webhook endpoints" columns={COLUMNS} rows={endpoints} id={(row) => row.id} href={(row) => `/dashboard/webhooks/${row.id}`} />
            ) : (
              <Empty title="Nobody is told yet" action={button}>
                An endpoint is an address of your backend. It is told when a connection is made, fails, recovers or ends, and asked again until it answers.
              </Empty>
            )
          }
        </Awaited>
      </Card>
      {adding && <Add onClose={() => add(false)} />}
    </Page>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const [url, type] = useState('');
  const [description, describe] = useState('');
  const [types, choose] = useState<string[]>([]);
  const [made, keep] = useState<{ endpoint: WebhookEndpoint; secret: string } | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const create = () =>
    run(async () => keep(await api('/webhook-endpoints', { body: { url: url.trim(), description: description.trim(), event_types: types, format: 'WEBHOOK_FORMAT_STANDARD' } })));
  if (made) {
    return (
      <SecretOnce title="The endpoint is added" secret={made.secret} onClose={() => route(`/dashboard/webhooks/${made.endpoint.id}`)}>
        Your backend checks with this secret that a message is from here. It is not shown again.
      </SecretOnce>
    );
  }
  const urlError = wrong(problem, 'url');
  return (
    <Dialog
      title="Add an endpoint"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void create()}>
            Add endpoint
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
        <Field id="url" label="Address" value={url} onInput={type} error={urlError} input={{ placeholder: 'https://api.example.com/webhooks', inputmode: 'url' }} />
        <Field id="description" label="Description" optional="optional" value={description} onInput={describe} />
        <TypeChoice chosen={types} onChange={choose} />
        {problem && !urlError && <Trouble problem={problem} />}
      </form>
    </Dialog>
  );
}
