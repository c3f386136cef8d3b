// The public API, asked in the name of who is logged in: what these pages can do, any backend can.
import { type Call, Problem, call, events } from '../kit';
import { session } from './session';

const BASE = '/dashboard/api';

function ours(options: Call): Call {
  return { ...options, headers: { ...options.headers, 'x-csrf-token': session.value?.csrf_token ?? '' } };
}

/** A query without what is not set. Lists are written once for each entry. */
export function query(fields: Record<string, string | number | boolean | string[] | undefined>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== '') pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text && `?${text}`;
}

export async function api<T>(path: string, options: Call = {}): Promise<T> {
  try {
    return await call<T>(BASE + path, ours(options));
  } catch (problem) {
    // The login ended, here or elsewhere.
    if (problem instanceof Problem && problem.status === 401) session.value = null;
    throw problem;
  }
}

/** A stream, message by message, until the signal ends it. */
export async function* watch<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
  for await (const event of events(BASE + path, ours({ signal }))) {
    const document = JSON.parse(event.data) as T & { detail?: string; reason?: string; status?: number };
    if (event.event === 'problem') throw new Problem(document.status ?? 0, document.reason ?? 'UNKNOWN', document.detail ?? 'The stream ended.');
    yield document as Awaited<T>;
  }
}

/** A list that is given whole. */
export async function list<T>(path: string, name: string, signal?: AbortSignal): Promise<T[]> {
  const answer = await api<Record<string, T[] | undefined>>(path, signal ? { signal } : {});
  return answer[name] ?? [];
}
