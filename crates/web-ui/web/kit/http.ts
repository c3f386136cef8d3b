// Calls to our own server: JSON both ways, problems as RFC 9457 says, and streams of events that carry a header, which
// the browser's own EventSource cannot.

/** What a call came back with instead of an answer. */
export class Problem extends Error {
  constructor(
    /** 0 where nothing was heard. */
    readonly status: number,
    /** From `reasons.proto`, or `NETWORK`. */
    readonly reason: string,
    message: string,
    readonly document: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

async function send(path: string, { method, headers = {}, body, signal }: Call, accept: string): Promise<Response> {
  const init: RequestInit = {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    credentials: 'same-origin',
    cache: 'no-store',
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal) init.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'NETWORK', 'The server cannot be reached.');
  }
  if (answer.ok) return answer;
  const document = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Problem(answer.status, String(document['reason'] ?? 'UNKNOWN'), String(document['detail'] ?? answer.statusText), document);
}

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const answer = await send(path, options, 'application/json');
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** A stream of server-sent events (WHATWG HTML §9.2), until it ends or the signal says so. */
export async function* events(path: string, options: Call = {}): AsyncGenerator<ServerEvent> {
  const answer = await send(path, options, 'text/event-stream');
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let next: ServerEvent = { id: '', event: 'message', data: '' };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (next.data) yield { ...next, data: next.data.replace(/\n$/, '') };
        next = { id: next.id, event: 'message', data: '' };
        continue;
      }
      const [, field, text] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
      if (field === 'data') next.data += `${text}\n`;
      else if (field === 'event') next.event = text ?? '';
      else if (field === 'id') next.id = text ?? '';
    }
  }
}
