import type { ComponentChildren } from 'preact';
import { Button, Dialog, type Problem } from '../../kit';
import { useAction } from '../load';
import { Trouble } from './page';

/** Asks once more before something is done that cannot be undone, or that reaches others. */
export function Confirm({ title, verb, danger = true, work, onClose, children }: { title: string; verb: string; danger?: boolean; work: () => Promise<void>; onClose: () => void; children?: ComponentChildren }) {
  const { busy, problem, run } = useAction();
  const go = async () => {
    if (await run(work)) onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={danger ? 'danger' : 'primary'} busy={busy} onClick={() => void go()}>
            {verb}
          </Button>
        </>
      }
    >
      <div class="stack muted">{children}</div>
      {problem && <Trouble problem={problem} />}
    </Dialog>
  );
}

/** The field a refusal names, for the form that has it. */
export function wrong(problem: Problem | undefined, ...fields: string[]): string | undefined {
  const named = (problem?.document['metadata'] as Record<string, string> | undefined)?.['field'] ?? problem?.document['field'];
  return typeof named === 'string' && fields.includes(named) ? problem?.message : undefined;
}
