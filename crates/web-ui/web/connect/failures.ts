// A reason in words: what happened, whose turn it is, and what to press. What a provider said is never the headline.
import type { Key } from './texts';

export type Way = 'retry' | 'again' | 'over' | 'copy' | 'none';

export interface Said {
  title: Key;
  body: Key;
  /** What the first button does. */
  way: Way;
  /** Whether it is the reader's own decision, and nothing is wrong. */
  neutral?: boolean;
}

const SETUP: Said = { title: 'setup_title', body: 'setup_body', way: 'copy' };
const DOWN: Said = { title: 'provider_down_title', body: 'provider_down_body', way: 'again' };
const OURS: Said = { title: 'ours_title', body: 'ours_body', way: 'again' };
const EXPIRED: Said = { title: 'session_expired_title', body: 'session_expired_body', way: 'over' };
const STALE: Said = { title: 'stale_title', body: 'stale_body', way: 'none' };

const SAID: Record<string, Said> = {
  USER_DECLINED: { title: 'declined_title', body: 'declined_body', way: 'again', neutral: true },
  OTHER_ACCOUNT: { title: 'blocked_account_title', body: 'blocked_account_body', way: 'again' },
  CREDENTIALS_REJECTED: { title: 'rejected_title', body: 'rejected_body', way: 'again' },
  REAUTH_REQUIRED: { title: 'expired_grant_title', body: 'expired_grant_body', way: 'again' },
  REFUSAL_UNCONFIRMED: { title: 'expired_grant_title', body: 'expired_grant_body', way: 'again' },
  CLIENT_REJECTED: SETUP,
  REQUEST_REJECTED: SETUP,
  INTEGRATION_INCOMPLETE: SETUP,
  NOT_SUPPORTED: SETUP,
  PROVIDER_UNAVAILABLE: DOWN,
  PROVIDER_TIMEOUT: DOWN,
  PROVIDER_UNREACHABLE: DOWN,
  PROVIDER_RATE_LIMITED: { title: 'provider_busy_title', body: 'provider_busy_body', way: 'again' },
  PROVIDER_RESPONSE_INVALID: { title: 'provider_odd_title', body: 'provider_odd_body', way: 'again' },
  ISSUER_MISMATCH: { title: 'mismatch_title', body: 'mismatch_body', way: 'again' },
  NETWORK: { title: 'offline_title', body: 'offline_body', way: 'retry' },
  SESSION_UNKNOWN: { title: 'no_session_title', body: 'no_session_body', way: 'none' },
  SESSION_EXPIRED: EXPIRED,
  SESSION_CONSUMED: { title: 'session_used_title', body: 'session_used_body', way: 'none' },
  SESSION_IN_OTHER_BROWSER: { title: 'other_browser_title', body: 'other_browser_body', way: 'none' },
  AUTHORIZATION_EXPIRED: { title: 'expired_grant_title', body: 'expired_grant_body', way: 'again' },
  STATE_UNKNOWN: STALE,
  STATE_USED: STALE,
  PAGE_STALE: STALE,
  NOT_OFFERED: STALE,
  NOT_ALLOWED_HERE: { title: 'not_here_title', body: 'not_here_body', way: 'none' },
};

export function said(reason: string): Said {
  return SAID[reason] ?? OURS;
}
