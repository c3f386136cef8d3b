import type { ComponentChildren } from 'preact';
import { Button, Dialog } from '../../kit';
import { CopyButton } from './copy';

/** A secret that was just made, and is shown this once. */
export function SecretOnce({ title, secret, onClose, children }: { title: string; secret: string; onClose: () => void; children: ComponentChildren }) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          I have it
        </Button>
      }
    >
      <div class="stack">
        <p class="muted">{children}</p>
        <div class="copy-field">
          <code>{secret}</code>
          <CopyButton text={secret} label="Copy" />
        </div>
      </div>
    </Dialog>
  );
}
