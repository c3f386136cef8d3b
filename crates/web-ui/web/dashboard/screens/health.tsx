import { Button, Logo } from '../../kit';
import { api, query } from '../api';
import { count, lasting, plural } from '../format';
import { useLoad } from '../load';
import { type Bar, Bars, Shares } from '../parts/chart';
import { Coded } from '../parts/coded';
import { Awaited, Card, Empty, Page } from '../parts/page';
import { Badge, Dot, STATES, StateBadge, type Tone, turn } from '../parts/state';
import { When } from '../parts/time';
import { type Aggregate, type AuthLog, type Connection, type ConnectionState, type Incident, type Stretch, millis, stateOf, word } from '../types';
import { connectionsHref } from './connections';
import { Providers } from './health-providers';
import { StatesOverTime } from './health-states';

const SHOWN: ConnectionState[] = ['ACTIVE', 'DEGRADED', 'NEEDS_REAUTH', 'DISABLED'];
const DAY = 86_400_000;

export function HealthScreen() {
  const counted = useLoad((signal) => api<Aggregate>('/connections:aggregate', { signal }), []);
  const incidents = useLoad((signal) => api<{ incidents?: Incident[] }>('/incidents', { signal }), []);
  const troubled = useLoad(async (signal) => {
    const pages = await Promise.all(
      ['NEEDS_REAUTH', 'DEGRADED'].map((state) => api<{ connections?: Connection[] }>(`/connections${query({ state: `CONNECTION_STATE_${state}`, page_size: 6, order_by: 'create_time desc' })}`, { signal })),
    );
    return pages.flatMap((page) => page.connections ?? []);
  }, []);
  const again = () => void Promise.all([counted.again(), incidents.again(), troubled.again()]);
  return (
    <Page
      title="Health"
      lead="Whether anything is broken, for whom, and whose turn it is."
      actions={
        <Button icon="refresh" busy={counted.loading} onClick={again}>
          Refresh
        </Button>
      }
    >
      <Awaited of={counted} rows={3}>
        {(data) => <Tiles of={data} />}
      </Awaited>
      <StatesOverTime integrations={[...new Set((counted.data?.counts ?? []).map((one) => one.integration))].sort()} />
      <div class="columns even">
        <Card flush title="Incidents" lead="What is wrong with an app, a provider or this installation, and so with no single connection.">
          <Awaited of={incidents} rows={2}>
            {({ incidents: open = [] }) => (open.length > 0 ? open.map((incident) => <IncidentRow key={`${incident.kind}-${incident.integration}-${incident.begin_time}`} of={incident} />) : <Empty title="No incident is open">Many failures with one cause are told here once, and not once for each connection.</Empty>)}
          </Awaited>
        </Card>
        <RefreshSuccess />
      </div>
      <div class="columns even">
        <Card title="Time to expiry" lead="When tokens run out unless they are refreshed before, which is done by itself.">
          <Awaited of={counted} rows={4}>
            {(data) => <Expiries of={data} />}
          </Awaited>
        </Card>
        <Card title="Time to the end" lead="When connections stop for good unless somebody acts.">
          <Awaited of={counted} rows={4}>
            {(data) => <Endings of={data} />}
          </Awaited>
        </Card>
      </div>
      <Card flush title="Integrations" lead="Connections by state.">
        <Awaited of={counted} rows={4}>
          {(data) => <ByIntegration of={data} />}
        </Awaited>
      </Card>
      <Providers />
      <Card flush title="Needs attention" lead="The newest connections that are broken or failing.">
        <Awaited of={troubled} rows={3}>
          {(connections) => (connections.length > 0 ? <Troubled connections={connections} /> : <Empty title="Nothing needs attention">Connections whose provider refuses them, or whose last refresh failed, are listed here.</Empty>)}
        </Awaited>
      </Card>
    </Page>
  );
}

function total(of: Aggregate, state: ConnectionState, integration?: string): number {
  const fits = (of.counts ?? []).filter((one) => word(one.state, 'CONNECTION_STATE') === state && (!integration || one.integration === integration));
  return fits.reduce((sum, one) => sum + (one.count ?? 0), 0);
}

function Tiles({ of }: { of: Aggregate }) {
  return (
    <div class="tiles">
      {SHOWN.map((state) => (
        <a key={state} class="tile" href={connectionsHref({ state })}>
          <span class="tile-name">
            <Dot tone={STATES[state].tone} />
            {STATES[state].label}
          </span>
          <span class="tile-value">{count(total(of, state))}</span>
          <span class="tile-note">{STATES[state].meaning}</span>
        </a>
      ))}
    </div>
  );
}

function IncidentRow({ of }: { of: Incident }) {
  return (
    <div class="incident">
      <span class="row">
        <Badge tone={of.state === 'HALF_OPEN' ? 'warn' : 'bad'}>{of.state === 'HALF_OPEN' ? 'Being tried' : 'Open'}</Badge>
        <strong>{of.integration || of.provider || (of.kind === 'REFRESHING_PAUSED' ? 'This environment' : 'This installation')}</strong>
        <span class="muted">
          <When time={of.begin_time} />
        </span>
        {of.whose_turn && of.whose_turn !== 'NOBODY' && <span class="tag">{turn(of.whose_turn)}’s turn</span>}
      </span>
      <p>
        <Coded text={of.what_happened} />
      </p>
      <p class="muted">
        <Coded text={of.what_to_do} />
      </p>
    </div>
  );
}

