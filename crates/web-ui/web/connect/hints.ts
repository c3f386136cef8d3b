// What a typed value might be instead of what is asked for. A hint never stops anybody: vendors change what their keys look
// like when they like, and the provider is asked in any case.
import type { Values } from '../kit/i18n';
import type { FormField } from './session';
import type { Key } from './texts';

export interface Hint {
  key: Key;
  values: Values;
}

/** What the catalogue's pattern says; `undefined` where it says nothing that this browser understands. */
export function hasShape(field: FormField, value: string): boolean | undefined {
  if (!field.pattern) return undefined;
  try {
    return new RegExp(field.pattern, 'u').test(value);
  } catch {
    return undefined;
  }
}

/** The value as the server will read it: without the spaces and the affixes that people paste along. */
export function plain(field: FormField, typed: string): string {
  let value = field.multiline ? typed : typed.trim();
  if (field.before && value.startsWith(field.before)) value = value.slice(field.before.length).replace(/\/$/, '');
  if (field.after && value.endsWith(field.after)) value = value.slice(0, -field.after.length);
  return value;
}

export function hint(field: FormField, typed: string, others: FormField[], provider: string): Hint | undefined {
  const value = plain(field, typed);
  if (!value || field.options?.length) return undefined;
  const label = field.label;
  if (field.secret) {
    const prefix = /^(bearer|basic|token|authorization:)\s/i.exec(value)?.[1];
    if (prefix) return { key: 'hint_prefixed', values: { prefix } };
    if (/^(["'`]).+\1$/.test(value)) return { key: 'hint_quoted', values: {} };
    if (/[•…*]{3,}|\.{3}/.test(value)) return { key: 'hint_masked', values: { provider } };
    if (/^https?:\/\//i.test(value) && hasShape(field, value) !== true) return { key: 'hint_address', values: { label } };
    if (/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value) && hasShape(field, value) !== true) return { key: 'hint_email', values: { label } };
  }
  if (hasShape(field, value) === false) {
    const other = others.find((it) => it !== field && it.pattern && hasShape(it, value));
    return other ? { key: 'hint_other_field', values: { label: other.label } } : { key: 'hint_shape', values: { label } };
  }
  if (value !== typed.trim() && (field.before || field.after)) {
    return { key: 'hint_kept', values: { value: `${field.before ?? ''}${value}${field.after ?? ''}` } };
  }
  return undefined;
}
