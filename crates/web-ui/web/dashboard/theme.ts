// What the dashboard looks like. It is in the style sheet when that is built (esbuild.mjs), and in no program.
import type { Theme } from '../kit';

export const THEME: Theme = {
  font_size: 14,
  radius_control: 7,
  radius_card: 12,
  density: 'compact',
  light: { surface: '#f7f7f9', border: '#e2e4ea', primary: '#4f46e5', focus: '#4f46e5', text: '#16181d', text_muted: '#5c6370' },
  dark: { surface: '#0c0d10', surface_raised: '#141519', border: '#26282f', primary: '#8b87ff', focus: '#9a97ff' },
};
