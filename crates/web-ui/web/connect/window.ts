// The window beside a page, in which the end user visits the provider. It is opened at once, on the click, or browsers
// would keep it closed; the page tells it where to go when the server has said so.

export interface Visit {
  session: string;
  binding: string;
  attempt: string;
  url: string;
}

const FEATURES = 'popup=yes,width=520,height=720';
const PAGE = '/connect/window';

export interface Opened {
  /** Sends it on its way. */
  go(visit: Visit): void;
  focus(): void;
  close(): void;
  /** Also true where the provider cuts the window off from us: then it says nothing. */
  seemsClosed(): boolean;
}

/** `undefined` where the browser keeps it closed. */
export function openWindow(): Opened | undefined {
  const opened = window.open(PAGE, '_blank', FEATURES);
  if (!opened || opened.closed) return undefined;
  let visit: Visit | undefined;
  let asked = false;
  const send = () => {
    if (visit && asked) opened.postMessage({ type: 'visit', ...visit }, location.origin);
  };
  addEventListener('message', (event: MessageEvent) => {
    if (event.origin !== location.origin || event.source !== opened || event.data?.type !== 'where') return;
    asked = true;
    send();
  });
  return {
    go: (to) => {
      visit = to;
      send();
    },
    focus: () => opened.focus(),
    close: () => opened.close(),
    seemsClosed: () => opened.closed,
  };
}

/** In the window: asks whoever opened it where to go. Resolves to nothing where nobody can say. */
export function askWhere(): Promise<Visit | undefined> {
  const opener = window.opener as Window | null;
  if (!opener) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    addEventListener('message', (event: MessageEvent) => {
      // The same server's page, and no other: otherwise somebody else's account could end up in somebody's hands.
      if (event.origin !== location.origin || event.source !== opener || event.data?.type !== 'visit') return;
      const { session, binding, attempt, url } = event.data as Visit;
      resolve({ session, binding, attempt, url });
    });
    opener.postMessage({ type: 'where' }, location.origin);
  });
}
