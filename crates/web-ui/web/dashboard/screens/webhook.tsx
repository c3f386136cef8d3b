import { useLocation, useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button, Field, Notice } from '../../kit';
import { api, query } from '../api';
import { exact, lasting, sentence } from '../format';
import { useAction, useLoad } from '../load';
import { Confirm } from '../parts/ask';
import { CopyButton, Copyable } from '../parts/copy';
import { Awaited, Card, Empty, Facts, Page, Trouble } from '../parts/page';
import { SecretOnce } from '../parts/secret-once';
import { Badge, type Tone } from '../parts/state';
import { When } from '../parts/time';
import { can } from '../session';
import { type Delivery, type WebhookEndpoint, millis, word } from '../types';
import { EndpointState } from './webhooks';

export function WebhookScreen() {
  const { params } = useRoute();
  const { route } = useLocation();
  const id = params['id'] ?? '';
  const path = `/webhook-endpoints/${encodeURIComponent(id)}`;
  const found = useLoad((signal) => api<{ endpoint: WebhookEndpoint }>(path, { signal }), [path]);
  const [state, show] = useState('');
  const deliveries = useLoad((signal) => api<{ deliveries?: Delivery[]; next_page_token?: string }>(`${path}/deliveries${query({ state: state && `DELIVERY_STATE_${state}`, page_size: 100 })}`, { signal }), [path, state]);
  const [asking, ask] = useState<'delete' | 'rotate' | undefined>(undefined);
  const [secret, tell] = useState<string | undefined>(undefined);
  const { busy, problem, run } = useAction();
  const endpoint = found.data?.endpoint;
  const enabled = word(endpoint?.state, 'WEBHOOK_ENDPOINT_STATE') === 'ENABLED';
  const act = (work: () => Promise<unknown>) =>
    void run(async () => {
      await work();
      await Promise.all([found.again(), deliveries.again()]);
    });
  return (
    <Page
      title={endpoint ? new URL(endpoint.url).host : id}
      crumbs={[{ label: 'Webhooks', href: '/dashboard/webhooks' }]}
      badge={endpoint && <EndpointState of={endpoint} />}
      actions={
        endpoint &&
        can('webhooks:admin') && (
          <>
            <Button busy={busy} onClick={() => act(() => api(`${path}:test`, { method: 'POST', body: {} }))}>
              Send a test
            </Button>
            <Button onClick={() => act(() => api(path, { method: 'PATCH', body: { enabled: !enabled } }))}>{enabled ? 'Pause' : 'Enable'}</Button>
            <Button onClick={() => ask('rotate')}>New secret</Button>
            <Button kind="danger" onClick={() => ask('delete')}>
              Delete
            </Button>
          </>
        )
      }
    >
      {problem && <Trouble problem={problem} />}
      <Awaited of={found} rows={3}>
        {({ endpoint }) => (
          <>
            {endpoint.disabled_cause && (
              <Notice kind="danger" title={endpoint.disabled_cause === 'GONE' ? 'It answered that it is gone (410), and was disabled' : 'No delivery succeeded for five days, and it was disabled'}>
                <p>What happens meanwhile is kept for 30 days. Enable it, then deliver what failed again.</p>
              </Notice>
            )}
            <Card title="Endpoint">
              <Facts
                of={[
                  ['Address', <Copyable text={endpoint.url} label="address" />],
                  ['Id', <Copyable text={endpoint.id} label="id" />],
                  ['Description', endpoint.description],
                  ['Told of', endpoint.event_types?.length ? endpoint.event_types.join(', ') : 'Everything'],
                  ['Format', sentence(word(endpoint.format, 'WEBHOOK_FORMAT'))],
                  ['Secrets so far', String(endpoint.secret_generation ?? 1)],
                  ...(endpoint.previous_secret_expire_time ? [['The secret before signs until', <When time={endpoint.previous_secret_expire_time} />] as [string, preact.ComponentChildren]] : []),
                  ['Added', <When time={endpoint.create_time} />],
                ]}
              />
            </Card>
          </>
        )}
      </Awaited>
      <Card
        flush
        title="Deliveries"
        lead="Of the last 30 days, the oldest event first."
        actions={
          <span class="filters">
            <Field id="delivery-state" label="State" value={state} onInput={show} options={[{ value: '', label: 'Every state' }, { value: 'PENDING', label: 'Pending' }, { value: 'DELIVERED', label: 'Delivered' }, { value: 'FAILED', label: 'Failed' }]} />
            {can('webhooks:admin') && <Button onClick={() => act(() => api(`${path}:redeliver`, { method: 'POST', body: {} }))}>Redeliver what failed</Button>}
            <Button icon="refresh" busy={deliveries.loading} onClick={() => void deliveries.again()}>
              Refresh
            </Button>
          </span>
        }
      >
        <Awaited of={deliveries}>
          {({ deliveries: list = [] }) =>
            list.length > 0 ? (
              <ul class="live">
                {list.map((delivery) => (
                  <DeliveryRow key={delivery.event_id} of={delivery} again={can('webhooks:admin') ? () => act(() => api(`${path}:redeliver`, { method: 'POST', body: { event_ids: [delivery.event_id] } })) : undefined} />
                ))}
              </ul>
            ) : (
              <Empty title="No deliveries">{state ? 'None in this state.' : 'What happens from now on is delivered here. “Send a test” delivers a message of the type test.ping.'}</Empty>
            )
          }
        </Awaited>
      </Card>
      {secret && (
        <SecretOnce title="The new secret" secret={secret} onClose={() => tell(undefined)}>
          Messages carry signatures of both secrets for 24 hours. It is not shown again.
        </SecretOnce>
      )}
      {asking === 'rotate' && (
        <Confirm
          title="Make a new secret?"
          verb="New secret"
          danger={false}
          onClose={() => ask(undefined)}
          work={async () => {
            tell((await api<{ secret: string }>(`${path}:rotateSecret`, { method: 'POST', body: {} })).secret);
            await found.again();
          }}
        >
          <p>The present one goes on signing for 24 hours, so that your backend can change over.</p>
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm
          title="Delete this endpoint?"
          verb="Delete endpoint"
          onClose={() => ask(undefined)}
          work={async () => {
            await api(path, { method: 'DELETE' });
            route('/dashboard/webhooks');
          }}
        >
          <p>Its keys are destroyed, and what was still to be delivered is not.</p>
        </Confirm>
      )}
    </Page>
  );
}

