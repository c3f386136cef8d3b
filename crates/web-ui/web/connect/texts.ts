import { type I18n, createI18n, negotiate } from '../kit/i18n';
import english from './locales/en.json';

export type Key = keyof typeof english;
export type Texts = I18n<Key>;

export const LOCALES = ['en', 'de', 'es', 'fr', 'ja', 'ar'] as const;

/** The texts of the reader's language, or of the one the host decided for. A customer's own words go before ours. */
export async function load(wanted: string | undefined, instead: Record<string, Record<string, string>> = {}): Promise<Texts> {
  const locale = negotiate(wanted ? [wanted] : navigator.languages, LOCALES);
  const texts = locale === 'en' ? {} : await fetched(locale);
  return createI18n(locale, english, texts, instead[locale]);
}

async function fetched(locale: string): Promise<Record<string, string>> {
  try {
    const answer = await fetch(new URL(`../locales/connect/${locale}.json`, import.meta.url));
    return (await answer.json()) as Record<string, string>;
  } catch {
    return {};
  }
}
