import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon, IconButton, announce } from '../../kit';
import { useShared } from '../context';
import { search } from '../search';

/** Below this many a search would be in the way. */
const SEARCHED_FROM = 6;

/** A list to pick from, with a search and the arrow keys. */
export function List<T>({ of, named, onPick, children }: {
  of: readonly T[];
  named: (choice: T) => [name: string, more: string];
  onPick: (choice: T) => void;
  children: (choice: T) => ComponentChildren;
}) {
  const { texts } = useShared();
  const [query, setQuery] = useState('');
  const found = useMemo(() => search(of, query, named), [of, query]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (query) announce(found.length ? texts.t('search_results', { count: found.length }) : texts.t('search_nothing', { query }));
  }, [query, found.length]);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step) return;
    const stops = [input.current, ...(list.current?.querySelectorAll('button') ?? [])].filter((it) => it !== null);
    const at = stops.indexOf(document.activeElement as HTMLButtonElement);
    stops[at + step]?.focus();
    event.preventDefault();
  };
  return (
    <div onKeyDown={move}>
      {of.length >= SEARCHED_FROM && (
        <div class="control search">
          <Icon name="search" />
          <input
            ref={input}
            type="search"
            value={query}
            placeholder={texts.t('search')}
            aria-label={texts.t('search')}
            autocomplete="off"
            spellcheck={false}
            enterkeyhint="search"
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && found[0] && query && onPick(found[0])}
          />
          {query && (
            <IconButton
              icon="close"
              label={texts.t('search_clear')}
              onClick={() => {
                setQuery('');
                input.current?.focus();
              }}
            />
          )}
        </div>
      )}
      <ul class="choices" ref={list}>
        {found.map((choice) => (
          <li key={of.indexOf(choice)}>
            <button type="button" class="choice" onClick={() => onPick(choice)}>
              {children(choice)}
            </button>
          </li>
        ))}
      </ul>
      {!found.length && <p class="nothing">{texts.t('search_nothing', { query })}</p>}
    </div>
  );
}
