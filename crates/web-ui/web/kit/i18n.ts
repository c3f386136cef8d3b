// Texts by key, in one language, with `{name}` and `{count, plural, one {…} other {…}}` in them (the part of ICU's message
// format that is needed). English is part of the program, so there is always something to say.
import type { ComponentChild } from 'preact';

export type Values = Record<string, string | number>;

export interface I18n<Key extends string> {
  locale: string;
  direction: 'ltr' | 'rtl';
  /** A text, with its values. */
  t(key: Key, values?: Values): string;
  /** A text with elements in it, for instance a name in bold. */
  rich(key: Key, values: Record<string, ComponentChild>): ComponentChild[];
  date(time: Date): string;
}

const RIGHT_TO_LEFT = new Set(['ar', 'he', 'fa', 'ur']);

export function createI18n<Key extends string>(
  locale: string,
  english: Record<Key, string>,
  texts: Partial<Record<string, string>> = {},
  instead: Partial<Record<string, string>> = {},
): I18n<Key> {
  const plurals = new Intl.PluralRules(locale);
  const source = (key: Key) => instead[key] ?? texts[key] ?? english[key] ?? key;
  const chosen = (text: string, values: Record<string, unknown>) => choosePlurals(text, values, plurals);
  return {
    locale,
    direction: RIGHT_TO_LEFT.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr',
    t: (key, values = {}) => chosen(source(key), values).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')),
    rich: (key, values) =>
      chosen(source(key), values)
        .split(/\{(\w+)\}/)
        .map((part, at) => (at % 2 ? values[part] : part)),
    date: (time) => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(time),
  };
}

function choosePlurals(text: string, values: Record<string, unknown>, rules: Intl.PluralRules): string {
  return text.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g, (_, name: string, arms: string) => {
    const count = Number(values[name]);
    const found: Record<string, string> = {};
    for (const [, arm, body] of arms.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g)) found[arm ?? ''] = body ?? '';
    const body = found[`=${count}`] ?? found[rules.select(count)] ?? found['other'] ?? '';
    return body.replaceAll('#', new Intl.NumberFormat(rules.resolvedOptions().locale).format(count));
  });
}

/** The first language of the reader's that there is; English where there is none. */
export function negotiate(wanted: readonly string[], there: readonly string[]): string {
  for (const tag of wanted) {
    const found = there.find((it) => it.toLowerCase() === tag.toLowerCase()) ?? there.find((it) => it === tag.split('-')[0]?.toLowerCase());
    if (found) return found;
  }
  return 'en';
}