const TONES: Record<string, Tone> = { DELIVERED: 'good', PENDING: 'info', FAILED: 'bad' };

function DeliveryRow({ of, again }: { of: Delivery; again: (() => void) | undefined }) {
  const state = word(of.state, 'DELIVERY_STATE');
  const last = of.attempts?.at(-1);
  return (
    <li>
      <details>
        <summary>
          <When time={of.event_time} />
          <span>{of.event_type}</span>
          <span class="row">
            <Badge tone={TONES[state] ?? 'quiet'}>{sentence(state)}</Badge>
            {last && <span class="muted">{last.status ? `HTTP ${last.status}` : sentence(last.failure ?? '')}</span>}
          </span>
        </summary>
        <div class="live-body stack">
          <Facts
            of={[
              ['webhook-id', <Copyable text={of.event_id} label="webhook-id" />],
              ['Next attempt', of.next_attempt_time && <When time={of.next_attempt_time} />],
              ['Ended', of.ending && sentence(of.ending)],
              ...(of.own_address ? [['Goes to', 'The address its connection has of its own'] as [string, string]] : []),
              ...(of.attempts ?? []).map((attempt): [string, string] => [`Attempt ${attempt.number}`, `${exact(attempt.time)} · ${attempt.status ? `HTTP ${attempt.status}` : 'no answer'} · ${lasting(millis(attempt.latency))}${attempt.failure ? ` · ${sentence(attempt.failure)}` : ''}`]),
            ]}
          />
          <span class="row">
            {again && <Button onClick={again}>Deliver again</Button>}
            <CopyButton wordy label="Copy as JSON" text={JSON.stringify(of, null, 2)} />
          </span>
        </div>
      </details>
    </li>
  );
}