/** Of the last day, as the logs have it. */
function RefreshSuccess() {
  const since = new Date(Date.now() - DAY);
  const logs = useLoad((signal) => api<{ logs?: AuthLog[]; next_page_token?: string }>(`/auth-logs${query({ operation: 'AUTH_LOG_OPERATION_REFRESH', start_time: since.toISOString(), page_size: 500 })}`, { signal }), []);
  return (
    <Card title="Refreshes" lead="Of the last 24 hours.">
      <Awaited of={logs} rows={4}>
        {({ logs: found = [], next_page_token }) => {
          if (found.length === 0) return <Empty title="No refresh yet">Tokens that are about to expire are refreshed by themselves. What came of it is counted here.</Empty>;
          const outcome = (one: AuthLog) => word(one.outcome, 'AUTH_LOG_OUTCOME');
          const ended = found.filter((one) => outcome(one) !== 'PENDING');
          const good = ended.filter((one) => outcome(one) !== 'FAILURE').length;
          return (
            <>
              <div class="row">
                <span class="tile-value">{ended.length ? `${((100 * good) / ended.length).toFixed(good === ended.length ? 0 : 1)} %` : '—'}</span>
                <span class="muted">
                  {count(good)} of {plural(ended.length, 'refresh', 'refreshes')} succeeded{next_page_token && ', of the latest 500'}
                </span>
              </div>
              <Bars title="Hours ago" unit="refreshes" bars={byHours(found)} />
            </>
          );
        }}
      </Awaited>
    </Card>
  );
}

function byHours(logs: AuthLog[]): Bar[] {
  return [24, 20, 16, 12, 8, 4].map((hours) => {
    const there = logs.filter((one) => {
      const ago = Date.now() - new Date(one.start_time ?? 0).getTime();
      return ago < hours * 3_600_000 && ago >= (hours - 4) * 3_600_000;
    });
    const failed = there.filter((one) => word(one.outcome, 'AUTH_LOG_OUTCOME') === 'FAILURE').length;
    return { label: `${hours - 4}–${hours} h`, value: there.length, tone: 'good', marked: { value: failed, tone: 'bad', label: 'failed' } };
  });
}

function Expiries({ of }: { of: Aggregate }) {
  const stretches = of.expiring ?? [];
  if (!stretches.some(({ count }) => count)) return <Empty title="No token runs out">Tokens that a provider gives for a while are counted here by the time that is left.</Empty>;
  // One that has run out could not be refreshed yet: which connections those are is told below.
  return <Bars title="Time left" unit="tokens" bars={stretches.map((stretch) => ({ label: labelOf(stretch, 'Over'), value: stretch.count ?? 0, tone: stretch.from ? 'info' : 'bad' }))} />;
}

function labelOf({ from, until }: Stretch, over: string): string {
  if (!from) return over;
  return until ? `< ${lasting(millis(until))}` : `> ${lasting(millis(from))}`;
}

function Endings({ of }: { of: Aggregate }) {
  const buckets = of.ending ?? [];
  if (!buckets.some((bucket) => bucket.count)) return <Empty title="No connection is known to end">Some providers end a grant after a while, or when it is not used. Those are counted here by the time that is left.</Empty>;
  const bars = buckets.map((bucket): Bar => {
    const tone: Tone = !bucket.from ? 'bad' : millis(bucket.until) <= 7 * DAY && bucket.until ? 'warn' : 'info';
    const after = bucket.from ? new Date(Date.now() + millis(bucket.from)).toISOString() : undefined;
    const before = bucket.until ? new Date(Date.now() + millis(bucket.until)).toISOString() : undefined;
    return { label: labelOf(bucket, 'Ended'), value: bucket.count ?? 0, tone, href: connectionsHref({ order_by: 'end_time', ...(after && { ends_after: after }), ...(before && { ends_before: before }) }) };
  });
  return <Bars title="Time left" unit="connections" bars={bars} />;
}

function ByIntegration({ of }: { of: Aggregate }) {
  const keys = [...new Set((of.counts ?? []).map((one) => one.integration))].sort();
  if (keys.length === 0) return <Empty title="No connections yet" action={<a class="button button-secondary" href="/dashboard/start">Getting started</a>}>Once end users connect, each integration has a line here.</Empty>;
  return (
    <ul class="list">
      {keys.map((key) => {
        const parts = SHOWN.map((state) => ({ tone: STATES[state].tone, label: STATES[state].label.toLowerCase(), value: total(of, state, key) }));
        return (
          <li key={key}>
            <Logo name={key} size={28} />
            <a class="row-link grow" href={`/dashboard/integrations/${encodeURIComponent(key)}`}>
              {key}
            </a>
            <span class="muted">{plural(parts.reduce((sum, part) => sum + part.value, 0), 'connection')}</span>
            <Shares of={parts} />
          </li>
        );
      })}
    </ul>
  );
}

function Troubled({ connections }: { connections: Connection[] }) {
  return (
    <ul class="list">
      {connections.map((one) => (
        <li key={one.id}>
          <StateBadge state={stateOf(one)} />
          <a class="row-link grow" href={`/dashboard/connections/${one.id}`}>
            {one.display_name || one.end_user} <span class="muted">at {one.integration}</span>
          </a>
          {one.failure?.reason && <span class="tag">{one.failure.cause ?? one.failure.reason}</span>}
          {one.failure?.owner && <span class="muted">{turn(one.failure.owner)}’s turn</span>}
        </li>
      ))}
    </ul>
  );
}
