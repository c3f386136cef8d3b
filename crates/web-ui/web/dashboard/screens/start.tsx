import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Icon } from '../../kit';
import { api, list } from '../api';
import { useLoad } from '../load';
import { ConnectLink } from '../parts/connect-link';
import { Snippets } from '../parts/copy';
import { Awaited, Card, Page } from '../parts/page';
import { can } from '../session';
import { forSession, forToken } from '../snippets';
import type { ApiKey, Connection, Delivery, Integration, WebhookEndpoint } from '../types';

/** What is true of this environment, so that a step is done when it is done and not when somebody says so. */
interface Known {
  integrations: Integration[];
  connection: Connection | undefined;
  keys: ApiKey[] | undefined;
  endpoints: WebhookEndpoint[];
  delivered: boolean;
}

async function look(signal: AbortSignal): Promise<Known> {
  const [integrations, { connections = [] }, keys, { endpoints = [] }] = await Promise.all([
    list<Integration>('/integrations', 'integrations'),
    api<{ connections?: Connection[] }>('/connections?page_size=1', { signal }),
    can('keys:admin') ? list<ApiKey>('/api-keys', 'api_keys') : undefined,
    api<{ endpoints?: WebhookEndpoint[] }>('/webhook-endpoints', { signal }),
  ]);
  const first = endpoints[0];
  const { deliveries = [] } = first ? await api<{ deliveries?: Delivery[] }>(`/webhook-endpoints/${first.id}/deliveries?state=DELIVERY_STATE_DELIVERED&page_size=1`, { signal }) : {};
  return { integrations, connection: connections[0], keys, endpoints, delivered: deliveries.length > 0 };
}

export function StartScreen() {
  const known = useLoad(look, []);
  const [linking, link] = useState(false);
  return (
    <Page
      title="Getting started"
      lead="From nothing to a token that stays valid. A step is done when it has happened here."
      actions={
        <Button icon="refresh" busy={known.loading} onClick={() => void known.again()}>
          Look again
        </Button>
      }
    >
      <Awaited of={known}>{(facts) => <Steps facts={facts} onLink={() => link(true)} />}</Awaited>
      {linking && <ConnectLink onClose={() => { link(false); void known.again(); }} />}
    </Page>
  );
}

function Steps({ facts, onLink }: { facts: Known; onLink: () => void }) {
  const integration = facts.integrations[0]?.key ?? 'github';
  const backends = (facts.keys ?? []).filter((key) => !key.role && !key.revoked);
  const steps: { title: string; done: boolean; body: ComponentChildren }[] = [
    {
      title: 'Register your app at a provider',
      done: facts.integrations.length > 0,
      body: (
        <>
          <p class="muted">An integration is your app at one provider: its client id and secret. The catalogue says, provider by provider, what to do in their console.</p>
          <p>
            <a class="button button-primary" href="/dashboard/providers">
              Choose a provider
            </a>
          </p>
        </>
      ),
    },
    {
      title: 'Connect an account',
      done: !!facts.connection,
      body: (
        <>
          <p class="muted">Your backend asks for a connect session and sends the link to its end user. Make one here and open it yourself, or from your code:</p>
          {can('sessions:write') && (
            <p>
              <Button kind="primary" icon="link" onClick={onLink}>
                Create a link
              </Button>
            </p>
          )}
          <Snippets of={forSession(integration)} label="creating a session" />
        </>
      ),
    },
    {
      title: 'Give your backend a key',
      done: backends.length > 0,
      body: (
        <>
          <p class="muted">A key holds the scopes it needs and no more: a backend that only calls APIs needs tokens:read.</p>
          {can('keys:admin') ? (
            <p>
              <a class="button button-primary" href="/dashboard/keys">
                Create an API key
              </a>
            </p>
          ) : (
            <p class="muted">An admin makes them under “Keys and people”.</p>
          )}
        </>
      ),
    },
    {
      title: 'Be told what happens',
      done: facts.delivered,
      body: (
        <>
          <p class="muted">{facts.endpoints.length > 0 ? 'Your endpoint is there; send it a test message, or wait for the first event.' : 'When a connection fails, your backend should know before your user does. An endpoint is told over HTTP, signed; the event stream needs no endpoint.'}</p>
          <p class="row">
            <a class="button button-primary" href={facts.endpoints[0] ? `/dashboard/webhooks/${facts.endpoints[0].id}` : '/dashboard/webhooks'}>
              {facts.endpoints.length > 0 ? 'Open the endpoint' : 'Add an endpoint'}
            </a>
            <a class="button button-secondary" href="/dashboard/events">
              Watch events
            </a>
          </p>
        </>
      ),
    },
  ];
  const done = steps.filter((step) => step.done).length;
  const next = steps.findIndex((step) => !step.done);
  return (
    <>
      <Card>
        <div class="row">
          <strong>
            {done} of {steps.length} done
          </strong>
          <span class="muted">{done === steps.length ? 'All of it works.' : `Next: ${steps[next]?.title.toLowerCase()}`}</span>
        </div>
        <div class="meter" aria-hidden="true">
          <span style={{ width: `${(100 * done) / steps.length}%` }} />
        </div>
      </Card>
      <Card flush>
        <ol class="steps">
          {steps.map((step, at) => (
            <li class="step" key={step.title}>
              <details open={at === next}>
                <summary>
                  <span class={`step-sign${step.done ? ' done' : ''}`}>{step.done ? <Icon name="check" size={14} /> : at + 1}</span>
                  <span class="step-title">{step.title}</span>
                  {step.done && <span class="muted">Done</span>}
                  <Icon name="chevron" size={14} />
                </summary>
                <div class="step-body">{step.body}</div>
              </details>
            </li>
          ))}
        </ol>
      </Card>
      <Card title="Use a token" lead={facts.connection ? 'Of your newest connection. It is valid when you get it, and refreshed before it is not.' : 'Once an account is connected, this is all there is to calling its API.'}>
        <Snippets of={forToken(facts.connection?.id ?? 'con_…')} label="getting a token" />
      </Card>
    </>
  );
}
