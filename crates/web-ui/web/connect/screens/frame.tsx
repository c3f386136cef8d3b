// What every screen stands in: the same places for going back, help and closing, one heading that is told when it changes.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, IconButton, Logo } from '../../kit';
import { useShared } from '../context';

export interface FrameProps {
  title: ComponentChildren;
  /** The same, as the document's title. */
  name: string;
  /** Where help is, where that is not the product’s usual place. */
  help?: string | undefined;
  mark?: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  center?: boolean;
}

export function Frame({ title, name, help, mark, children, actions, center }: FrameProps) {
  const { boot, texts, flow, leave = flow?.place.host && (() => flow.leave()) } = useShared();
  const address = help ?? boot.support_url;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = name;
    flow?.place.host?.tell({ type: 'title', title: name });
    // To be read from the beginning, by whoever cannot see that it is another screen.
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [name]);
  return (
    <main class={`card${center ? ' centered' : ''}`}>
      <header class="bar">
        {flow?.canGoBack ? <IconButton icon="back" label={texts.t('back')} onClick={() => (flow.place.host ? void flow.back() : history.state?.step ? history.back() : void flow.back())} /> : <Brand />}
        <span class="bar-space" />
        {address && (
          <a class="bar-help" href={address} target="_blank" rel="noopener noreferrer">
            {texts.t('help')}
          </a>
        )}
        {leave && <IconButton icon="close" label={texts.t('close')} onClick={leave} />}
      </header>
      <div class="content">
        {mark}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
      {actions && <footer class="foot">{actions}</footer>}
    </main>
  );
}

/** Says at a glance what kind of screen it is, above its heading. */
export function Emblem({ kind, icon }: { kind: 'neutral' | 'wrong'; icon: 'info' | 'alert' }) {
  return (
    <span class={`emblem emblem-${kind}`}>
      <Icon name={icon} size={26} />
    </span>
  );
}

function Brand() {
  const { boot } = useShared();
  if (boot.logo_light || boot.logo_dark) {
    return (
      <span class="brand">
        <img class="brand-light" src={boot.logo_light ?? boot.logo_dark} alt={boot.app_name ?? ''} height={28} />
        <img class="brand-dark" src={boot.logo_dark ?? boot.logo_light} alt="" height={28} />
      </span>
    );
  }
  return boot.app_name ? <span class="brand">{boot.app_name}</span> : <span />;
}

/** The product and the provider, side by side. */
export function Pair({ provider, state }: { provider: string; state?: 'done' | 'busy' }) {
  const { boot } = useShared();
  return (
    <div class={`pair${state ? ` pair-${state}` : ''}`} aria-hidden="true">
      {boot.app_name && <Logo name={boot.app_name} src={boot.logo_light} size={56} />}
      {boot.app_name && <span class="pair-line">{state === 'done' ? <Icon name="check" size={16} /> : <Icon name="arrow" size={16} />}</span>}
      <Logo name={provider} size={56} />
      {!boot.app_name && state === 'done' && (
        <span class="pair-line pair-badge">
          <Icon name="check" size={16} />
        </span>
      )}
    </div>
  );
}

export function Safe() {
  const { texts } = useShared();
  return (
    <p class="safe">
      <Icon name="lock" size={16} />
      <span>{texts.t('encrypted')}</span>
    </p>
  );
}
