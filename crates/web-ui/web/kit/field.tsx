import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon';

export interface FieldProps {
  id: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** Shown behind the label; fields without it are required. */
  optional?: string | undefined;
  help?: ComponentChildren;
  /** Why the value cannot be right. */
  error?: string | undefined;
  /** What might be wrong, before anybody has been asked. */
  hint?: string | undefined;
  before?: string | undefined;
  after?: string | undefined;
  options?: { value: string; label: string }[] | undefined;
  /** Hidden, with a way to show it: its words for both. */
  secret?: { show: string; hide: string } | undefined;
  multiline?: boolean | undefined;
  /** More of the control's attributes, such as `placeholder`. */
  input?: Record<string, string> | undefined;
}

const HIDDEN = { type: 'password' } as const;
const SHOWN = { type: 'text' } as const;

/** A label, a control and what is to be said about it, tied together for whoever cannot see them. */
export function Field(props: FieldProps) {
  const { id, label, optional, help, error, hint } = props;
  const described = [help && `${id}-help`, hint && !error && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class={`field${error ? ' has-error' : ''}`}>
      <label for={id}>
        {label}
        {optional && <span class="optional">{optional}</span>}
      </label>
      {help && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      <Control {...props} described={described} />
      {hint && !error && (
        <p class="hint" id={`${id}-hint`}>
          <Icon name="info" size={16} />
          <span>{hint}</span>
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          <Icon name="alert" size={16} />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}

function Control({ id, value, onInput, optional, error, before, after, options, secret, multiline, input, described }: FieldProps & { described: string }) {
  const [shown, show] = useState(false);
  const common = {
    id,
    value,
    required: !optional,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': described || undefined,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  };
  if (options) {
    return (
      <div class="control select">
        <select {...common}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron" size={16} />
      </div>
    );
  }
  if (multiline) return <textarea {...common} class="control" rows={5} spellcheck={false} autocomplete="off" />;
  return (
    <div class="control">
      {before && <span class="affix">{before}</span>}
      {/* A key is no password of this site: managers are told apart by name, and pasting is always allowed. */}
      <input {...(secret && !shown ? HIDDEN : SHOWN)} autocomplete={secret ? 'new-password' : 'off'} autocapitalize="none" spellcheck={false} {...input} {...common} />
      {after && <span class="affix">{after}</span>}
      {secret && (
        <button type="button" class="icon-button" aria-pressed={shown} aria-label={shown ? secret.hide : secret.show} title={shown ? secret.hide : secret.show} aria-controls={id} onClick={() => show(!shown)}>
          <Icon name={shown ? 'eye-off' : 'eye'} />
        </button>
      )}
    </div>
  );
}
