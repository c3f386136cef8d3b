import { Logo } from '../../kit';
import { api } from '../api';
import { plural } from '../format';
import { useLoad } from '../load';
import { Shares } from '../parts/chart';
import { Awaited, Card, Empty, Page } from '../parts/page';
import { STATES } from '../parts/state';
import { type Column, Table } from '../parts/table';
import { When } from '../parts/time';
import { can } from '../session';
import { type Aggregate, type ConnectionState, type Integration, word } from '../types';

export function IntegrationsScreen() {
  const found = useLoad((signal) => api<{ integrations?: Integration[] }>('/integrations', { signal }), []);
  const counted = useLoad((signal) => api<Aggregate>('/connections:aggregate', { signal }), []);
  const add = (
    <a class="button button-primary" href="/dashboard/providers">
      Add an integration
    </a>
  );
  return (
    <Page title="Integrations" lead="Your apps at providers, and what your end users can choose from." actions={can('integrations:admin') && add}>
      <Card flush>
        <Awaited of={found}>
          {({ integrations = [] }) =>
            integrations.length > 0 ? (
              <Table caption="Integrations" columns={columns(counted.data)} rows={integrations} id={(row) => row.key} href={(row) => `/dashboard/integrations/${encodeURIComponent(row.key)}`} />
            ) : (
              <Empty title="No integrations yet" action={add}>
                Choose a provider from the catalogue and bring your app’s client id and secret. End users can connect right after.
              </Empty>
            )
          }
        </Awaited>
      </Card>
    </Page>
  );
}

export function sharesOf(of: Aggregate | undefined, integration: string) {
  const shown: ConnectionState[] = ['ACTIVE', 'DEGRADED', 'NEEDS_REAUTH', 'DISABLED'];
  return shown.map((state) => {
    const one = (of?.counts ?? []).find((it) => it.integration === integration && word(it.state, 'CONNECTION_STATE') === state);
    return { state, tone: STATES[state].tone, label: STATES[state].label.toLowerCase(), value: one?.count ?? 0 };
  });
}

function columns(counted: Aggregate | undefined): Column<Integration>[] {
  return [
    {
      name: 'Integration',
      cell: (row) => (
        <span class="cell-main">
          <Logo name={row.display_name || row.key} size={28} />
          <span class="cell-text">
            <span>{row.display_name || row.key}</span>
            <small>{row.key}</small>
          </span>
        </span>
      ),
    },
    { name: 'Provider', minor: true, cell: (row) => row.provider },
    {
      name: 'Connections',
      cell: (row) => {
        const parts = sharesOf(counted, row.key);
        return (
          <span class="row">
            <Shares of={parts} />
            <span class="muted">{plural(parts.reduce((sum, part) => sum + part.value, 0), 'connection')}</span>
          </span>
        );
      },
    },
    { name: 'Scopes', minor: true, cell: (row) => (row.scopes?.length ? plural(row.scopes.length, 'scope') : <span class="muted">Defaults</span>) },
    { name: 'Added', minor: true, cell: (row) => <When time={row.create_time} /> },
  ];
}
