import { useEffect, useState } from 'preact/hooks';
import { Icon, announce } from '../../kit';

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label = 'Copy', wordy = false }: { text: string; label?: string; wordy?: boolean }) {
  const [copied, set] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => set(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    set(true);
    announce('Copied');
  };
  return (
    <button type="button" class={wordy ? 'button button-secondary' : 'icon-button small'} aria-label={wordy ? undefined : label} title={label} onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} size={16} />
      {wordy && <span>{copied ? 'Copied' : label}</span>}
    </button>
  );
}

/** A value to be taken elsewhere. */
export function Copyable({ text, label, shown = text }: { text: string; label: string; shown?: string }) {
  return (
    <span class="copyable">
      <code title={text}>{shown}</code>
      <CopyButton text={text} label={`Copy ${label}`} />
    </span>
  );
}

export function Snippet({ code, label }: { code: string; label: string }) {
  return (
    <div class="snippet">
      <pre tabIndex={0} aria-label={label}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} label={`Copy ${label}`} />
    </div>
  );
}

/** The same in several languages; the choice is remembered. */
export function Snippets({ of, label }: { of: Record<string, string>; label: string }) {
  const names = Object.keys(of);
  const [chosen, choose] = useState(() => {
    const kept = localStorage.getItem('snippet') ?? '';
    return names.includes(kept) ? kept : (names[0] ?? '');
  });
  const pick = (name: string) => {
    choose(name);
    localStorage.setItem('snippet', name);
  };
  return (
    <div class="snippets">
      <div class="pills" role="group" aria-label={`Language of ${label}`}>
        {names.map((name) => (
          <button key={name} type="button" class="pill" aria-pressed={name === chosen} onClick={() => pick(name)}>
            {name}
          </button>
        ))}
      </div>
      <Snippet code={of[chosen] ?? ''} label={label} />
    </div>
  );
}
