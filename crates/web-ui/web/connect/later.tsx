// Waits for the file with what few people see, so that everybody else does not.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../kit';
import { useShared } from './context';
import type * as Rare from './rare';
import { Emblem, Frame } from './screens/frame';
import { type Texts, fetched } from './texts';

let failures = 0;
let coming: Promise<typeof Rare> | undefined;

/** Asked again after a failure: browsers keep a failed file by its address, so each try has one of its own. */
export function rare(texts: Texts): Promise<typeof Rare> {
  const address = new URL(`./rare.js${failures ? `?again=${failures}` : ''}`, import.meta.url).href;
  coming ??= Promise.all([import(address), fetched(`rare/${texts.locale}`).then(texts.learn), dressed()])
    .then(([screens]) => screens as typeof Rare)
    .catch((error) => {
      failures += 1;
      coming = undefined;
      throw error;
    });
  return coming;
}

/** Its style sheet, before anything is shown. A screen without it can still be read. */
function dressed(): Promise<unknown> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('./rare.css', import.meta.url).href;
  const there = new Promise((resolve) => {
    link.onload = link.onerror = resolve;
  });
  document.head.append(link);
  return there;
}

export function Later({ children }: { children: (screens: typeof Rare) => ComponentChildren }) {
  const { texts } = useShared();
  const [screens, setScreens] = useState<typeof Rare>();
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    rare(texts).then(setScreens, () => setFailed(true));
  };
  useEffect(load, []);
  if (screens) return <>{children(screens)}</>;
  if (!failed) return <main class="card" aria-busy="true" />;
  const title = texts.t('offline_title');
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={<Emblem kind="wrong" icon="alert" />}
      actions={
        <Button kind="primary" wide onClick={load}>
          {texts.t('try_again')}
        </Button>
      }
    >
      <p class="lead">{texts.t('offline_body')}</p>
    </Frame>
  );
}
