import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, type Problem } from '../../kit';
import { watch } from '../api';
import { plural } from '../format';
import { asProblem } from '../load';
import { Trouble } from './page';

/** How many are kept: a page left open must not grow without end. */
const KEPT = 400;
const AGAIN_AFTER = 2000;

export interface Followed<T> {
  items: T[];
  /** What came while it stood still. */
  waiting: number;
  still: boolean;
  problem: Problem | undefined;
  pause: () => void;
  go: () => void;
  clear: () => void;
}

interface Message {
  resume_token?: string;
}

/** Follows a stream, newest first, and takes it up where it broke off. While it stands still nothing moves, and nothing is lost. */
export function useFollow<M extends Message, T>(path: string, item: (message: M) => T | undefined, id: (one: T) => string, from = ''): Followed<T> {
  const [items, set] = useState<T[]>([]);
  const [waiting, wait] = useState<T[]>([]);
  const [still, stand] = useState(false);
  const [problem, tell] = useState<Problem | undefined>(undefined);
  const standing = useRef(false);
  standing.current = still;
  useEffect(() => {
    const controller = new AbortController();
    const put = (list: T[], one: T) => [one, ...list.filter((other) => id(other) !== id(one))].slice(0, KEPT);
    const follow = async () => {
      let token = from;
      while (!controller.signal.aborted) {
        try {
          const separator = path.includes('?') ? '&' : '?';
          for await (const message of watch<M>(token ? `${path}${separator}resume_token=${encodeURIComponent(token)}` : path, controller.signal)) {
            tell(undefined);
            token = message.resume_token ?? token;
            const one = item(message);
            if (one) (standing.current ? wait : set)((before) => put(before, one));
          }
        } catch (error) {
          if (controller.signal.aborted) return;
          tell(asProblem(error));
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
      }
    };
    void follow();
    return () => controller.abort();
  }, [path]);
  return {
    items,
    waiting: waiting.length,
    still,
    problem,
    pause: () => stand(true),
    go: () => {
      set((before) => [...waiting, ...before].slice(0, KEPT));
      wait([]);
      stand(false);
    },
    clear: () => set([]),
  };
}

export function LiveBar<T>({ of }: { of: Followed<T> }) {
  return (
    <>
      <span class="row" role="status">
        <span class={`pulse${of.still || of.problem ? ' still' : ''}`} aria-hidden="true" />
        <span class="muted">{of.problem ? 'Trying again' : of.still ? `Paused · ${plural(of.waiting, 'new one')} waiting` : 'Live'}</span>
      </span>
      <Button onClick={of.still ? of.go : of.pause}>{of.still ? 'Go on' : 'Pause'}</Button>
      <Button onClick={of.clear}>Clear</Button>
      {of.problem && of.problem.status !== 0 && <Trouble problem={of.problem} />}
    </>
  );
}
