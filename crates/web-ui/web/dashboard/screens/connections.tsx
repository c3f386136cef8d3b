import { useLocation } from 'preact-iso/router';
import { useEffect, useState } from 'preact/hooks';
import { Button, Field, Icon, Logo } from '../../kit';
import { api, list, query } from '../api';
import { plural } from '../format';
import { useLoad } from '../load';
import { ConnectLink } from '../parts/connect-link';
import { Awaited, Card, Empty, Page } from '../parts/page';
import { STATES, StateBadge, turn } from '../parts/state';
import { type Column, Table } from '../parts/table';
import { When } from '../parts/time';
import { can } from '../session';
import { type Connection, type ConnectionState, type Integration, stateOf } from '../types';
import { AllThatFit } from './connections-all';
import { Bulk } from './connections-bulk';

const PAGE_SIZE = 50;

const NEWEST_FIRST = 'create_time desc';

/** What the address says: the filters are its query, so a view can be kept and sent. */
interface Filters {
  search?: string;
  state?: string;
  integration?: string;
  end_user?: string;
  order_by?: string;
  ends_before?: string;
  ends_after?: string;
}

export function connectionsHref(filters: Filters): string {
  return `/dashboard/connections${query({ ...filters })}`;
}

export function ConnectionsScreen() {
  const { query: address, route } = useLocation();
  const filters: Filters = address;
  const pick = (ids: ReadonlySet<string>) => {
    chooseEveryone(undefined);
    choose(ids);
  };
  const restricted = Object.entries(filters).some(([name, value]) => name !== 'order_by' && value);
  const narrow = (change: Filters) => {
    turnTo([]);
    pick(new Set());
    route(connectionsHref({ ...filters, ...change }), true);
  };
  // The tokens of the pages before this one: pages are walked, never counted.
  const [trail, turnTo] = useState<string[]>([]);
  const [selected, choose] = useState<ReadonlySet<string>>(new Set());
  // All that fit the filter, once somebody has asked for them.
  const [everyone, chooseEveryone] = useState<Connection[] | undefined>(undefined);
  const [linking, link] = useState(false);
  const filter = { order_by: NEWEST_FIRST, ...filters, state: filters.state && `CONNECTION_STATE_${filters.state}` };
  const asked = query({ ...filter, page_size: PAGE_SIZE, page_token: trail.at(-1) });
  const page = useLoad((signal) => api<{ connections?: Connection[]; next_page_token?: string }>(`/connections${asked}`, { signal }), [asked]);
  const shown = page.data?.connections ?? [];
  const chosen = everyone ?? shown.filter((one) => selected.has(one.id));
  const wholePage = shown.length > 0 && chosen.length === shown.length;
  const integrations = useLoad(async () => (can('integrations:read') ? await list<Integration>('/integrations', 'integrations') : []), []);
  return (
    <Page
      title="Connections"
      lead="Accounts your end users have connected."
      actions={
        can('sessions:write') && (
          <Button kind="primary" icon="link" onClick={() => link(true)}>
            Create a link
          </Button>
        )
      }
    >
      <FilterBar filters={filters} integrations={integrations.data ?? []} onChange={narrow} />
      <Card flush>
        {chosen.length > 0 && <Bulk chosen={chosen} onDone={() => { pick(new Set()); void page.again(); }} />}
        {!everyone && wholePage && (trail.length > 0 || page.data?.next_page_token) && <AllThatFit key={asked} filter={filter} chosen={chosen.length} onChosen={chooseEveryone} />}
        <Awaited of={page} rows={8}>
          {({ connections = [], next_page_token }) => (
            <>
              {connections.length > 0 && (
                <Table caption="Connections" columns={COLUMNS} rows={connections} id={(row) => row.id} href={(row) => `/dashboard/connections/${row.id}`} label={(row) => `${row.end_user} at ${row.integration}`} selection={can('sessions:write') ? { selected, change: pick } : undefined} />
              )}
              {connections.length === 0 && (restricted ? <NoneFits onClear={() => route('/dashboard/connections')} more={!!next_page_token} /> : <NoneYet onLink={() => link(true)} />)}
              {(trail.length > 0 || next_page_token) && (
                <nav class="pager" aria-label="Pages">
                  <span>{connections.length > 0 ? `${plural(connections.length, 'connection')} on page ${trail.length + 1}` : `Page ${trail.length + 1}`}</span>
                  <span class="row">
                    {trail.length > 0 && <Button onClick={() => turnTo(trail.slice(0, -1))}>Previous</Button>}
                    {next_page_token && <Button onClick={() => turnTo([...trail, next_page_token])}>Next</Button>}
                  </span>
                </nav>
              )}
            </>
          )}
        </Awaited>
      </Card>
      {linking && <ConnectLink onClose={() => link(false)} />}
    </Page>
  );
}

