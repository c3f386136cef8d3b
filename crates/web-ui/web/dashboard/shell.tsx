import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso/router';
import { useEffect } from 'preact/hooks';
import { Icon } from '../kit';
import { appearance } from './look';
import { Palette, Shortcuts } from './palette';
import { Environments } from './parts/environments';
import { Glyph } from './parts/glyph';
import { SafeMode } from './parts/safe-mode';
import { PLACES, isHere } from './places';
import { can, logOut, session } from './session';

export function Shell({ children }: { children: ComponentChildren }) {
  const { path, route } = useLocation();
  const open = useSignal<'palette' | 'shortcuts' | 'menu' | undefined>(undefined);
  useEffect(() => {
    open.value = undefined;
  }, [path]);
  useEffect(() => {
    const wish = (what: string) => (what.startsWith('/') ? route(what) : (open.value = what as 'palette' | 'shortcuts'));
    return listen(wish, () => open.value !== undefined);
  }, []);
  return (
    <div class={`shell${open.value === 'menu' ? ' menu-open' : ''}`}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <aside class="side">
        <div class="brand">
          <a href="/dashboard" class="brand-name">
            <Mark />
            Latchkey
          </a>
          <Environments />
          <button type="button" class="icon-button menu-button" aria-label="Menu" aria-expanded={open.value === 'menu'} onClick={() => (open.value = open.value === 'menu' ? undefined : 'menu')}>
            {open.value === 'menu' ? <Icon name="close" /> : <Glyph name="menu" size={20} />}
          </button>
        </div>
        <div class="side-body">
          <button type="button" class="search-button" onClick={() => (open.value = 'palette')}>
            <Icon name="search" size={16} />
            <span>Search</span>
            <kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
          </button>
          <nav aria-label="Dashboard">
            {[...new Set(PLACES.map((place) => place.group))].map((group) => (
              <div class="nav-group" key={group}>
                {group && <p class="nav-title">{group}</p>}
                <ul>
                  {PLACES.filter((place) => place.group === group && (!place.scope || can(place.scope))).map((place) => (
                    <li key={place.href}>
                      <a href={place.href} aria-current={isHere(place, path) ? 'page' : undefined}>
                        <Glyph name={place.glyph} />
                        {place.label}
                      </a>
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </nav>
          <Foot onShortcuts={() => (open.value = 'shortcuts')} />
        </div>
      </aside>
      <main id="content" tabIndex={-1}>
        <SafeMode />
        {children}
      </main>
      {open.value === 'palette' && <Palette onClose={() => (open.value = undefined)} />}
      {open.value === 'shortcuts' && <Shortcuts onClose={() => (open.value = undefined)} />}
    </div>
  );
}

function Foot({ onShortcuts }: { onShortcuts: () => void }) {
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  const glyph = { auto: 'device', light: 'sun', dark: 'moon' } as const;
  return (
    <div class="side-foot">
      <div class="who">
        <span class="who-name">{session.value?.operator}</span>
        <span class="muted">{session.value?.role}</span>
      </div>
      <button type="button" class="icon-button small" aria-label={`Appearance: ${appearance.value}. Change`} title={`Appearance: ${appearance.value}`} onClick={() => (appearance.value = next[appearance.value])}>
        <Glyph name={glyph[appearance.value]} />
      </button>
      <button type="button" class="icon-button small" aria-label="Keyboard shortcuts" title="Keyboard shortcuts" onClick={onShortcuts}>
        <Glyph name="keyboard" />
      </button>
      <button type="button" class="icon-button small" aria-label="Log out" title="Log out" onClick={() => void logOut()}>
        <Glyph name="out" />
      </button>
    </div>
  );
}

function Mark() {
  return (
    <svg class="mark" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="6" />
      <path d="M8.4 9.6a3 3 0 1 1 3.7 2.9v.9h1.6v1.9h-1.6v1.3h-1.9v-4.1a3 3 0 0 1-1.8-2.9Z" />
    </svg>
  );
}

/** `g` and a letter go to a place, ⌘K searches, `?` tells the shortcuts: not while somebody is typing. */
function listen(wish: (what: string) => void, isElsewhere: () => boolean): () => void {
  let going = 0;
  const pressed = (event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      wish('palette');
      return;
    }
    const typing = (event.target as HTMLElement).closest('input, textarea, select, dialog');
    if (typing || isElsewhere() || event.metaKey || event.ctrlKey || event.altKey) return;
    const place = Date.now() - going < 1500 ? PLACES.find((one) => one.key === event.key) : undefined;
    going = event.key === 'g' ? Date.now() : 0;
    if (place) wish(place.href);
    else if (event.key === '?') wish('shortcuts');
    else if (event.key === '/') {
      event.preventDefault();
      wish('palette');
    }
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}
