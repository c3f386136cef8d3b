// A theme is a few tokens; everything else is derived from them, so that no choice of theirs makes a page unreadable.
import { type Rgb, contrast, format, legible, mix, onColour, parse } from './colour';
import { follow } from './scheme';

export type Scheme = 'light' | 'dark';
export type Appearance = Scheme | 'auto';

/** What a customer may set, for each scheme. Colours as `#rrggbb`. */
export interface Tokens {
  primary?: string;
  surface?: string;
  surface_raised?: string;
  text?: string;
  text_muted?: string;
  border?: string;
  focus?: string;
  danger?: string;
  warning?: string;
  success?: string;
  backdrop?: string;
}

export interface Theme {
  light?: Tokens;
  dark?: Tokens;
  /** A stack of fonts that are on the device. */
  font_family?: string;
  /** In px, as the lengths below. */
  font_size?: number;
  radius_control?: number;
  radius_card?: number;
  control_height?: number;
  density?: 'default' | 'compact';
}

const DEFAULTS: Record<Scheme, Required<Tokens>> = {
  light: {
    primary: '#1f5fe0',
    surface: '#f5f6f8',
    surface_raised: '#ffffff',
    text: '#14171c',
    text_muted: '#59616e',
    border: '#d9dde4',
    focus: '#1f5fe0',
    danger: '#c0281d',
    warning: '#8a5a00',
    success: '#107a43',
    backdrop: '#10131a',
  },
  dark: {
    primary: '#7da6ff',
    surface: '#0e1014',
    surface_raised: '#17191f',
    text: '#eef0f4',
    text_muted: '#a2aab8',
    border: '#2d323c',
    focus: '#8fb2ff',
    danger: '#ff8a7e',
    warning: '#f2bd57',
    success: '#5fd394',
    backdrop: '#000000',
  },
};

/** How far apart two colours of a theme are, and how far they should be. */
export interface Ratio {
  name: 'text' | 'text_muted' | 'primary' | 'focus' | 'border_control' | 'danger' | 'warning' | 'success';
  ratio: number;
  wanted: number;
}

/** The custom properties of a scheme. A colour that cannot be read is moved until it can. */
export function derive(theme: Theme, scheme: Scheme): Record<string, string> {
  const colour = colours(theme, scheme);
  const surface = colour('surface_raised');
  // Text stands on both surfaces: on the one it stands out from less, it must be readable.
  const canvas = colour('surface');
  const text = readable(colour('text'), [surface, canvas], 7);
  const muted = readable(colour('text_muted'), [surface, canvas], 4.6);
  const primary = colour('primary');
  const properties: Record<string, Rgb> = {
    surface: canvas,
    'surface-raised': surface,
    text,
    'text-muted': muted,
    border: colour('border'),
    'border-control': legible(colour('border'), surface, 3.1),
    primary,
    // Away from the text on it.
    'primary-hover': mix(primary, onColour(onColour(primary)), 0.88),
    'on-primary': onColour(primary),
    'primary-text': readable(primary, [surface, canvas], 4.6),
    'primary-quiet': mix(primary, surface, 0.1),
    focus: readable(colour('focus'), [surface, canvas], 3.1),
    hover: mix(text, surface, 0.05),
    backdrop: colour('backdrop'),
  };
  for (const kind of ['danger', 'warning', 'success'] as const) {
    const quiet = mix(colour(kind), surface, 0.1);
    properties[`${kind}-quiet`] = quiet;
    properties[kind] = readable(colour(kind), [surface, canvas, quiet], 4.6);
  }
  const named = Object.entries(properties).map(([name, rgb]) => [`--${name}`, format(rgb)]);
  return { ...Object.fromEntries(named), ...lengths(theme) };
}

/** What a theme's own colours come to before anything is moved, for whoever chooses them. */
export function report(theme: Theme, scheme: Scheme): Ratio[] {
  const colour = colours(theme, scheme);
  const surface = colour('surface_raised');
  const of = (name: Ratio['name'], rgb: Rgb, wanted: number) => ({ name, ratio: contrast(rgb, surface), wanted });
  return [
    of('text', colour('text'), 4.5),
    of('text_muted', colour('text_muted'), 4.5),
    { name: 'primary', ratio: contrast(colour('primary'), onColour(colour('primary'))), wanted: 4.5 },
    of('focus', colour('focus'), 3),
    of('border_control', colour('border'), 3),
    of('danger', colour('danger'), 4.5),
    of('warning', colour('warning'), 4.5),
    of('success', colour('success'), 4.5),
  ];
}

function colours(theme: Theme, scheme: Scheme): (name: keyof Tokens) => Rgb {
  return (name) => parse(theme[scheme]?.[name] ?? '') ?? parse(DEFAULTS[scheme][name]) ?? [0, 0, 0];
}

function readable(colour: Rgb, backgrounds: Rgb[], ratio: number): Rgb {
  return backgrounds.reduce((shifted, background) => legible(shifted, background, ratio), colour);
}

function lengths(theme: Theme): Record<string, string> {
  const px = (value: number | undefined, least: number, most: number, otherwise: number) =>
    `${Math.min(most, Math.max(least, value ?? otherwise))}px`;
  const compact = theme.density === 'compact';
  const properties: Record<string, string> = {
    '--font-size': px(theme.font_size, 13, 20, 15),
    '--radius-control': px(theme.radius_control, 0, 24, 9),
    '--radius-card': px(theme.radius_card, 0, 32, 16),
    '--control-height': px(theme.control_height, 32, 64, compact ? 36 : 44),
    '--unit': compact ? '6px' : '8px',
  };
  if (theme.font_family && /^[\w\s,'"-]+$/.test(theme.font_family)) properties['--font-family'] = theme.font_family;
  return properties;
}

/** Puts a theme on a document, and keeps following the device's scheme where the appearance says so. */
export function wear(root: HTMLElement, theme: Theme, appearance: Appearance): () => void {
  return follow(root, appearance, (scheme) => {
    // The CSS object model is not the inline style that a content security policy forbids.
    for (const [name, value] of Object.entries(derive(theme, scheme))) root.style.setProperty(name, value);
  });
}
