import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, Notice, announce } from '../../kit';
import { api, query } from '../api';
import { count, plural } from '../format';
import { asProblem } from '../load';
import type { Connection } from '../types';

/** As many as a page may have. */
const PAGE_SIZE = 500;
/** What is done to more than these is a task for a program. */
const MAX = 10_000;

/** All that fit a filter, page by page, and how many there are so far. */
export function AllThatFit({ filter, chosen, onChosen }: { filter: Record<string, string | undefined>; chosen: number; onChosen: (all: Connection[]) => void }) {
  const [found, tell] = useState<number | undefined>(undefined);
  const [problem, complain] = useState<string | undefined>(undefined);
  const looking = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => looking.current?.abort(), []);
  const stop = () => {
    looking.current?.abort();
    tell(undefined);
  };
  const look = async () => {
    const controller = new AbortController();
    looking.current = controller;
    complain(undefined);
    try {
      const all = await gather(filter, controller.signal, tell);
      onChosen(all);
      announce(`${plural(all.length, 'connection')} chosen`);
    } catch (error) {
      if (!controller.signal.aborted) complain(asProblem(error).message);
    }
    tell(undefined);
  };
  return (
    <div class="bulk" role="status">
      {found === undefined ? (
        <>
          <span>{plural(chosen, 'connection')} on this page {chosen === 1 ? 'is' : 'are'} chosen.</span>
          <Button kind="quiet" onClick={() => void look()}>
            Choose all that fit the filter
          </Button>
        </>
      ) : (
        <>
          <span>{plural(found, 'connection')} found so far…</span>
          <Button kind="quiet" onClick={stop}>
            Stop
          </Button>
        </>
      )}
      {problem && <Notice kind="danger" title={problem} />}
    </div>
  );
}

async function gather(filter: Record<string, string | undefined>, signal: AbortSignal, tell: (found: number) => void): Promise<Connection[]> {
  const all: Connection[] = [];
  let page_token: string | undefined;
  tell(0);
  do {
    const page = await api<{ connections?: Connection[]; next_page_token?: string }>(`/connections${query({ ...filter, page_size: PAGE_SIZE, page_token })}`, { signal });
    all.push(...(page.connections ?? []));
    tell(all.length);
    if (all.length > MAX) throw new Error(`More than ${count(MAX)} connections fit: narrow the filter, or use the API.`);
    page_token = page.next_page_token;
  } while (page_token);
  return all;
}
