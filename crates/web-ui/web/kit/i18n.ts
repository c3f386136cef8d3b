// Texts by key, in one language, with `{name}` and `{count, plural, one {…} other {…}}` in them (the part of ICU's message
// format that is needed). That every language has every text is a test's to say, so there is no other to fall back to.

export type Values = Record<string, string | number>;

export interface I18n<Key extends string> {
  locale: string;
  direction: 'ltr' | 'rtl';
  /** A text, with its values. */
  t(key: Key, values?: Values): string;
  /** Whether there is one. */
  has(key: Key): boolean;
  date(time: Date): string;
  /** More of them, which came later. */
  learn(texts: Record<string, string>): void;
}

const RIGHT_TO_LEFT = new Set(['ar', 'he', 'fa', 'ur']);

export function createI18n<Key extends string>(locale: string, texts: Record<string, string>, instead: Partial<Record<string, string>> = {}): I18n<Key> {
  const plurals = new Intl.PluralRules(locale);
  return {
    locale,
    direction: RIGHT_TO_LEFT.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr',
    t: (key, values = {}) => choosePlurals(instead[key] ?? texts[key] ?? key, values, plurals).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')),
    has: (key) => Boolean(instead[key] ?? texts[key]),
    date: (time) => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(time),
    learn: (more) => {
      texts = { ...texts, ...more };
    },
  };
}

function choosePlurals(text: string, values: Values, rules: Intl.PluralRules): string {
  return text.replace(/\{(\w+), plural,((?:\s*[=\w]+\s*\{[^{}]*(?:\{\w+\}[^{}]*)*\})+)\s*\}/g, (_, name: string, arms: string) => {
    const count = Number(values[name]);
    const found: Record<string, string> = {};
    for (const [, arm, body] of arms.matchAll(/([=\w]+)\s*\{([^{}]*(?:\{\w+\}[^{}]*)*)\}/g)) found[arm ?? ''] = body ?? '';
    const body = found[`=${count}`] ?? found[rules.select(count)] ?? found['other'] ?? '';
    return body.replaceAll('#', new Intl.NumberFormat(rules.resolvedOptions().locale).format(count));
  });
}
