import { useLocation, useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button, Notice } from '../../kit';
import { api } from '../api';
import { count } from '../format';
import { useAction, useLoad } from '../load';
import { Confirm } from '../parts/ask';
import { CheckClient } from '../parts/check-client';
import { ConnectLink } from '../parts/connect-link';
import { Copyable, Snippets } from '../parts/copy';
import { IntegrationFields, type Wish, bodyOf, hasClient, wishOf } from '../parts/integration-form';
import { Awaited, Card, Facts, Page, Trouble } from '../parts/page';
import { Dot, STATES } from '../parts/state';
import { TestConnection } from '../parts/test-connection';
import { When } from '../parts/time';
import { can } from '../session';
import { forSession } from '../snippets';
import type { Aggregate, Integration, Provider } from '../types';
import { connectionsHref } from './connections';
import { sharesOf } from './integrations';

interface Known {
  integration: Integration;
  provider: Provider;
  counted: Aggregate | undefined;
  /** Another one whenever it was asked for again. */
  saved: string;
}

export function IntegrationScreen() {
  const { params } = useRoute();
  const { query: address, route } = useLocation();
  const key = params['key'] ?? '';
  const found = useLoad(async (signal): Promise<Known> => {
    const { integration } = await api<{ integration: Integration }>(`/integrations/${encodeURIComponent(key)}`, { signal });
    const [{ provider }, counted] = await Promise.all([
      api<{ provider: Provider }>(`/providers/${encodeURIComponent(integration.provider)}`, { signal }),
      api<Aggregate>('/connections:aggregate', { signal }).catch(() => undefined),
    ]);
    return { integration, provider, counted, saved: String(Date.now()) };
  }, [key]);
  const [asking, ask] = useState<'delete' | 'link' | 'test' | undefined>(undefined);
  const name = found.data?.integration.display_name || key;
  return (
    <Page
      title={name}
      crumbs={[{ label: 'Integrations', href: '/dashboard/integrations' }]}
      actions={
        found.data && (
          <>
            {can('sessions:write') && (
              <>
                <Button kind="primary" onClick={() => ask('test')}>
                  Test connection
                </Button>
                <Button icon="link" onClick={() => ask('link')}>
                  Create a link
                </Button>
              </>
            )}
            {can('integrations:admin') && (
              <Button kind="danger" onClick={() => ask('delete')}>
                Delete
              </Button>
            )}
          </>
        )
      }
    >
      {address['new'] && (
        <Notice kind="success" title={`${name} is added`}>
          <p>Connect an account of your own to see that it works: “Test connection” takes you to the page that your end users see.</p>
        </Notice>
      )}
      <Awaited of={found} rows={8}>
        {(known) => (
          <>
            <div class="tiles">
              {sharesOf(known.counted, key).map((part) => (
                <a key={part.state} class="tile" href={connectionsHref({ integration: key, state: part.state })}>
                  <span class="tile-name">
                    <Dot tone={part.tone} />
                    {STATES[part.state].label}
                  </span>
                  <span class="tile-value">{count(part.value)}</span>
                </a>
              ))}
            </div>
            <div class="columns">
              <Settings key={key} known={known} again={found.again} />
              <div class="stack">
                {can('integrations:admin') && hasClient(known.provider) && <CheckClient key={key} integration={key} atOnce={!!address['check']} before={known.saved} />}
                <Card title="Facts">
                  <Facts
                    of={[
                      ['Key', <Copyable text={known.integration.key} label="key" />],
                      ['Provider', <a href={`/dashboard/providers/${known.provider.id}`}>{known.provider.name}</a>],
                      ['Redirect URL', known.integration.redirect_uri && <Copyable text={known.integration.redirect_uri} label="redirect URL" />],
                      ['Added', <When time={known.integration.create_time} />],
                    ]}
                  />
                </Card>
                <Card title="Let an end user connect">
                  <Snippets of={forSession(key)} label="creating a session" />
                </Card>
              </div>
            </div>
          </>
        )}
      </Awaited>
      {asking === 'test' && <TestConnection integration={key} onClose={() => { ask(undefined); void found.again(); }} />}
      {asking === 'link' && <ConnectLink integration={key} onClose={() => { ask(undefined); void found.again(); }} />}
      {asking === 'delete' && (
        <Confirm
          title={`Delete ${name}?`}
          verb="Delete integration"
          onClose={() => ask(undefined)}
          work={async () => {
            await api(`/integrations/${encodeURIComponent(key)}`, { method: 'DELETE' });
            route('/dashboard/integrations');
          }}
        >
          <p>Nobody can connect with it any more, and its connections cannot be refreshed without it. They stay until they are deleted.</p>
        </Confirm>
      )}
    </Page>
  );
}

function Settings({ known, again }: { known: Known; again: () => Promise<void> }) {
  const { integration, provider } = known;
  const before = wishOf(provider, integration);
  const [wish, change] = useState<Wish>(before);
  const { busy, problem, run } = useAction();
  const [saved, tell] = useState(false);
  const changed = JSON.stringify(wish) !== JSON.stringify(before);
  const live = sharesOf(known.counted, integration.key).reduce((sum, part) => sum + part.value, 0);
  const save = async () => {
    const done = await run(async () => {
      await api(`/integrations/${encodeURIComponent(integration.key)}`, { method: 'PUT', body: bodyOf(provider, wish) });
      await again();
      change({ ...wish, client_secret: '' });
    });
    tell(done);
  };
  return (
    <Card title="Settings">
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <IntegrationFields provider={provider} wish={wish} onChange={(next) => { change(next); tell(false); }} kept problem={problem} />
        {changed && live > 0 && can('integrations:admin') && <Consequences integration={integration} body={bodyOf(provider, wish)} />}
        {problem && <Trouble problem={problem} />}
        {saved && !changed && <Notice kind="success" title="Saved" />}
        {can('integrations:admin') && (
          <div class="row">
            <Button kind="primary" busy={busy} onClick={() => void save()}>
              Save changes
            </Button>
            {changed && <Button onClick={() => change(before)}>Discard</Button>}
          </div>
        )}
      </form>
    </Card>
  );
}

/** What a change means for those who are connected already, as the server says it. */
function Consequences({ integration, body }: { integration: Integration; body: unknown }) {
  const told = useLoad(
    async (signal) => {
      // Whoever types on is not asked about each letter.
      await new Promise((settled) => setTimeout(settled, 400));
      if (signal.aborted) return undefined;
      return api<{ sentences?: string[]; refreshes?: string }>(`/integrations/${encodeURIComponent(integration.key)}:preview`, { body, signal });
    },
    [integration.key, JSON.stringify(body)],
  );
  // What cannot be saved is told when it is.
  if (told.problem || !told.data?.sentences?.length) return null;
  return (
    <Notice kind={told.data.refreshes === 'REFRESH_PROSPECT_REFUSED' ? 'warning' : 'info'} title="What this means for those who are connected">
      {told.data.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Notice>
  );
}
