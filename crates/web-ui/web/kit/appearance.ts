import type { Appearance } from './theme';

export const APPEARANCE_EVENT = 'appearance';

/** Asks what runs first in every page (`scheme.ts`) for another appearance. */
export function wearAppearance(appearance: Appearance): void {
  dispatchEvent(new CustomEvent(APPEARANCE_EVENT, { detail: appearance }));
}
