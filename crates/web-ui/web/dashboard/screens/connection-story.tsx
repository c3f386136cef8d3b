import { Button, Icon } from '../../kit';
import { sentence } from '../format';
import { Coded } from '../parts/coded';
import { CopyButton } from '../parts/copy';
import { Empty } from '../parts/page';
import { Badge, Dot, STATES, type Tone, turn } from '../parts/state';
import { When } from '../parts/time';
import { type ConnectionState, type Explanation, type HistoryEntry, stateOf } from '../types';

const LIFE: ConnectionState[] = ['ACTIVE', 'DEGRADED', 'NEEDS_REAUTH'];

/** What is the matter, whose turn it is, and the button for it. */
export function Verdict({ of, onReconnect }: { of: Explanation; onReconnect: (() => void) | undefined }) {
  const state = stateOf(of.connection);
  const { failure } = of.connection;
  const nobody = !of.whose_turn || of.whose_turn === 'NOBODY';
  return (
    <section class={`verdict verdict-${STATES[state]?.tone ?? 'quiet'}`} aria-label="Explanation">
      <div class="stack">
        <p class="verdict-words">
          <Coded text={of.what_happened} />
        </p>
        {of.what_to_do && !nobody && (
          <p class="muted">
            <Coded text={of.what_to_do} />
          </p>
        )}
      </div>
      <div class="row">
        {!nobody && <Badge tone={state === 'NEEDS_REAUTH' ? 'bad' : 'warn'}>{turn(of.whose_turn)}’s turn</Badge>}
        {failure?.reason && <span class="tag">{failure.reason}</span>}
        {failure?.cause && <span class="tag">{failure.cause}</span>}
        {failure?.provider_error?.code && <span class="tag">{failure.provider_error.code}</span>}
        {failure?.next_attempt_time && (
          <span class="muted">
            Next try <When time={failure.next_attempt_time} />
          </span>
        )}
        {state === 'NEEDS_REAUTH' && onReconnect && (
          <Button kind="primary" icon="link" onClick={onReconnect}>
            Create a reconnect link
          </Button>
        )}
        {state === 'NEEDS_REAUTH' && <CopyButton wordy label="Copy a message for them" text={message(of)} />}
      </div>
      {failure?.provider_error?.description && <p class="muted">The provider said: “{failure.provider_error.description}”</p>}
      {LIFE.includes(state) && (
        <ol class="machine" aria-label="Where it is in its life">
          {LIFE.map((one, at) => (
            <li key={one}>
              {at > 0 && <Icon name="arrow" size={12} />}
              <span class={one === state ? 'here' : ''} aria-current={one === state ? 'step' : undefined}>
                {STATES[one].label}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function message({ connection, what_happened }: Explanation): string {
  return `Hello,\n\nyour ${connection.provider} connection needs to be renewed. ${what_happened ?? ''}\nPlease open the link we send you and sign in again; it takes a minute.\n`;
}

const TONES: [RegExp, Tone][] = [
  [/broken|rejected/, 'bad'],
  [/failed|expiring|set_aside|withheld/, 'warn'],
  [/established|refreshed|recovered|enabled/, 'good'],
  [/revealed/, 'info'],
];

export function Timeline({ history }: { history: HistoryEntry[] }) {
  if (history.length === 0) return <Empty title="Nothing happened yet" />;
  return (
    <ol class="timeline">
      {history.map((entry, at) => (
        <li key={`${entry.time}-${at}`}>
          <Dot tone={TONES.find(([pattern]) => pattern.test(entry.event ?? ''))?.[1] ?? 'quiet'} />
          <span class="timeline-title">{sentence(entry.event ?? '')}</span>
          <When time={entry.time} />
          <span class="timeline-text">
            {entry.summary}
            {entry.by && <> By {entry.by}.</>}
          </span>
        </li>
      ))}
    </ol>
  );
}
