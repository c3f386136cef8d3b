// A link's token is in its fragment, which browsers send to nobody. It goes to the server in a form, and out of the address.

import type { Host } from './host';

const RETURN = 'return:';
const MANAGED = 'managed:';

/** Hands in what the fragment holds; `false` where it holds nothing. */
export function openLink(): boolean {
  const given = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  const token = given.get('s');
  const [session, binding] = [given.get('f'), given.get('b')];
  const approval = given.get('a');
  const fields: Record<string, string> | undefined = token ? { token } : session && binding ? { session, binding } : approval ? { approval } : undefined;
  if (!fields) return false;
  const back = given.get('r');
  // For the page that the server sends the browser to; whether it may be gone to is asked there.
  if (back) sessionStorage.setItem(RETURN, back);
  const form = document.querySelector<HTMLFormElement>('#open');
  if (form && approval) form.action = '/connect/approve';
  const inputs = Object.entries(fields).map(([name, value]) => {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    return input;
  });
  form?.replaceChildren(...inputs);
  form?.submit();
  return true;
}

/** Where this session's page goes in the end: what the link named, if the environment allows exactly that. */
export function returnAddress(session: string, allowed: readonly string[]): string | undefined {
  const wished = sessionStorage.getItem(RETURN);
  if (wished) {
    sessionStorage.setItem(RETURN + session, wished);
    sessionStorage.removeItem(RETURN);
  }
  const address = sessionStorage.getItem(RETURN + session);
  const found = allowed.find((it) => it === address) ?? (allowed.length === 1 ? allowed[0] : undefined);
  if (!found) return undefined;
  const url = new URL(found);
  url.searchParams.set('latchkey_session', session);
  return url.href;
}

/** This session is an errand of a page where connections are looked after, and ends there. */
export function manageFrom(session: string, manager: string): void {
  sessionStorage.setItem(MANAGED + session, manager);
}

/** That page, for a session that came back from its provider in this tab. */
export function managerOf(session: string): Host | undefined {
  const manager = sessionStorage.getItem(MANAGED + session);
  if (!manager) return undefined;
  return endsWith(() => location.replace(`/connect/${encodeURIComponent(manager)}`));
}

/** What an errand is shown by: it hears nothing but the end. */
export function endsWith(ended: () => void, tell: Host['tell'] = () => undefined): Host {
  return {
    wishes: { token: '' },
    // A new token would be another manager's: whoever asks for one begins again from the list.
    tell: (message) => (message.type === 'close' || message.type === 'token' ? ended() : message.type === 'outcome' ? undefined : tell(message)),
    listen: () => undefined,
  };
}
