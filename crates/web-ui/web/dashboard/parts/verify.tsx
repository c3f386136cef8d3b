import { Button, Notice } from '../../kit';
import { api } from '../api';
import { sentence } from '../format';
import type { useAction } from '../load';
import { type Connection, type ConnectionCheck, word } from '../types';

/** What there is to try out: a connection that is refused already was tried, and one that is switched off is not to be used. */
export const canBeVerified = (state: string): boolean => ['ACTIVE', 'DEGRADED'].includes(state);

/** The provider is asked whether it takes the present credential. */
export const verify = ({ id }: Pick<Connection, 'id'>): Promise<ConnectionCheck> => api<ConnectionCheck>(`/connections/${encodeURIComponent(id)}:verify`, { body: {} });

const SAID = { WORKS: 'it works', REFUSED: 'the provider refuses it', NOT_CHECKED: 'cannot be checked' } as const;

/** In a few words, for a list. */
export const inShort = (check: ConnectionCheck): string => SAID[verdictOf(check)];

const verdictOf = (check: ConnectionCheck) => (word(check.verdict, 'VERDICT') || 'NOT_CHECKED') as keyof typeof SAID;

/** What came of it, until it is asked again. */
export function Verified({ of }: { of: ConnectionCheck }) {
  const verdict = verdictOf(of);
  const { failure, account, auth_log_id } = of;
  const asked = auth_log_id && <a href={`/dashboard/logs?log=${auth_log_id}`}>What was asked</a>;
  if (verdict === 'WORKS') {
    return (
      <Notice kind="success" title="The provider takes the credential">
        <p>
          {account && <>It is {account}’s. </>}
          {asked}
        </p>
      </Notice>
    );
  }
  if (verdict === 'REFUSED') {
    return (
      <Notice kind="danger" title="The provider refuses the credential">
        <p>
          It said {failure?.provider_error?.code ? <code>{failure.provider_error.code}</code> : sentence(failure?.reason ?? 'no')}. What can be renewed is being renewed. {asked}
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="That cannot be told from here">
      <p>The catalogue knows no request to this provider that would show it. A call through the proxy does.</p>
    </Notice>
  );
}

export function VerifyButton({ action, onClick }: { action: ReturnType<typeof useAction>; onClick: () => void }) {
  return (
    <Button icon="check" busy={action.busy} onClick={onClick}>
      Verify
    </Button>
  );
}
