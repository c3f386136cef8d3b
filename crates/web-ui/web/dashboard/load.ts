// What a screen shows is asked for when it appears, and again when somebody wishes so or something was changed.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../kit';

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  again: () => Promise<void>;
}

/** Runs `ask` whenever `deps` change. What was there before stays until there is something new. */
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, deps: readonly unknown[]): Loaded<T> {
  const [state, set] = useState<{ data: T | undefined; problem: Problem | undefined; loading: boolean }>({ data: undefined, problem: undefined, loading: true });
  const running = useRef<AbortController | undefined>(undefined);
  const again = useCallback(async () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    set((before) => ({ ...before, loading: true }));
    try {
      const data = await ask(controller.signal);
      if (!controller.signal.aborted) set({ data, problem: undefined, loading: false });
    } catch (error) {
      if (!controller.signal.aborted) set((before) => ({ data: before.data, problem: asProblem(error), loading: false }));
    }
  }, deps);
  useEffect(() => {
    void again();
    return () => running.current?.abort();
  }, [again]);
  return { ...state, again };
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'UNEXPECTED', error instanceof Error ? error.message : String(error));
}

/** Something a button does: whether it is being done, and what went wrong last time. */
export function useAction(): { busy: boolean; problem: Problem | undefined; run: (work: () => Promise<void>) => Promise<boolean>; clear: () => void } {
  const [state, set] = useState<{ busy: boolean; problem: Problem | undefined }>({ busy: false, problem: undefined });
  const run = async (work: () => Promise<void>) => {
    set({ busy: true, problem: undefined });
    try {
      await work();
      set({ busy: false, problem: undefined });
      return true;
    } catch (error) {
      set({ busy: false, problem: asProblem(error) });
      return false;
    }
  };
  return { ...state, run, clear: () => set({ busy: false, problem: undefined }) };
}
