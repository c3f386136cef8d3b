// The kit's drawing style, for what only the dashboard shows.

const PATHS = {
  start: 'M10 2.5v2m0 11v2m7.5-7.5h-2m-11 0h-2M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z',
  health: 'M2.5 10.5h3.2l2-5.5 4 10 2-4.5h3.8',
  connections: 'M8 12 5.8 14.2a2.7 2.7 0 0 1-3.8-3.8L5 7.4a2.7 2.7 0 0 1 3.8 0M12 8l2.2-2.2a2.7 2.7 0 0 1 3.8 3.8L15 12.6a2.7 2.7 0 0 1-3.8 0M7.8 12.2l4.4-4.4',
  integrations: 'M4 3.5h4.5V8H4Zm7.5 0H16V8h-4.5ZM4 12h4.5v4.5H4Zm9.75-.5v5m-2.5-2.5h5',
  catalogue: 'M4 4h12v12H4Zm0 4h12M8 8v8',
  events: 'M3 10a7 7 0 0 1 14 0M6 10a4 4 0 0 1 8 0m-4 0v6.5',
  logs: 'M4.5 4h11M4.5 8h11M4.5 12h7M4.5 16h4',
  webhooks: 'M7 6.5a3 3 0 1 1 4.5 2.6L14 13.5M5.5 10A3 3 0 1 0 8 14.5h5.5m0 0a3 3 0 1 1 2.2 0M9 9l-3.5 5.5',
  keys: 'M12.5 11.5a4 4 0 1 0-3.6-2.3L3.5 14.6V17H6v-2h2v-2h1.5l1.3-1.3a4 4 0 0 0 1.7-.2ZM13.5 6.5h.01',
  appearance: 'M10 3a7 7 0 1 0 0 14c1.2 0 1.5-.9 1.1-1.7-.5-1 .1-2.3 1.4-2.3h1.8A2.7 2.7 0 0 0 17 10.3C17 6.2 13.9 3 10 3ZM6.5 9.5h.01M9 6.5h.01m3.99.500h.01',
  settings: 'M3.5 6h7m4 0h2M3.5 14h2m4 0h7M12.5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm-5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5m0 13V18m8-8h-1.5m-13 0H2m13.66-5.66-1.06 1.06m-9.2 9.2-1.06 1.06m11.32 0-1.06-1.06m-9.2-9.2L4.34 4.34',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z',
  device: 'M3.5 4.5h13v8.5h-13Zm4 12h5m-2.5-3.5v3.5',
  plus: 'M10 4v12M4 10h12',
  menu: 'M3.5 6h13m-13 4h13m-13 4h13',
  pause: 'M7 5v10m6-10v10',
  play: 'm6.5 4.5 9 5.5-9 5.5Z',
  out: 'M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3m4-3 3-3-3-3m3 3H8',
  trash: 'M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10',
  send: 'M16.5 3.5 3.5 9l5 2.5 2.5 5Zm0 0-8 8',
  keyboard: 'M3 5.5h14v9H3Zm3 3h.01M9 8.5h.01m2.99 0h.01m2.99 0h.01M7 11.5h6',
} as const;

export type GlyphName = keyof typeof PATHS;

export function Glyph({ name, size = 18 }: { name: GlyphName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
