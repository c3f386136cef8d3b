import { useState } from 'preact/hooks';
import { Button, Dialog, Notice } from '../../kit';
import { api } from '../api';
import { plural } from '../format';
import { asProblem } from '../load';
import { canBeVerified, inShort, verify } from '../parts/verify';
import { can } from '../session';
import { type Connection, stateOf } from '../types';

interface Deed {
  verb: string;
  title: (many: string) => string;
  warning: string;
  danger?: boolean;
  scope: string;
  /** Whether it can be done to this one at all. */
  fits: (one: Connection) => boolean;
  /** What comes of it, for the list that can be saved. */
  work: (one: Connection) => Promise<string>;
}

const at = (one: Connection) => `/connections/${one.id}`;

const DEEDS: Deed[] = [
  {
    verb: 'Refresh',
    title: (many) => `Refresh ${many}?`,
    warning: 'Each is refreshed with its provider now, whatever is left of its token.',
    scope: 'connections:write',
    fits: (one) => ['ACTIVE', 'DEGRADED'].includes(stateOf(one)),
    work: async (one) => {
      const { refreshed } = await api<{ refreshed?: boolean }>(`${at(one)}:refresh`, { method: 'POST', body: {} });
      return refreshed ? 'refreshed' : 'as it was: nothing renews it';
    },
  },
  {
    verb: 'Verify',
    title: (many) => `Verify ${many}?`,
    warning: 'Each is tried out with its provider, and one that is refused is renewed where it can be. What came of each is in the list that can be saved.',
    scope: 'connections:write',
    fits: (one) => canBeVerified(stateOf(one)),
    work: async (one) => inShort(await verify(one)),
  },
  {
    verb: 'Reconnect links',
    title: (many) => `Create reconnect links for ${many}?`,
    warning: 'A link lets its end user sign in again, within an hour. It is a secret of that end user.',
    scope: 'sessions:write',
    fits: (one) => !['DELETED'].includes(stateOf(one)),
    work: async (one) => {
      const body = { end_user: one.end_user, reconnect_connection_id: one.id, lifetime: '3600s' };
      return (await api<{ connect_link: string }>('/connect-sessions', { body })).connect_link;
    },
  },
  {
    verb: 'Disable',
    title: (many) => `Disable ${many}?`,
    warning: 'Nothing is handed out or refreshed for them until they are enabled again. Their credentials stay.',
    scope: 'connections:write',
    fits: (one) => !['DELETED', 'DISABLED'].includes(stateOf(one)),
    work: async (one) => {
      await api(`${at(one)}:disable`, { method: 'POST', body: {} });
      return 'disabled';
    },
  },
  {
    verb: 'Enable',
    title: (many) => `Enable ${many}?`,
    warning: 'They are refreshed and handed out again.',
    scope: 'connections:write',
    fits: (one) => stateOf(one) === 'DISABLED',
    work: async (one) => {
      await api(`${at(one)}:enable`, { method: 'POST', body: {} });
      return 'enabled';
    },
  },
  {
    verb: 'Delete',
    title: (many) => `Delete ${many}?`,
    warning: 'Their credentials are destroyed at once, and the providers are asked to end the grants. This cannot be undone.',
    danger: true,
    scope: 'connections:delete',
    fits: (one) => stateOf(one) !== 'DELETED',
    work: async (one) => {
      await api(at(one), { method: 'DELETE' });
      return 'deleted';
    },
  },
];

/** What can be done to all that were chosen. */
export function Bulk({ chosen, onDone }: { chosen: Connection[]; onDone: () => void }) {
  const [deed, begin] = useState<Deed | undefined>(undefined);
  return (
    <div class="bulk" role="region" aria-label="With the chosen connections">
      <span>{plural(chosen.length, 'connection')} chosen</span>
      {DEEDS.filter((one) => can(one.scope) && chosen.some(one.fits)).map((one) => (
        <Button key={one.verb} kind={one.danger ? 'danger' : 'secondary'} onClick={() => begin(one)}>
          {one.verb}
        </Button>
      ))}
      {deed && <Doing deed={deed} chosen={chosen} onClose={(done) => { begin(undefined); if (done) onDone(); }} />}
    </div>
  );
}

interface Result {
  connection: Connection;
  /** Of what could not be done, why. */
  problem?: string;
  value: string;
}

function Doing({ deed, chosen, onClose }: { deed: Deed; chosen: Connection[]; onClose: (done: boolean) => void }) {
  const fit = chosen.filter(deed.fits);
  const [results, tell] = useState<Result[]>([]);
  const [begun, begin] = useState(false);
  const over = begun && results.length === fit.length;
  const failed = results.filter((result) => result.problem);
  const go = async () => {
    begin(true);
    // One after the other: each may ask a provider, and others wait there too.
    for (const connection of fit) {
      const result: Result = await deed.work(connection).then(
        (value) => ({ connection, value }),
        (error: unknown) => ({ connection, value: '', problem: asProblem(error).message }),
      );
      tell((before) => [...before, result]);
    }
  };
  return (
    <Dialog
      title={deed.title(plural(fit.length, 'connection'))}
      onClose={() => onClose(begun)}
      actions={
        over ? (
          <>
            <Button onClick={() => save(deed.verb, results)}>Save as CSV</Button>
            <Button kind="primary" onClick={() => onClose(true)}>
              Done
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => onClose(begun)}>{begun ? 'Stop watching' : 'Cancel'}</Button>
            <Button kind={deed.danger ? 'danger' : 'primary'} busy={begun} onClick={() => void go()}>
              {deed.verb}
            </Button>
          </>
        )
      }
    >
      <div class="stack">
        {!begun && <p class="muted">{deed.warning}</p>}
        {!begun && fit.length < chosen.length && <p class="muted">{plural(chosen.length - fit.length, 'other')} of those chosen {chosen.length - fit.length === 1 ? 'is' : 'are'} left alone: this cannot be done to them.</p>}
        {begun && (
          <p role="status">
            {results.length} of {fit.length} done{failed.length > 0 && `, ${failed.length} failed`}
          </p>
        )}
        {begun && (
          <div class="meter" aria-hidden="true">
            <span style={{ width: `${(100 * results.length) / Math.max(1, fit.length)}%` }} />
          </div>
        )}
        {failed.slice(0, 5).map((result) => (
          <Notice key={result.connection.id} kind="danger" title={result.connection.end_user}>
            <p>{result.problem}</p>
          </Notice>
        ))}
      </div>
    </Dialog>
  );
}

/** As RFC 4180 has it; a value that a spreadsheet would take for a formula is kept from being one. */
function save(verb: string, results: Result[]): void {
  const cell = (text: string) => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const rows = results.map(({ connection, value, problem }) => [connection.id, connection.integration, connection.end_user, value, problem ?? ''].map(cell).join(','));
  const text = ['connection,integration,end_user,result,problem', ...rows].join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = `${verb.toLowerCase().replaceAll(' ', '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
