import type { ComponentChildren } from 'preact';
import { useLocation, useRoute } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button, Logo, Notice } from '../../kit';
import { api } from '../api';
import { authMode, category, lasting, sentence } from '../format';
import { useAction, useLoad } from '../load';
import { wrong } from '../parts/ask';
import { CopyButton } from '../parts/copy';
import { IntegrationFields, type Wish, bodyOf, hasClient, wishOf } from '../parts/integration-form';
import { Awaited, Card, Facts, Page, Trouble } from '../parts/page';
import { can, redirectUrl } from '../session';
import type { Integration, Provider } from '../types';

export function NewIntegrationScreen() {
  const { params } = useRoute();
  const id = params['id'] ?? '';
  const found = useLoad(async (signal) => {
    const [{ provider }, { integrations = [] }] = await Promise.all([
      api<{ provider: Provider }>(`/providers/${encodeURIComponent(id)}`, { signal }),
      can('integrations:read') ? api<{ integrations?: Integration[] }>('/integrations', { signal }) : { integrations: [] },
    ]);
    return { provider, there: integrations };
  }, [id]);
  const provider = found.data?.provider;
  return (
    <Page title={provider ? `Add ${provider.name}` : id} crumbs={[{ label: 'Providers', href: '/dashboard/providers' }]} badge={provider && <span class="tag">{authMode(provider.auth_mode)}</span>}>
      <Awaited of={found}>
        {({ provider, there }) => (
          <div class="columns">
            <Guide provider={provider} />
            <div class="sticky">{can('integrations:admin') ? <Form provider={provider} there={there} /> : <Notice title="A developer or an admin adds integrations" />}</div>
          </div>
        )}
      </Awaited>
    </Page>
  );
}

const isAway = (provider: Provider) => ['OAUTH2', 'OAUTH1', 'APP'].includes(provider.auth_mode ?? '');

function Guide({ provider }: { provider: Provider }) {
  const details = provider.details ?? {};
  const steps = details.guidance?.app_setup ?? [];
  const behaviour = details.behaviour ?? {};
  const lasts = (seconds: number | undefined) => (seconds ? lasting(seconds * 1000) : undefined);
  return (
    <div class="stack">
      <Card title={`At ${provider.name}`} lead={isAway(provider) ? 'Register your app in their console, with exactly these values.' : 'What your end users are asked for.'} actions={details.app_setup_url && <a class="button button-secondary" href={details.app_setup_url} target="_blank" rel="noopener noreferrer">Open their console</a>}>
        {isAway(provider) && (
          <div class="stack">
            <span class="muted">Redirect URL</span>
            <div class="copy-field">
              <code>{redirectUrl()}</code>
              <CopyButton text={redirectUrl()} label="Copy redirect URL" />
            </div>
          </div>
        )}
        {!!details.default_scopes?.length && (
          <div class="stack">
            <span class="muted">Scopes that are always asked for</span>
            <div class="copy-field">
              <code>{details.default_scopes.join(' ')}</code>
              <CopyButton text={details.default_scopes.join(' ')} label="Copy scopes" />
            </div>
          </div>
        )}
        {steps.length > 0 && (
          <ol class="guide">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        )}
        {steps.length === 0 && isAway(provider) && <p class="muted">There is no guide for {provider.name} yet. Create an app in their developer console, give it the redirect URL above, and bring its client id and secret here.</p>}
        {(details.guidance?.notes ?? []).map((note) => (
          <Notice key={note}>{note}</Notice>
        ))}
      </Card>
      <Card title="What is known of it">
        <Facts
          of={known([
            ['Logs in with', authMode(provider.auth_mode)],
            ['Categories', (provider.categories ?? []).map(category).join(', ') || undefined],
            ['API', details.base_url && <code>{filledIn(details.base_url)}</code>],
            ['Access tokens last', lasts(behaviour.access_token_seconds)],
            ['Refresh tokens', behaviour.rotation ? { none: 'Stay the same', grace: 'Rotate, the old one for a while', strict: 'Rotate, used once' }[behaviour.rotation] : undefined],
            ['End unused after', lasts(behaviour.idle_seconds)],
            ['End in any case after', lasts(behaviour.absolute_seconds)],
            ['Checks', (details.probes ?? []).map(sentence).join(', ') || undefined],
            ['Deleting', details.revocable ? 'Ends the grant at the provider too' : 'The grant at the provider stays'],
            ['Documentation', provider.docs_url && <a href={provider.docs_url} target="_blank" rel="noopener noreferrer">{new URL(provider.docs_url).host}</a>],
          ])}
        />
      </Card>
    </div>
  );
}

/** `https://${conn.subdomain}.example` → `https://{subdomain}.example`: what differs from connection to connection. */
const filledIn = (template: string) => template.replaceAll(/\$\{(?:\w+\.)*(\w+)\}/g, '{$1}');

const known = (facts: [string, ComponentChildren][]) => facts.filter(([, value]) => value);

function Form({ provider, there }: { provider: Provider; there: Integration[] }) {
  const { route } = useLocation();
  const taken = (key: string) => there.some((one) => one.key === key);
  const [wish, change] = useState<Wish>(() => ({ ...wishOf(provider), key: free(provider.id, taken) }));
  const { busy, problem, run } = useAction();
  const [hint, tell] = useState<string | undefined>(undefined);
  const save = async (check: boolean) => {
    if (taken(wish.key)) {
      tell('There is an integration with this key already.');
      return;
    }
    const done = await run(async () => {
      await api(`/integrations/${encodeURIComponent(wish.key)}`, { method: 'PUT', body: bodyOf(provider, wish) });
    });
    if (done) route(`/dashboard/integrations/${encodeURIComponent(wish.key)}?new=1${check ? '&check=1' : ''}`);
  };
  return (
    <Card title="Here">
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save(false);
        }}
      >
        <div class="row">
          <Logo name={provider.name} />
          <strong>{provider.name}</strong>
        </div>
        <IntegrationFields provider={provider} wish={wish} onChange={(next) => { change(next); tell(undefined); }} withKey problem={problem} keyError={hint ?? wrong(problem, 'integration.key', 'key')} />
        {problem && !wrong(problem, 'integration.key', 'key', 'integration.client_id', 'client_secret', 'integration.scopes') && <Trouble problem={problem} />}
        <div class="row">
          <Button kind="primary" busy={busy} onClick={() => void save(false)}>
            Add integration
          </Button>
          {hasClient(provider) && (
            <Button busy={busy} onClick={() => void save(true)}>
              Add and check the client
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function free(id: string, taken: (key: string) => boolean): string {
  const more = [2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${id}-${number}`);
  return [id, ...more].find((key) => !taken(key)) ?? id;
}
