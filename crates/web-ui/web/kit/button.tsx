import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon';

type Native = Omit<JSX.IntrinsicElements['button'], 'icon' | 'size'>;

export interface ButtonProps extends Native {
  kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  icon?: IconName;
  busy?: boolean;
  wide?: boolean;
  children: ComponentChildren;
}

/** While busy it keeps its width, its place in the order of focus, and does nothing. */
export function Button({ kind = 'secondary', icon, busy = false, wide = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind}${wide ? ' wide' : ''}`}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  );
}

export function IconButton({ icon, label, ...rest }: Native & { icon: IconName; label: string }) {
  return (
    <button type="button" {...rest} class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}
