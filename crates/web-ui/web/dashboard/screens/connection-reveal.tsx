import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../kit';
import { api } from '../api';
import { useAction } from '../load';
import { CopyButton } from '../parts/copy';
import { Trouble } from '../parts/page';

interface Revealed {
  access_token?: string;
  refresh_token?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
}

/** How long a credential stays on a screen that somebody has walked away from. */
const SHOWN_FOR = 60_000;

/** Asked for by a press and never before, taken away again by itself. That it was looked at is recorded. */
export function Reveal({ id }: { id: string }) {
  const [shown, show] = useState<Revealed | undefined>(undefined);
  const { busy, problem, run } = useAction();
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => show(undefined), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [shown]);
  const reveal = () => run(async () => show(await api<Revealed>(`/connections/${id}:credential`)));
  const parts: [string, string][] = shown
    ? [
        ...([['Access token', shown.access_token], ['Refresh token', shown.refresh_token]] as [string, string | undefined][]).filter((part): part is [string, string] => !!part[1]),
        ...Object.entries(shown.fields ?? {}),
      ]
    : [];
  return (
    <div class="secret">
      {shown ? (
        <>
          {parts.map(([name, value]) => (
            <div key={name} class="stack">
              <span class="muted">{name}</span>
              <div class="copy-field">
                <code>{value}</code>
                <CopyButton text={value} label={`Copy ${name.toLowerCase()}`} />
              </div>
            </div>
          ))}
          <Button icon="eye-off" onClick={() => show(undefined)}>
            Hide
          </Button>
        </>
      ) : (
        <>
          <div class="copy-field">
            <code class="masked" aria-label="Hidden">
              ••••••••••••••••••••
            </code>
          </div>
          <Button icon="eye" busy={busy} onClick={() => void reveal()}>
            Reveal, and record that I did
          </Button>
        </>
      )}
      {problem && <Trouble problem={problem} />}
    </div>
  );
}
