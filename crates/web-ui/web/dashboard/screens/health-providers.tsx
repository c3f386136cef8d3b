import { Logo } from '../../kit';
import { api, query } from '../api';
import { count, plural } from '../format';
import { useLoad } from '../load';
import { Shares } from '../parts/chart';
import { Awaited, Card, Empty } from '../parts/page';
import { type AuthLog, word } from '../types';

const DAY = 86_400_000;
const LOOKED_AT = 500;

interface Tally {
  provider: string;
  good: number;
  failed: number;
  /** What failed most often, in the provider's or our word. */
  why: string | undefined;
}

/** How each provider did with whatever was tried there, as the logs of the last day have it. */
export function Providers() {
  const since = new Date(Date.now() - DAY).toISOString();
  const logs = useLoad((signal) => api<{ logs?: AuthLog[]; next_page_token?: string }>(`/auth-logs${query({ start_time: since, page_size: LOOKED_AT })}`, { signal }), []);
  return (
    <Card flush title="Providers" lead="Connecting, refreshing and verifying in the last 24 hours.">
      <Awaited of={logs} rows={4}>
        {({ logs: found = [], next_page_token }) => {
          const tallies = tally(found);
          if (tallies.length === 0) return <Empty title="Nothing tried yet">Once somebody connects or a token is refreshed, each provider has a line here.</Empty>;
          return (
            <>
              <ul class="list">
                {tallies.map((one) => (
                  <Row key={one.provider} of={one} />
                ))}
              </ul>
              {next_page_token && <p class="card-note muted">Of the latest {count(LOOKED_AT)} attempts.</p>}
            </>
          );
        }}
      </Awaited>
    </Card>
  );
}

function Row({ of }: { of: Tally }) {
  const all = of.good + of.failed;
  return (
    <li>
      <Logo name={of.provider} size={28} />
      <a class="row-link grow" href={`/dashboard/providers/${encodeURIComponent(of.provider)}`}>
        {of.provider}
      </a>
      {of.why && <span class="tag">{of.why}</span>}
      <span class="muted">
        {((100 * of.good) / all).toFixed(of.failed ? 1 : 0)} % of {plural(all, 'attempt')}
      </span>
      <Shares of={[{ tone: 'good', value: of.good, label: 'succeeded' }, { tone: 'bad', value: of.failed, label: 'failed' }]} />
    </li>
  );
}

/** The worst first. What an end user stopped says nothing about a provider. */
export function tally(logs: AuthLog[]): Tally[] {
  const by = new Map<string, { good: number; whys: string[] }>();
  for (const log of logs) {
    const [outcome, why] = [word(log.outcome, 'AUTH_LOG_OUTCOME'), log.failure?.reason ?? 'UNKNOWN'];
    if (!log.provider || !['SUCCESS', 'FAILURE'].includes(outcome) || (outcome === 'FAILURE' && log.whose_turn === 'END_USER')) continue;
    const here = by.get(log.provider) ?? { good: 0, whys: [] };
    if (outcome === 'SUCCESS') here.good += 1;
    else here.whys.push(why);
    by.set(log.provider, here);
  }
  const tallies = [...by].map(([provider, { good, whys }]) => ({ provider, good, failed: whys.length, why: commonest(whys) }));
  return tallies.sort((one, other) => other.failed / (other.good + other.failed) - one.failed / (one.good + one.failed) || one.provider.localeCompare(other.provider));
}

function commonest(words: string[]): string | undefined {
  const times = (one: string) => words.filter((other) => other === one).length;
  return [...words].sort((one, other) => times(other) - times(one))[0];
}
