import { useEffect, useState } from 'preact/hooks';
import { Button, Dialog, Notice, Spinner } from '../../kit';
import { api } from '../api';
import { sentence } from '../format';
import { asProblem, useLoad } from '../load';
import { session } from '../session';
import { word } from '../types';
import { Awaited, Trouble } from './page';

interface Begun {
  session_id: string;
  connect_link: string;
}

interface State {
  state?: string;
  connection_id?: string;
  last_failure?: string;
}

const EVERY = 1500;

/** Connects an account of the operator's own, on the page that end users see, and says what came of it. */
export function TestConnection({ integration, onClose }: { integration: string; onClose: () => void }) {
  const endUser = `operator:${session.value?.operator ?? ''}`;
  const begun = useLoad(() => api<Begun>('/connect-sessions', { body: { end_user: endUser, integrations: [integration], display_name: 'Test connection' } }), [integration]);
  const id = begun.data?.session_id;
  const { state, problem } = useFollowed(id);
  const came = word(state?.state, 'SESSION_STATE');
  return (
    <Dialog
      title="Test connection"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          {came === 'COMPLETED' ? (
            <a class="button button-primary" href={`/dashboard/connections/${state?.connection_id}`}>
              Open the connection
            </a>
          ) : (
            begun.data && (
              <a class="button button-primary" href={begun.data.connect_link} target="_blank" rel="noopener noreferrer">
                Open the connect page
              </a>
            )
          )}
        </>
      }
    >
      <div class="stack">
        <p class="muted">
          You connect an account of your own, on the page that your end users see. It belongs to the end user <code>{endUser}</code>.
        </p>
        <Awaited of={begun} rows={1}>
          {() => (
            <div role="status" class="stack">
              {came === 'COMPLETED' && (
                <Notice kind="success" title="It works: an account is connected">
                  <p>Its credential is kept and refreshed like any other. Delete the connection when you have seen enough.</p>
                </Notice>
              )}
              {came === 'EXPIRED' && <Notice kind="warning" title="The link has run out">Close this and begin again.</Notice>}
              {(came === 'OPEN' || !came) && (
                <>
                  {state?.last_failure && (
                    <Notice kind="danger" title={`The last attempt failed: ${sentence(state.last_failure)}`}>
                      <p>
                        The <a href={`/dashboard/logs?integration=${encodeURIComponent(integration)}`}>auth logs</a> tell each step. You can try again on the connect page.
                      </p>
                    </Notice>
                  )}
                  <p class="row muted">
                    <Spinner /> Waiting for what comes of it
                  </p>
                </>
              )}
            </div>
          )}
        </Awaited>
        {problem && <Trouble problem={problem} />}
      </div>
    </Dialog>
  );
}

/** What became of a session, until it has ended. */
function useFollowed(id: string | undefined) {
  const [now, tell] = useState<{ state?: State; problem?: ReturnType<typeof asProblem> }>({});
  useEffect(() => {
    if (!id) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async () => {
      try {
        const state = await api<State>(`/connect-sessions/${id}`);
        if (over) return;
        tell({ state });
        if (word(state.state, 'SESSION_STATE') !== 'OPEN') return;
      } catch (error) {
        if (over) return;
        tell({ problem: asProblem(error) });
      }
      timer = setTimeout(() => void look(), EVERY);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [id]);
  return now;
}
