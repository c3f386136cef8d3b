import { type I18n, createI18n } from '../kit/i18n';
import { localeOf } from './locales';
import type english from './locales/en.json';

/** Ours, and a customer's words for what a scope allows. */
export type Key = keyof typeof english | `scope:${string}`;
export type Texts = I18n<Key>;

/** The texts of the reader's language, or of the one the host decided for. A customer's own words go before ours. */
export async function load(wanted: string | undefined, instead: Record<string, Record<string, string>> = {}): Promise<Texts> {
  const locale = localeOf(wanted);
  return createI18n(locale, await fetched(locale).catch(() => fetched(locale)), instead[locale]);
}

/** `rare/…`: those of the screens that few people see. */
export async function fetched(name: string): Promise<Record<string, string>> {
  const answer = await fetch(new URL(`../locales/connect/${name}.json`, import.meta.url));
  return (await answer.json()) as Record<string, string>;
}
