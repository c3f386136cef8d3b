import type { Appearance } from '../kit/theme';

const NAME = 'appearance';

export function remembered(): Appearance {
  const kept = localStorage.getItem(NAME);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function remember(appearance: Appearance): void {
  localStorage.setItem(NAME, appearance);
}
