// What the reader chose to look at: remembered by this browser, since it is about a device and not about an operator.
import { effect, signal } from '@preact/signals';
import { type Appearance, wearAppearance } from '../kit';
import { remember, remembered } from './remembered';

export const appearance = signal<Appearance>(remembered());

export function dress(): void {
  effect(() => {
    remember(appearance.value);
    wearAppearance(appearance.value);
  });
}
