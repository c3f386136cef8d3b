import { useLocation } from 'preact-iso/router';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Button, Dialog, Icon } from '../kit';
import { api, list, query } from './api';
import { useLoad } from './load';
import { Glyph, type GlyphName } from './parts/glyph';
import { StateBadge } from './parts/state';
import { PLACES } from './places';
import { logIdOf } from './screens/logs';
import { can } from './session';
import { type Connection, type Integration, type Provider, stateOf } from './types';

interface Hit {
  id: string;
  glyph: GlyphName;
  label: string;
  detail: string;
  href: string;
  state?: Connection;
}

const MAX_EACH = 6;

/** Jumps to a screen, an integration, a provider, a connection by its id, end user or name, or what an end user's reference names. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, type] = useState('');
  const [at, move] = useState(0);
  useEffect(() => dialog.current?.showModal(), []);
  const known = useLoad(async () => {
    const integrations = can('integrations:read') ? await list<Integration>('/integrations', 'integrations') : [];
    const { providers = [] } = await api<{ providers?: Provider[] }>('/providers');
    return { integrations, providers };
  }, []);
  const wanted = text.trim();
  const found = useLoad(async (signal) => (wanted && can('connections:read') ? await findConnections(wanted, signal) : []), [wanted]);
  const hits = useMemo(() => rank(wanted, known.data, found.data ?? []), [wanted, known.data, found.data]);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    route(hit.href);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move((at + step + hits.length) % Math.max(1, hits.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(hits[at]);
    }
  };
  return (
    <dialog ref={dialog} class="palette" aria-label="Search" onClose={onClose} onClick={(event) => event.target === dialog.current && onClose()}>
      <div class="palette-field">
        <Icon name="search" size={18} />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-hits"
          aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
          aria-label="Search connections, integrations, providers and screens"
          placeholder="Search connections, integrations, providers…"
          autofocus
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            type(event.currentTarget.value);
            move(0);
          }}
          onKeyDown={pressed}
        />
        <kbd>Esc</kbd>
      </div>
      <ul id="palette-hits" role="listbox" aria-label="Found">
        {hits.map((hit, index) => (
          <li key={hit.id} id={`hit-${index}`} role="option" aria-selected={index === at} onClick={() => go(hit)} onMouseMove={() => move(index)}>
            <Glyph name={hit.glyph} />
            <span class="hit-label">{hit.label}</span>
            {hit.state && <StateBadge state={stateOf(hit.state)} />}
            <span class="hit-detail">{hit.detail}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p class="palette-none">{found.loading ? 'Searching…' : `Nothing is called “${wanted}”.`}</p>}
    </dialog>
  );
}

async function findConnections(wanted: string, signal: AbortSignal): Promise<Connection[]> {
  await new Promise((resolve) => setTimeout(resolve, 120));
  if (signal.aborted) return [];
  const page = await api<{ connections?: Connection[] }>(`/connections${query({ search: wanted, page_size: MAX_EACH })}`, { signal });
  return page.connections ?? [];
}

function rank(wanted: string, known: { integrations: Integration[]; providers: Provider[] } | undefined, connections: Connection[]): Hit[] {
  const has = (text: string) => text.toLowerCase().includes(wanted.toLowerCase());
  const places = PLACES.filter((place) => has(place.label) && (!place.scope || can(place.scope)));
  const integrations = wanted ? (known?.integrations ?? []).filter((one) => has(`${one.key} ${one.display_name ?? ''}`)) : [];
  const providers = wanted ? (known?.providers ?? []).filter((one) => has(`${one.name} ${one.id}`)) : [];
  const log = can('connections:read') ? logIdOf(wanted) : undefined;
  return [
    ...(log ? [{ id: log, glyph: 'logs' as const, label: wanted, detail: 'An attempt, step by step', href: `/dashboard/logs?log=${log}` }] : []),
    ...connections.map((one) => ({ id: one.id, glyph: 'connections' as const, label: one.display_name || one.end_user, detail: `${one.integration} · ${one.id}`, href: `/dashboard/connections/${one.id}`, state: one })),
    ...places.map((one) => ({ id: one.href, glyph: one.glyph, label: one.label, detail: 'Screen', href: one.href })),
    ...integrations.slice(0, MAX_EACH).map((one) => ({ id: `i-${one.key}`, glyph: 'integrations' as const, label: one.display_name || one.key, detail: `Integration · ${one.key}`, href: `/dashboard/integrations/${encodeURIComponent(one.key)}` })),
    ...providers.slice(0, MAX_EACH).map((one) => ({ id: `p-${one.id}`, glyph: 'catalogue' as const, label: one.name, detail: 'Provider', href: `/dashboard/providers/${one.id}` })),
  ];
}

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const keys: [string, string][] = [
    ['⌘K  /', 'Search'],
    ['?', 'These shortcuts'],
    ...PLACES.map((place): [string, string] => [`g ${place.key}`, place.label]),
  ];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <dl class="shortcuts">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>{what}</dt>
            <dd>
              {key.split(/\s+/).map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
