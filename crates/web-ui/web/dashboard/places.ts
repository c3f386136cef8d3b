import type { GlyphName } from './parts/glyph';

/** A screen of its own in the navigation. */
export interface Place {
  label: string;
  href: string;
  glyph: GlyphName;
  group: string;
  /** Without it nothing could be shown there. */
  scope?: string;
  /** After `g`. */
  key: string;
}

export const PLACES: Place[] = [
  { label: 'Health', href: '/dashboard', glyph: 'health', group: '', key: 'h' },
  { label: 'Getting started', href: '/dashboard/start', glyph: 'start', group: '', key: 's' },
  { label: 'Connections', href: '/dashboard/connections', glyph: 'connections', group: 'Connect', scope: 'connections:read', key: 'c' },
  { label: 'Integrations', href: '/dashboard/integrations', glyph: 'integrations', group: 'Connect', scope: 'integrations:read', key: 'i' },
  { label: 'Providers', href: '/dashboard/providers', glyph: 'catalogue', group: 'Connect', key: 'p' },
  { label: 'Auth logs', href: '/dashboard/logs', glyph: 'logs', group: 'Observe', scope: 'connections:read', key: 'l' },
  { label: 'Events', href: '/dashboard/events', glyph: 'events', group: 'Observe', scope: 'connections:read', key: 'e' },
  { label: 'Webhooks', href: '/dashboard/webhooks', glyph: 'webhooks', group: 'Observe', scope: 'webhooks:read', key: 'w' },
  { label: 'Keys and people', href: '/dashboard/keys', glyph: 'keys', group: 'Manage', scope: 'keys:admin', key: 'k' },
  { label: 'Appearance', href: '/dashboard/appearance', glyph: 'appearance', group: 'Manage', key: 'a' },
  { label: 'Settings', href: '/dashboard/settings', glyph: 'settings', group: 'Manage', key: ',' },
];

export function isHere(place: Place, path: string): boolean {
  return place.href === '/dashboard' ? path === place.href : path === place.href || path.startsWith(`${place.href}/`);
}
