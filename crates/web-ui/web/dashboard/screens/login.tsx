import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button, Notice, Spinner, call } from '../../kit';
import { useAction, useLoad } from '../load';
import { Snippet } from '../parts/copy';
import { logIn, session } from '../session';

const COMMAND = 'latchkey operator login-link --name you';

/** The token of a login link, taken out of the address so that neither history nor a screenshot keeps it. */
function takeToken(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('t') ?? undefined;
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

/** Why a provider's word let nobody in. */
const PROBLEMS: Record<string, string> = {
  LOGIN_STALE: 'That took too long, or was begun in another browser. Log in again.',
  LOGIN_DECLINED: 'The login was stopped where you log in. Try again.',
  PROVIDER_FAILED: 'The place where you log in gave no answer that can be believed. Try again; if it happens again, whoever runs this server finds the reason in its log.',
  ROLE_MISSING: 'You are known, and have no role here. Whoever runs this server gives roles, in the settings or where you log in.',
};

function takeProblem(): string | undefined {
  const word = new URLSearchParams(location.hash.slice(1)).get('problem');
  if (!word) return undefined;
  history.replaceState(null, '', location.pathname);
  return PROBLEMS[word] ?? `The login did not work (${word}). Try again.`;
}

interface LoginProvider {
  number: number;
  name: string;
  environment: string;
}

/** Where operators log in, beside links. */
function Providers() {
  const found = useLoad((signal) => call<{ providers: LoginProvider[] }>('/dashboard/login/providers', { signal }), []);
  const providers = found.data?.providers ?? [];
  const several = new Set(providers.map((one) => one.environment)).size > 1;
  return (
    <>
      {providers.map(({ number, name, environment }) => (
        // Not a link: those stay within this program.
        <Button key={number} kind="primary" wide onClick={() => location.assign(`/dashboard/login/with/${number}`)}>
          Log in with {name}
          {several && ` to ${environment}`}
        </Button>
      ))}
    </>
  );
}

export function LoginScreen() {
  const { route, path } = useLocation();
  const [token, keep] = useState(takeToken);
  const [refused] = useState(takeProblem);
  const { busy, problem, run } = useAction();
  useEffect(() => {
    document.title = 'Log in · Latchkey';
  }, []);
  if (session.value === undefined && path !== '/dashboard/login') {
    return (
      <main class="gate" aria-label="Loading">
        <Spinner />
      </main>
    );
  }
  const enter = async () => {
    // A press, and not the page by itself: a link that somebody else made must not log anybody in unasked.
    const done = await run(() => logIn(token ?? ''));
    keep(undefined);
    if (done) route('/dashboard/start', true);
  };
  return (
    <main class="gate">
      <div class="gate-card">
        <svg class="mark" width="40" height="40" viewBox="0 0 22 22" aria-hidden="true">
          <rect width="22" height="22" rx="6" />
          <path d="M8.4 9.6a3 3 0 1 1 3.7 2.9v.9h1.6v1.9h-1.6v1.3h-1.9v-4.1a3 3 0 0 1-1.8-2.9Z" />
        </svg>
        {token ? (
          <>
            <h1>Open the dashboard</h1>
            <p class="muted">This link lets one person in, once. You stay logged in for 12 hours on this device.</p>
            <Button kind="primary" wide busy={busy} onClick={() => void enter()}>
              Log in
            </Button>
          </>
        ) : (
          <>
            <h1>Log in to Latchkey</h1>
            {(problem || refused) && <Notice kind="danger" title={problem?.message ?? refused} />}
            {refused && (
              <p>
                <Button wide onClick={() => location.assign('/dashboard')}>
                  Back to the dashboard
                </Button>
              </p>
            )}
            <Providers />
            <p class="muted">A login link lets you in too. Whoever runs this server makes one with this command, and an admin can make one under “Keys and people”.</p>
            <Snippet code={COMMAND} label="command" />
          </>
        )}
      </div>
    </main>
  );
}
