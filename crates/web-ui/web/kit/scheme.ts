// Light or dark: what the appearance says, or the device.
import { APPEARANCE_EVENT } from './appearance';
import { boot } from './boot';
import type { Appearance, Scheme, Theme } from './theme';

/** Says on the document which scheme it wears, and keeps following the device's where the appearance says so. */
export function follow(root: HTMLElement, appearance: Appearance, dress: (scheme: Scheme) => void = () => undefined): () => void {
  const device = matchMedia('(prefers-color-scheme: dark)');
  const change = () => {
    const scheme = appearance === 'auto' ? (device.matches ? 'dark' : 'light') : appearance;
    root.dataset['scheme'] = scheme;
    root.style.setProperty('color-scheme', scheme);
    dress(scheme);
  };
  change();
  device.addEventListener('change', change);
  return () => device.removeEventListener('change', change);
}

/**
 * Before the first paint, so that nobody sees a page in the wrong colours: in the appearance that is `wished` for, or that the server
 * says. Afterwards a program asks for another with an event.
 */
export function dressFirst(wear: (root: HTMLElement, theme: Theme, appearance: Appearance) => () => void, wished?: Appearance): void {
  const root = document.documentElement;
  root.classList.add('programs');
  const { theme = {}, appearance = 'auto' } = boot<{ theme: Theme; appearance: Appearance }>();
  let undress = wear(root, theme, wished ?? appearance);
  addEventListener(APPEARANCE_EVENT, (event) => {
    undress();
    undress = wear(root, theme, (event as CustomEvent<Appearance>).detail);
  });
}