const COLUMNS: Column<Connection>[] = [
  {
    name: 'End user',
    cell: (row) => (
      <span class="cell-main">
        <Logo name={row.integration} size={28} />
        <span class="cell-text">
          <span>{row.display_name || row.end_user}</span>
          <small>{row.credential?.account || (row.display_name ? row.end_user : row.external_id) || row.id}</small>
        </span>
      </span>
    ),
  },
  { name: 'State', cell: (row) => <StateBadge state={stateOf(row)} /> },
  { name: 'Integration', minor: true, cell: (row) => row.integration },
  { name: 'Whose turn', minor: true, cell: (row) => (row.failure?.owner ? turn(row.failure.owner) : <span class="muted">—</span>) },
  { name: 'Last refresh', minor: true, cell: (row) => <When time={row.credential?.obtain_time} /> },
  { name: 'Token expires', minor: true, cell: (row) => <When time={row.credential?.expire_time} /> },
  { name: 'Created', minor: true, cell: (row) => <When time={row.create_time} /> },
];

function FilterBar({ filters, integrations, onChange }: { filters: Filters; integrations: Integration[]; onChange: (change: Filters) => void }) {
  const asked = filters.search ?? filters.end_user ?? '';
  const [text, type] = useState(asked);
  useEffect(() => type(asked), [asked]);
  const states = Object.entries(STATES) as [ConnectionState, { label: string }][];
  return (
    <form
      class="filters"
      role="search"
      aria-label="Connections"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ search: text.trim(), end_user: '' });
      }}
    >
      <span class="control search">
        <Icon name="search" size={16} />
        <input type="search" aria-label="Search by id, end user, name or external id" placeholder="Search id, end user, name…" value={text} onInput={(event) => type(event.currentTarget.value)} onBlur={() => text.trim() !== asked && onChange({ search: text.trim(), end_user: '' })} />
      </span>
      <Field id="state" label="State" value={filters.state ?? ''} onInput={(state) => onChange({ state })} options={[{ value: '', label: 'Every state' }, ...states.map(([value, { label }]) => ({ value, label }))]} />
      <Field id="integration" label="Integration" value={filters.integration ?? ''} onInput={(integration) => onChange({ integration })} options={[{ value: '', label: 'Every integration' }, ...integrations.map((one) => ({ value: one.key, label: one.display_name || one.key }))]} />
      <Field id="order" label="Order" value={filters.order_by ?? NEWEST_FIRST} onInput={(order_by) => onChange({ order_by })} options={[{ value: NEWEST_FIRST, label: 'Newest first' }, { value: 'create_time', label: 'Oldest first' }, { value: 'end_time', label: 'Ending soonest' }]} />
      {(filters.ends_before || filters.ends_after) && (
        <button type="button" class="pill" aria-pressed="true" onClick={() => onChange({ ends_before: '', ends_after: '' })}>
          Ends {filters.ends_after && <>after <When time={filters.ends_after} /> </>}
          {filters.ends_before && <>before <When time={filters.ends_before} /></>} ×
        </button>
      )}
    </form>
  );
}

function NoneYet({ onLink }: { onLink: () => void }) {
  return (
    <Empty
      title="No connections yet"
      action={
        <>
          {can('sessions:write') && (
            <Button kind="primary" icon="link" onClick={onLink}>
              Create a link
            </Button>
          )}
          <a class="button button-secondary" href="/dashboard/start">
            Read the guide
          </a>
        </>
      }
    >
      A connection appears here when an end user connects an account. Create a link and open it yourself to see how it goes.
    </Empty>
  );
}

function NoneFits({ onClear, more }: { onClear: () => void; more: boolean }) {
  return (
    <Empty title={more ? 'None on this page' : 'No connection fits'} action={<Button onClick={onClear}>Clear the filters</Button>}>
      {more ? 'There are more pages to look through.' : 'Try another search, or fewer filters.'}
    </Empty>
  );
}
