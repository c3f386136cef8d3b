// Runs before the first paint, so that nobody sees a page in the wrong colours. Afterwards a program may ask for another
// appearance with an event, and need not bring the colours' arithmetic itself.
import { APPEARANCE_EVENT } from './appearance';
import { boot } from './boot';
import { type Appearance, type Theme, wear } from './theme';

document.documentElement.classList.add('programs');

const { theme, appearance } = boot<{ theme: Theme; appearance: Appearance }>();
let undress = wear(document.documentElement, theme ?? {}, appearance ?? 'auto');

addEventListener(APPEARANCE_EVENT, (event) => {
  undress();
  undress = wear(document.documentElement, theme ?? {}, (event as CustomEvent<Appearance>).detail);
});
