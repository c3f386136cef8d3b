// What the reader chose to look at: remembered by this browser, since it is about a device and not about an operator.
import { effect, signal } from '@preact/signals';
import { type Appearance, type Theme, wear } from '../kit';

const THEME: Theme = {
  font_size: 14,
  radius_control: 7,
  radius_card: 12,
  density: 'compact',
  light: { surface: '#f7f7f9', border: '#e2e4ea', primary: '#4f46e5', focus: '#4f46e5', text: '#16181d', text_muted: '#5c6370' },
  dark: { surface: '#0c0d10', surface_raised: '#141519', border: '#26282f', primary: '#8b87ff', focus: '#9a97ff' },
};

const kept = localStorage.getItem('appearance');

export const appearance = signal<Appearance>(kept === 'light' || kept === 'dark' ? kept : 'auto');

export function dress(): void {
  let undress = () => {};
  effect(() => {
    undress();
    localStorage.setItem('appearance', appearance.value);
    undress = wear(document.documentElement, THEME, appearance.value);
  });
}
