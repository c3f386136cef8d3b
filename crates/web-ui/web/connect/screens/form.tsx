import { useRef, useState } from 'preact/hooks';
import { Button, Field, announce } from '../../kit';
import { useFlow, useShared } from '../context';
import { hasShape, hint, plain } from '../hints';
import type { FormField, Form as FormOf } from '../session';
import { Failing, Mends } from './explain';
import { Frame, Pair, Safe } from './frame';

export function Form({ form }: { form: FormOf }) {
  const { texts } = useShared();
  const flow = useFlow();
  const { typed, fieldError, session } = flow.state;
  const [missing, setMissing] = useState<Record<string, string>>({});
  const element = useRef<HTMLFormElement>(null);
  const provider = form.name;
  const value = (field: FormField) => typed[field.name] ?? field.value ?? field.options?.[0] ?? '';
  const shown = form.fields.filter(({ when }) => !when || form.fields.some((it) => it.name === when[0] && value(it) === when[1]));

  // The server says it in English alone.
  const refused = (field: FormField) => (texts.locale === 'en' ? fieldError?.message : texts.t('field_wrong', { label: field.label }));

  const submit = (event: Event) => {
    event.preventDefault();
    const wrong: Record<string, string> = {};
    for (const field of shown) {
      if (field.required && !plain(field, value(field))) wrong[field.name] = texts.t('field_missing', { label: field.label });
      // A value of the vendor's making is tried out; what people choose themselves can be checked here.
      else if (!field.secret && value(field) && hasShape(field, plain(field, value(field))) === false) wrong[field.name] = texts.t('field_wrong', { label: field.label });
    }
    setMissing(wrong);
    const first = shown.find((field) => wrong[field.name]);
    if (first) {
      announce(texts.t('form_problems', { count: Object.keys(wrong).length }), 'assertive');
      element.current?.querySelector<HTMLElement>(`#in-${CSS.escape(first.name)}`)?.focus();
      return;
    }
    void flow.start(form, Object.fromEntries(shown.map((field) => [field.name, value(field)])));
  };

  const title = texts.t(session.mends ? 'reconnect_title' : 'form_title', { provider });
  return (
    <Frame
      name={title}
      title={title}
      help={form.docs_url}
      mark={<Pair provider={provider} />}
      actions={
        <>
          <Button kind="primary" wide type="submit" form="fields">
            {form.away ? texts.t('continue_at', { provider }) : texts.t('form_submit')}
          </Button>
          <Safe />
        </>
      }
    >
      {session.mends ? <Mends form={form} /> : !form.away && <p class="lead">{texts.t('form_lead', { provider })}</p>}
      <Failing form={form} />
      {form.steps.length > 0 && (
        <details class="guide" open>
          <summary>{texts.t('form_where')}</summary>
          <ol>
            {form.steps.map((step) => (
              <li key={step}>
                <span>{linked(step)}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
      <form id="fields" ref={element} noValidate onSubmit={submit}>
        {shown.map((field) => {
          const said = hint(field, value(field), shown, provider);
          const discouraged = field.discouraged?.includes(value(field)) ? texts.t('field_discouraged', { provider }) : undefined;
          return (
            <Field
              key={field.name}
              id={`in-${field.name}`}
              label={field.label}
              value={value(field)}
              onInput={(text) => {
                flow.type(field.name, text);
                setMissing(({ [field.name]: _, ...rest }) => rest);
              }}
              optional={field.required ? undefined : texts.t('optional')}
              help={field.help ? linked(field.help) : undefined}
              error={missing[field.name] ?? (fieldError?.field === field.name ? refused(field) : undefined)}
              hint={said ? texts.t(said.key, said.values) : discouraged}
              before={field.before}
              after={field.after}
              options={field.options?.map((option) => ({ value: option, label: option }))}
              secret={field.secret ? { show: texts.t('show_value'), hide: texts.t('hide_value') } : undefined}
              multiline={field.multiline}
            />
          );
        })}
      </form>
    </Frame>
  );
}

/** Addresses in the catalogue's plain sentences are pages of the vendor's. */
function linked(text: string) {
  return text.split(/(https:\/\/[^\s),;]+[^\s),;.])/).map((part, at) =>
    at % 2 ? (
      <a key={part} href={part} target="_blank" rel="noopener noreferrer">
        {part.replace(/^https:\/\/(www\.)?/, '').replace(/\/$/, '')}
      </a>
    ) : (
      part
    ),
  );
}
