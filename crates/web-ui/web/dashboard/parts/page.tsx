import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button, Icon, Notice, type Problem } from '../../kit';
import type { Loaded } from '../load';

export interface Crumb {
  label: string;
  href: string;
}

/** A screen: what it is called, what can be done with all of it, and what is on it. */
export function Page({ title, crumbs = [], lead, actions, badge, children }: { title: string; crumbs?: Crumb[]; lead?: ComponentChildren; actions?: ComponentChildren; badge?: ComponentChildren; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class="page">
      <header class="page-head">
        {crumbs.length > 0 && (
          <nav class="crumbs" aria-label="Breadcrumbs">
            {crumbs.map((crumb) => (
              <>
                <a key={crumb.href} href={crumb.href}>
                  {crumb.label}
                </a>
                <Icon name="chevron" size={12} />
              </>
            ))}
          </nav>
        )}
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {badge}
          {actions && <div class="page-actions">{actions}</div>}
        </div>
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}

export function Card({ title, lead, actions, flush = false, children }: { title?: ComponentChildren; lead?: ComponentChildren; actions?: ComponentChildren; flush?: boolean; children: ComponentChildren }) {
  return (
    <section class={`card${flush ? ' flush' : ''}`}>
      {title && (
        <header class="card-head">
          <div>
            <h2>{title}</h2>
            {lead && <p class="muted">{lead}</p>}
          </div>
          {actions && <div class="card-actions">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** Nothing here yet: what will be, and how it comes about. */
export function Empty({ title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p class="muted">{children}</p>}
      {action && <div class="empty-action">{action}</div>}
    </div>
  );
}

export function Trouble({ problem, again }: { problem: Problem; again?: (() => void) | undefined }) {
  return (
    <Notice kind="danger" title={problem.message}>
      <p class="muted">
        <code>{problem.reason}</code>
      </p>
      {again && (
        <p>
          <Button icon="refresh" onClick={again}>
            Try again
          </Button>
        </p>
      )}
    </Notice>
  );
}

/** What was asked for, once it is there; before that its outline, or why it did not come. */
export function Awaited<T>({ of, children, rows = 5 }: { of: Loaded<T>; children: (data: T) => ComponentChildren; rows?: number }) {
  if (of.data !== undefined) {
    return (
      <>
        {of.problem && <Trouble problem={of.problem} again={() => void of.again()} />}
        {children(of.data)}
      </>
    );
  }
  if (of.problem) return <Trouble problem={of.problem} again={() => void of.again()} />;
  return (
    <div class="outline" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} class="outline-row" />
      ))}
    </div>
  );
}

/** Names and values. */
export function Facts({ of }: { of: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span class="muted">—</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
