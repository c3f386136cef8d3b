/** The first language of the reader's that there is; English where there is none. */
export function negotiate(wanted: readonly string[], there: readonly string[]): string {
  for (const tag of wanted) {
    const found = there.find((it) => it.toLowerCase() === tag.toLowerCase()) ?? there.find((it) => it === tag.split('-')[0]?.toLowerCase());
    if (found) return found;
  }
  return 'en';
}
