import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon, IconButton, Logo, announce } from '../../kit';
import { useFlow, useShared } from '../context';
import { search } from '../search';
import { Frame } from './frame';

/** Below this many a search would be in the way. */
const SEARCHED_FROM = 6;

export function Choose() {
  const { texts, app } = useShared();
  const flow = useFlow();
  const { integrations } = flow.state.session;
  const [query, setQuery] = useState('');
  const found = useMemo(() => search(integrations, query), [integrations, query]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (query) announce(found.length ? texts.t('search_results', { count: found.length }) : texts.t('search_nothing', { query }));
  }, [query, found.length]);
  if (!integrations.length) {
    return (
      <Frame center name={texts.t('empty_title')} title={texts.t('empty_title')}>
        <p class="lead">{texts.t('empty_body', { app })}</p>
      </Frame>
    );
  }
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step) return;
    const stops = [input.current, ...(list.current?.querySelectorAll('button') ?? [])].filter((it) => it !== null);
    const at = stops.indexOf(document.activeElement as HTMLButtonElement);
    stops[at + step]?.focus();
    event.preventDefault();
  };
  return (
    <Frame name={texts.t('choose_title')} title={texts.t('choose_title')}>
      <p class="lead">{texts.t('choose_lead', { app })}</p>
      <div onKeyDown={move}>
        {integrations.length >= SEARCHED_FROM && (
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
              onKeyDown={(event) => event.key === 'Enter' && found[0] && query && void flow.choose(found[0])}
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
            <li key={choice.key}>
              <button type="button" class="choice" onClick={() => void flow.choose(choice)}>
                <Logo name={choice.name} />
                <span class="choice-name">
                  {choice.name}
                  {choice.provider !== choice.name && <small>{choice.provider}</small>}
                </span>
                <Icon name="chevron" size={18} />
              </button>
            </li>
          ))}
        </ul>
        {!found.length && <p class="nothing">{texts.t('search_nothing', { query })}</p>}
      </div>
    </Frame>
  );
}
