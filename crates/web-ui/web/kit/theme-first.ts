// Runs before the first paint, so that nobody sees a page in the wrong colours.
import { boot } from './boot';
import { type Appearance, type Theme, wear } from './theme';

const { theme, appearance } = boot<{ theme: Theme; appearance: Appearance }>();
wear(document.documentElement, theme ?? {}, appearance ?? 'auto');
