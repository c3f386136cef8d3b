import { useState } from 'preact/hooks';
import { Field, type Problem } from '../../kit';
import type { Integration, OtherAccount, Provider } from '../types';
import { wrong } from './ask';

/** What somebody means to save. Secrets are what was typed, never what is kept. */
export interface Wish {
  key: string;
  display_name: string;
  client_id: string;
  client_secret: string;
  scopes: string[];
  /** The provider's app-level inputs, by name. */
  fields: Record<string, string>;
  other_account: OtherAccount;
}

const OTHER_ACCOUNT: { value: OtherAccount; label: string }[] = [
  { value: 'OTHER_ACCOUNT_WARN', label: 'Tell them, and let them choose' },
  { value: 'OTHER_ACCOUNT_BLOCK', label: 'Do not take it' },
  { value: 'OTHER_ACCOUNT_ALLOW', label: 'Take it without a word' },
];

const SECRET_WORDS = { show: 'Show', hide: 'Hide' };

export function wishOf(provider: Provider, present?: Integration): Wish {
  return {
    key: present?.key ?? provider.id,
    display_name: present?.display_name ?? provider.name,
    client_id: present?.client_id ?? '',
    client_secret: '',
    scopes: present?.scopes ?? [],
    fields: { ...present?.fields },
    other_account: present?.other_account ?? 'OTHER_ACCOUNT_WARN',
  };
}

const appInputs = (provider: Provider) => (provider.inputs ?? []).filter((input) => input.ask === 'integration' && !['client_id', 'client_secret'].includes(input.name));

export const hasClient = (provider: Provider) => ['OAUTH2', 'OAUTH2_CC', 'OAUTH1', 'APP'].includes(provider.auth_mode ?? '');

/** As `PutIntegration` takes it; secrets that were not typed stay as they are. */
export function bodyOf(provider: Provider, wish: Wish): unknown {
  const typed = appInputs(provider).filter((input) => wish.fields[input.name]);
  const pairs = (secret: boolean) => Object.fromEntries(typed.filter((input) => !!input.secret === secret).map((input) => [input.name, wish.fields[input.name]?.trim()]));
  return {
    integration: {
      provider: provider.id,
      display_name: wish.display_name.trim(),
      client_id: wish.client_id.trim(),
      scopes: wish.scopes,
      fields: pairs(false),
      other_account: wish.other_account,
    },
    ...(wish.client_secret && { client_secret: wish.client_secret.trim() }),
    secret_fields: pairs(true),
  };
}

export function IntegrationFields({ provider, wish, onChange, withKey = false, kept = false, problem, keyError }: { provider: Provider; wish: Wish; onChange: (wish: Wish) => void; withKey?: boolean; kept?: boolean; problem: Problem | undefined; keyError?: string | undefined }) {
  const set = (change: Partial<Wish>) => onChange({ ...wish, ...change });
  const stays = kept ? { placeholder: 'Unchanged' } : undefined;
  return (
    <>
      <Field id="display-name" label="Name" help="What your end users read." value={wish.display_name} onInput={(display_name) => set({ display_name })} error={wrong(problem, 'integration.display_name')} />
      {withKey && <Field id="key" label="Key" help="What your code calls it. It cannot be changed later." value={wish.key} onInput={(key) => set({ key })} error={keyError} />}
      {hasClient(provider) && (
        <>
          <Field id="client-id" label="Client id" value={wish.client_id} onInput={(client_id) => set({ client_id })} error={wrong(problem, 'integration.client_id')} />
          <Field id="client-secret" label="Client secret" value={wish.client_secret} onInput={(client_secret) => set({ client_secret })} secret={SECRET_WORDS} error={wrong(problem, 'client_secret')} input={stays} />
          <Scopes scopes={wish.scopes} url={provider.details?.scopes_url} error={wrong(problem, 'integration.scopes')} onChange={(scopes) => set({ scopes })} />
        </>
      )}
      {appInputs(provider).map((input) => (
        <Field
          key={input.name}
          id={`input-${input.name}`}
          label={input.label || input.name}
          help={input.help}
          optional={input.required ? undefined : 'optional'}
          value={wish.fields[input.name] ?? ''}
          onInput={(value) => set({ fields: { ...wish.fields, [input.name]: value } })}
          secret={input.secret ? SECRET_WORDS : undefined}
          input={input.secret ? stays : undefined}
        />
      ))}
      <Field
        id="other-account"
        label="Reconnecting with another account"
        help="Where the provider tells that somebody who reconnects is signed in with another account than the connection has."
        value={wish.other_account}
        onInput={(other_account) => set({ other_account: other_account as OtherAccount })}
        options={OTHER_ACCOUNT}
        error={wrong(problem, 'integration.other_account')}
      />
    </>
  );
}

/** A list that is typed or pasted, divided by spaces or commas. */
function Scopes({ scopes, url, error, onChange }: { scopes: string[]; url: string | undefined; error: string | undefined; onChange: (scopes: string[]) => void }) {
  const [text, type] = useState('');
  const add = () => {
    const more = text.split(/[\s,]+/).filter(Boolean);
    if (more.length > 0) onChange([...new Set([...scopes, ...more])]);
    type('');
  };
  return (
    <div class="stack" onFocusOut={add}>
      <Field
        id="scopes"
        label="Scopes"
        optional="optional"
        error={error}
        help={
          <>
            What your app asks for, beside what is always asked for. {url && <a href={url} target="_blank" rel="noopener noreferrer">Which there are</a>}
          </>
        }
        value={text}
        onInput={(value) => (/[\s,]$/.test(value) && value.trim() ? (onChange([...new Set([...scopes, ...value.split(/[\s,]+/).filter(Boolean)])]), type('')) : type(value))}
        input={{ placeholder: 'Type or paste, divided by spaces' }}
      />
      {scopes.length > 0 && (
        <span class="scopes">
          {scopes.map((scope) => (
            <span class="tag" key={scope}>
              {scope}
              <button type="button" aria-label={`Remove ${scope}`} onClick={() => onChange(scopes.filter((one) => one !== scope))}>
                ×
              </button>
            </span>
          ))}
        </span>
      )}
    </div>
  );
}
