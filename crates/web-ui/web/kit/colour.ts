// Colours are looked at as people see them: lightness is moved in OKLCH (Björn Ottosson, 2020), contrast is WCAG 2.2's.

export type Rgb = readonly [number, number, number];

/** `#rgb` or `#rrggbb`; `undefined` for anything else. */
export function parse(hex: string): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(hex.trim());
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim());
  const parts = long ?? short?.map((part, at) => (at ? part + part : part));
  if (!parts) return undefined;
  return [1, 2, 3].map((at) => Number.parseInt(parts[at] ?? '0', 16) / 255) as unknown as Rgb;
}

export function format(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(Math.min(1, Math.max(0, part)) * 255).toString(16).padStart(2, '0')).join('')}`;
}

const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const gamma = (part: number) => (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055);

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 (the same) to 21 (black on white). WCAG 2.2, "contrast ratio". */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever is read better. One of them always reaches 4.58:1. */
export function onColour(background: Rgb): Rgb {
  const black: Rgb = [0, 0, 0];
  const white: Rgb = [1, 1, 1];
  return contrast(background, white) >= contrast(background, black) ? white : black;
}

function toOklab([red, green, blue]: Rgb): Rgb {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** The colour, made darker or lighter in small steps until it stands out from the background by `ratio`. */
export function legible(colour: Rgb, background: Rgb, ratio: number): Rgb {
  const away = luminance(background) > 0.18 ? -0.02 : 0.02;
  let [lightness, a, b] = toOklab(colour);
  let shifted = parse(format(colour)) ?? colour;
  while (contrast(shifted, background) < ratio && lightness > 0 && lightness < 1) {
    lightness += away;
    // Near black and white there is no room for colour.
    [a, b] = [a * 0.985, b * 0.985];
    shifted = parse(format(fromOklab([lightness, a, b]))) ?? shifted;
  }
  return shifted;
}

/** Part of one colour in another, for quiet backgrounds. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const [a, b] = [toOklab(one), toOklab(other)];
  return fromOklab([0, 1, 2].map((at) => (a[at] ?? 0) * share + (b[at] ?? 0) * (1 - share)) as unknown as Rgb);
}
