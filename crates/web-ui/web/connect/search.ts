import type { Choice } from './session';

/** As people type it: without case, accents and the signs between words. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The choices that have every word of the query, those that begin with it first. */
export function search(choices: readonly Choice[], query: string): Choice[] {
  const words = fold(query).split(' ').filter(Boolean);
  const ranked = choices.map((choice) => ({ choice, rank: rank(choice, words) }));
  return ranked.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank).map(({ choice }) => choice);
}

function rank(choice: Choice, words: string[]): number {
  const name = fold(choice.name);
  const rest = fold([choice.provider, choice.key, ...choice.categories].join(' '));
  const whole = words.join(' ');
  let sum = 1;
  for (const word of words) {
    const within = ` ${name}`.includes(` ${word}`) ? 3 : name.includes(word) ? 2 : ` ${rest}`.includes(` ${word}`) || rest.replaceAll(' ', '').includes(word) ? 1 : 0;
    if (!within) return 0;
    sum += within;
  }
  return sum + (whole && name.startsWith(whole) ? 10 : 0);
}
