import { useState } from 'preact/hooks';
import { Field } from '../../kit';
import { api, query } from '../api';
import { useLoad } from '../load';
import { Awaited, Card, Empty } from '../parts/page';
import { type Point, Series } from '../parts/series';
import { STATES } from '../parts/state';
import { type Aggregate, type ConnectionState, word } from '../types';
import { connectionsHref } from './connections';

/** The worst lowest, so that it stands on the line and its size can be compared. */
const STACKED: ConnectionState[] = ['NEEDS_REAUTH', 'DEGRADED', 'ACTIVE', 'DISABLED'];

const HOUR = 3_600_000;
const SPANS = {
  day: { label: '24 hours', step: HOUR, steps: 24 },
  month: { label: '30 days', step: 24 * HOUR, steps: 30 },
};

type Span = keyof typeof SPANS;

/** How many connections were in which state when, of one integration or of all. */
export function StatesOverTime({ integrations }: { integrations: string[] }) {
  const [wished, choose] = useState<Span | undefined>(undefined);
  const [integration, restrict] = useState('');
  const found = useLoad(
    async (signal) => {
      const ask = async (span: Span) => {
        const { step, steps } = SPANS[span];
        const from = Math.floor(Date.now() / step) * step - (steps - 1) * step;
        const asked = { integration, series_from: new Date(from).toISOString(), series_step: `${step / 1000}s` };
        return { span, from, of: await api<Aggregate>(`/connections:aggregate${query(asked)}`, { signal }) };
      };
      const far = await ask(wished ?? 'month');
      // What began yesterday is a line by days and a story by hours.
      return wished || (far.of.series ?? []).length > 2 ? far : ask('day');
    },
    [wished, integration],
  );
  return (
    <Card
      title="Connections over time"
      lead="By state, and when that changed."
      actions={
        <div class="pills" role="group" aria-label="How far back">
          {Object.entries(SPANS).map(([name, { label }]) => (
            <button key={name} type="button" class="pill" aria-pressed={name === (wished ?? found.data?.span)} onClick={() => choose(name as Span)}>
              {label}
            </button>
          ))}
        </div>
      }
    >
      {integrations.length > 1 && (
        <div class="narrow">
          <Field id="series-integration" label="Integration" value={integration} onInput={restrict} options={[{ value: '', label: 'All of them' }, ...integrations.map((key) => ({ value: key, label: key }))]} />
        </div>
      )}
      <Awaited of={found} rows={4}>
        {({ span, from, of }) => {
          const points = pointsOf(of, integration);
          if (!points.some((point) => point.parts.some((part) => part.value))) return <Empty title="No connection yet">From the first one on, each column says how many there were of each state.</Empty>;
          return <Series title="Connections by state" points={points} missing={Math.max(0, SPANS[span].steps + 1 - points.length)} from={from} days={span === 'month'} />;
        }}
      </Awaited>
    </Card>
  );
}

function pointsOf(of: Aggregate, integration: string): Point[] {
  const restricted = integration ? { integration } : {};
  return (of.series ?? []).map(({ time, counts = [] }) => ({
    at: new Date(time).getTime(),
    parts: STACKED.map((state) => ({
      label: STATES[state].label.toLowerCase(),
      tone: STATES[state].tone,
      value: counts.find((one) => word(one.state, 'CONNECTION_STATE') === state)?.count ?? 0,
      href: connectionsHref({ state, ...restricted }),
    })),
  }));
}
