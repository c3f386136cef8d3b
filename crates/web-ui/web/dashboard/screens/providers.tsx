import { useLocation } from 'preact-iso/router';
import { useMemo, useState } from 'preact/hooks';
import { Field, Icon, Logo } from '../../kit';
import { api, query } from '../api';
import { authMode, category, count, plural } from '../format';
import { useLoad } from '../load';
import { Awaited, Empty, Page } from '../parts/page';
import type { Provider } from '../types';

/** How many are shown before somebody asks for more. */
const SHOWN = 60;

export function ProvidersScreen() {
  const { query: address, route } = useLocation();
  const found = useLoad((signal) => api<{ providers?: Provider[] }>('/providers', { signal }), []);
  const filters = address as { search?: string; category?: string; mode?: string };
  const narrow = (change: Record<string, string>) => route(`/dashboard/providers${query({ ...filters, ...change })}`, true);
  return (
    <Page title="Providers" lead="What your end users can connect. Choose one to add it as an integration.">
      <Awaited of={found} rows={8}>
        {({ providers = [] }) => <Catalogue providers={providers} filters={filters} onChange={narrow} />}
      </Awaited>
    </Page>
  );
}

function Catalogue({ providers, filters, onChange }: { providers: Provider[]; filters: { search?: string; category?: string; mode?: string }; onChange: (change: Record<string, string>) => void }) {
  const [shown, show] = useState(SHOWN);
  const fits = useMemo(() => providers.filter(fit(filters)), [providers, filters.search, filters.category, filters.mode]);
  const facet = (of: (provider: Provider) => string[], name: (value: string) => string, first: string) => {
    const values = new Map<string, number>();
    for (const provider of providers) for (const value of of(provider)) values.set(value, (values.get(value) ?? 0) + 1);
    const sorted = [...values].sort(([one], [other]) => name(one).localeCompare(name(other)));
    return [{ value: '', label: first }, ...sorted.map(([value, many]) => ({ value, label: `${name(value)} (${count(many)})` }))];
  };
  return (
    <>
      <div class="filters" role="search" aria-label="Providers">
        <span class="control search">
          <Icon name="search" size={16} />
          <input type="search" aria-label="Search providers" placeholder={`Search ${plural(providers.length, 'provider')}…`} value={filters.search ?? ''} onInput={(event) => onChange({ search: event.currentTarget.value })} />
        </span>
        <Field id="category" label="Category" value={filters.category ?? ''} onInput={(chosen) => onChange({ category: chosen })} options={facet((one) => one.categories ?? [], category, 'Every category')} />
        <Field id="mode" label="Way of logging in" value={filters.mode ?? ''} onInput={(mode) => onChange({ mode })} options={facet((one) => [one.auth_mode ?? ''], authMode, 'Every way of logging in')} />
        <span class="muted" role="status">
          {plural(fits.length, 'provider')}
        </span>
      </div>
      {fits.length === 0 && (
        <Empty title="No provider fits">Add your own as a YAML file in the folder that the setting providers.path names; it is checked when it is read.</Empty>
      )}
      <ul class="catalogue">
        {fits.slice(0, shown).map((provider) => (
          <li key={provider.id}>
            <a class="provider" href={`/dashboard/providers/${provider.id}`}>
              <Logo name={provider.name} size={34} />
              <span class="cell-text">
                <strong>{provider.name}</strong>
                <small>
                  {authMode(provider.auth_mode)}
                  {provider.categories?.[0] && ` · ${category(provider.categories[0])}`}
                </small>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {fits.length > shown && (
        <p>
          <button type="button" class="button button-secondary" onClick={() => show(shown + 240)}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}

function fit({ search = '', category: wanted, mode }: { search?: string; category?: string; mode?: string }): (provider: Provider) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return (provider) => {
    const text = `${provider.name} ${provider.id} ${(provider.categories ?? []).join(' ')}`.toLowerCase();
    return words.every((one) => text.includes(one)) && (!wanted || (provider.categories ?? []).includes(wanted)) && (!mode || provider.auth_mode === mode);
  };
}
