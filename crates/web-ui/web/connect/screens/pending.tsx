import { useState } from 'preact/hooks';
import { Button, announce } from '../../kit';
import { useFlow, useShared } from '../context';
import type { Form } from '../session';
import { Emblem, Frame } from './frame';

/** An admin at the provider has to allow it: a link for them, and nothing to wait for in front of a screen. */
export function Pending({ form, link }: { form?: Form | undefined; link?: string | undefined }) {
  const { texts, app } = useShared();
  const flow = useFlow();
  const [copied, setCopied] = useState(false);
  const provider = form?.name ?? '';
  const title = texts.t('pending_title', { provider });
  const copy = async () => {
    await navigator.clipboard.writeText(link ?? '');
    setCopied(true);
    announce(texts.t('copied'));
  };
  return (
    <Frame
      center
      name={title}
      title={title}
      mark={<Emblem kind="neutral" icon="info" />}
      actions={
        <>
          {link ? (
            <Button kind="primary" wide icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
              {texts.t(copied ? 'copied' : 'pending_copy')}
            </Button>
          ) : (
            <Button kind="primary" wide icon="link" onClick={() => void flow.makeLink(form)}>
              {texts.t('pending_link')}
            </Button>
          )}
          <Button wide onClick={() => void flow.again()}>
            {texts.t('pending_again')}
          </Button>
          {flow.place.host && (
            <Button kind="quiet" wide onClick={() => flow.close()}>
              {texts.t('done')}
            </Button>
          )}
        </>
      }
    >
      <p class="lead">{texts.t('pending_body', { provider, app })}</p>
      {link && (
        <div class="field">
          <label for="approval-link">{texts.t('pending_label')}</label>
          <div class="control">
            <input id="approval-link" dir="ltr" readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          </div>
        </div>
      )}
    </Frame>
  );
}
