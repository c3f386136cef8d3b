
/** As people type it: without case, accents and the signs between words. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Those that have every word of the query, in their name or in what `more` says of them: first those that begin with it. */
export function search<T>(choices: readonly T[], query: string, named: (choice: T) => [name: string, more: string]): T[] {
  const words = fold(query).split(' ').filter(Boolean);
  const ranked = choices.map((choice) => ({ choice, rank: rank(named(choice), words) }));
  return ranked.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank).map(({ choice }) => choice);
}

function rank(said: [name: string, more: string], words: string[]): number {
  const [name, rest] = [fold(said[0]), fold(said[1])];
  const whole = words.join(' ');
  let sum = 1;
  for (const word of words) {
    const within = ` ${name}`.includes(` ${word}`) ? 3 : name.includes(word) ? 2 : ` ${rest}`.includes(` ${word}`) || rest.replaceAll(' ', '').includes(word) ? 1 : 0;
    if (!within) return 0;
    sum += within;
  }
  return sum + (whole && name.startsWith(whole) ? 10 : 0);
}
