/** A picture of something, or its first letter on a quiet square where there is none. Always beside its name. */
export function Logo({ name, src, size = 40 }: { name: string; src?: string | undefined; size?: number }) {
  const letter = [...name.trim()][0]?.toLocaleUpperCase() ?? '·';
  // The same name always has the same one of eight tints.
  const tint = [...name].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 8, 7);
  return (
    <span class={`logo logo-${size >= 48 ? 'large' : 'small'} tint-${tint}`} aria-hidden="true">
      {src ? <img src={src} alt="" width={size} height={size} /> : letter}
    </span>
  );
}
