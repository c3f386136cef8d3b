import type { ComponentChildren } from 'preact';
import { sentence } from '../format';
import type { ConnectionState } from '../types';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'info';

/** A shape and a word: colour never says anything alone. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`}>
      <Dot tone={tone} />
      {children}
    </span>
  );
}

export function Dot({ tone }: { tone: Tone }) {
  return (
    <svg class={`dot dot-${tone}`} width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      {tone === 'good' && <circle cx="5" cy="5" r="4" />}
      {tone === 'warn' && <path d="M5 .8 9.4 9H.6Z" />}
      {tone === 'bad' && <path d="M5 .4 9.6 5 5 9.6.4 5Z" />}
      {tone === 'info' && <rect x="1" y="1" width="8" height="8" rx="1.5" />}
      {tone === 'quiet' && <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" stroke-width="1.6" />}
    </svg>
  );
}

export const STATES: Record<ConnectionState, { tone: Tone; label: string; meaning: string }> = {
  ACTIVE: { tone: 'good', label: 'Active', meaning: 'A valid credential is at hand' },
  DEGRADED: { tone: 'warn', label: 'Degraded', meaning: 'The last refresh failed and is tried again' },
  NEEDS_REAUTH: { tone: 'bad', label: 'Needs reauth', meaning: 'The end user has to connect again' },
  DISABLED: { tone: 'quiet', label: 'Disabled', meaning: 'Switched off here' },
  DELETED: { tone: 'quiet', label: 'Deleted', meaning: 'Gone, with its credential' },
};

export function StateBadge({ state }: { state: ConnectionState }) {
  const { tone, label } = STATES[state] ?? { tone: 'quiet' as const, label: sentence(state) };
  return <Badge tone={tone}>{label}</Badge>;
}

const TURNS: Record<string, string> = {
  END_USER: 'End user',
  DEVELOPER: 'Developer',
  PROVIDER: 'Provider',
  OPERATOR: 'Operator',
  NOBODY: 'Nobody',
};

export const turn = (owner: string | undefined): string => TURNS[owner ?? ''] ?? sentence(owner ?? '');
