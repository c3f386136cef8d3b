// How many connections there are in which state, counted page by page: as far as it goes, and it says how far that is.
import { api, query } from './api';
import { type Connection, type ConnectionState, stateOf } from './types';

/** What is counted at most; more would keep a page waiting. */
const COUNTED_MAX = 10_000;

export interface Counts {
  /** By integration and state. */
  of: Map<string, Map<ConnectionState, number>>;
  /** When those end that are known to, as Unix milliseconds. */
  ends: number[];
  /** Whether there are more than were counted. */
  more: boolean;
}

export async function countConnections(signal: AbortSignal): Promise<Counts> {
  const counts: Counts = { of: new Map(), ends: [], more: false };
  let counted = 0;
  let page_token: string | undefined;
  do {
    const page = await api<{ connections?: Connection[]; next_page_token?: string }>(`/connections${query({ page_size: 500, page_token })}`, { signal });
    for (const one of page.connections ?? []) {
      const states = counts.of.get(one.integration) ?? new Map<ConnectionState, number>();
      counts.of.set(one.integration, states.set(stateOf(one), (states.get(stateOf(one)) ?? 0) + 1));
      if (one.credential?.end_time) counts.ends.push(new Date(one.credential.end_time).getTime());
      counted += 1;
    }
    page_token = page.next_page_token;
  } while (page_token && counted < COUNTED_MAX);
  counts.more = !!page_token;
  return counts;
}

/** In one state, of one integration or of all. */
export function total(counts: Counts | undefined, state: ConnectionState, integration?: string): number {
  if (!counts) return 0;
  const states = integration === undefined ? [...counts.of.values()] : [counts.of.get(integration)];
  return states.reduce((sum, one) => sum + (one?.get(state) ?? 0), 0);
}
