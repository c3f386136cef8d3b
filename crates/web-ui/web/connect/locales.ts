// Which languages there are, and where their texts are.
import { boot } from '../kit/boot';
import { negotiate } from '../kit/negotiate';
import type { Boot } from './context';

export const LOCALES = ['en', 'de', 'es', 'fr', 'ja', 'ar'] as const;

/** The reader's language, or the one that was decided for. */
export const localeOf = (wanted: string | undefined): string => negotiate(wanted ? [wanted] : navigator.languages, LOCALES);

/** Has the browser load the texts together with the program, which asks for them when it runs (`texts.ts`). */
export function askForTexts(): void {
  const link = document.createElement('link');
  link.rel = 'preload';
  link.as = 'fetch';
  link.crossOrigin = 'anonymous';
  link.href = new URL(`../locales/connect/${localeOf(boot<Boot>().locale)}.json`, (document.currentScript as HTMLScriptElement).src).href;
  document.head.append(link);
}
