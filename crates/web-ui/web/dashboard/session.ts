// Who is logged in, and what they may do. The cookie that proves it is for no script; the token beside it is.
import { signal } from '@preact/signals';
import { Problem, call } from '../kit';

/** One that this browser can look at: with a login at hand, or by logging in with a provider. */
export interface Environment {
  name: string;
  role?: string;
  here?: boolean;
  provider?: string;
  /** The provider's number. */
  login?: number;
}

export interface Session {
  operator: string;
  role: 'viewer' | 'developer' | 'admin';
  environment: string;
  environments: Environment[];
  scopes: string[];
  /** Unix milliseconds. */
  expires_at: number;
  csrf_token: string;
  /** Where browsers and backends reach this server, without a slash at the end. */
  public_url: string;
  version: string;
}

/** `undefined` until the server was asked, `null` where nobody is logged in. */
export const session = signal<Session | null | undefined>(undefined);

export function can(scope: string): boolean {
  const scopes = session.value?.scopes ?? [];
  return scopes.includes(scope) || scopes.includes(scope.replace(':read', ':admin'));
}

/** Where a provider sends end users back to: the same for every integration of this server. */
export const redirectUrl = (): string => `${session.value?.public_url}/oauth/callback`;

export async function resume(): Promise<void> {
  try {
    session.value = await call<Session>('/dashboard/session');
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) session.value = null;
    else throw problem;
  }
}

/** Spends the token of a login link. */
export async function logIn(token: string): Promise<void> {
  session.value = await call<Session>('/dashboard/login', { body: { token } });
}

/** Looks at another environment. The page begins anew, so that nothing of this one stays on it. */
export async function enter(environment: string): Promise<void> {
  const headers = { 'x-csrf-token': session.value?.csrf_token ?? '' };
  await call('/dashboard/environment', { body: { environment }, headers });
  location.assign('/dashboard');
}

export async function logOut(): Promise<void> {
  const csrf = session.value?.csrf_token ?? '';
  await call('/dashboard/logout', { method: 'POST', headers: { 'x-csrf-token': csrf } });
  session.value = null;
}
