import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button, Field, Icon, Logo, Notice, type Scheme, type Theme, derive } from '../../kit';

/** A connect page in a theme, made of the same parts. */
export function Preview({ theme, scheme, app }: { theme: Theme; scheme: Scheme; app: string }) {
  const page = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const style = page.current?.style;
    // The CSS object model is not the inline style that a content security policy forbids.
    for (const [name, value] of Object.entries(derive(theme, scheme))) style?.setProperty(name, value);
    style?.setProperty('color-scheme', scheme);
  }, [theme, scheme]);
  return (
    <div class="preview" ref={page} data-scheme={scheme} role="group" aria-label={`Preview, ${scheme}`}>
      <div class="preview-card">
        <div class="row">
          <Logo name={app || '·'} size={40} />
          <Icon name="arrow" size={16} />
          <Logo name="Brightdesk" size={40} />
        </div>
        <p class="preview-title">Connect Brightdesk</p>
        <p class="muted">You will sign in at Brightdesk and decide there what {app || 'the app'} may do.</p>
        <Field id={`preview-${scheme}`} label="Subdomain" value="acme" onInput={() => undefined} after=".brightdesk.example" />
        <Notice kind="warning">
          <p>Brightdesk ended the access yesterday.</p>
        </Notice>
        <Button kind="primary" wide>
          Continue to Brightdesk
        </Button>
        <Button wide>Cancel</Button>
      </div>
    </div>
  );
}
