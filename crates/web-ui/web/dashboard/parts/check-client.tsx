import { useEffect } from 'preact/hooks';
import { useState } from 'preact/hooks';
import { Button, Notice } from '../../kit';
import { api } from '../api';
import { useAction } from '../load';
import { type ClientCheck, word } from '../types';
import { Card, Trouble } from './page';

const VERDICTS = {
  ACCEPTED: { kind: 'success', title: 'The provider accepts your app' },
  REFUSED: { kind: 'danger', title: 'The provider refuses your app' },
  CANNOT_TELL: { kind: 'info', title: 'That cannot be told from here' },
} as const;

/** Asks the provider about the saved client id and secret. What it says stays on this page, and in the auth logs. */
export function CheckClient({ integration, atOnce, before }: { integration: string; atOnce: boolean; before: string | undefined }) {
  const { busy, problem, run } = useAction();
  const [told, tell] = useState<ClientCheck | undefined>(undefined);
  const check = () =>
    run(async () => {
      tell(undefined);
      tell(await api<ClientCheck>(`/integrations/${encodeURIComponent(integration)}:check`, { body: {} }));
    });
  useEffect(() => {
    if (atOnce) void check();
  }, []);
  // What was said of other values is news no more.
  useEffect(() => tell(undefined), [before]);
  const verdict = told && (VERDICTS[word(told.verdict, 'CLIENT_VERDICT') as keyof typeof VERDICTS] ?? VERDICTS.CANNOT_TELL);
  const said = told?.failure?.provider_error;
  return (
    <Card
      title="Client id and secret"
      lead="The provider is asked whether it accepts them, as they are saved. No end user takes part."
      actions={
        <Button busy={busy} onClick={() => void check()}>
          Check them
        </Button>
      }
    >
      <div role="status" class="stack">
        {verdict && (
          <Notice kind={verdict.kind} title={verdict.title}>
            <p>{told.explanation}</p>
            {said?.code && (
              <p class="muted">
                It said <code>{said.code}</code>
                {said.description && `: “${said.description}”`}
              </p>
            )}
            {told.auth_log_id && (
              <p>
                <a href={`/dashboard/logs?log=${told.auth_log_id}`}>What was asked</a>
              </p>
            )}
          </Notice>
        )}
        {problem && <Trouble problem={problem} />}
      </div>
    </Card>
  );
}
