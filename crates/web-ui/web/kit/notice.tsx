import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

const ICONS: Record<string, IconName> = { info: 'info', warning: 'alert', danger: 'alert', success: 'check' };

export function Notice({ kind = 'info', title, children }: { kind?: 'info' | 'warning' | 'danger' | 'success'; title?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class={`notice notice-${kind}`}>
      <Icon name={ICONS[kind] ?? 'info'} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
