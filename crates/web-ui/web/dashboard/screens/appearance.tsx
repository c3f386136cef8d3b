import { useState } from 'preact/hooks';
import { Field, type Ratio, type Scheme, type Theme, type Tokens, report } from '../../kit';
import { Snippet } from '../parts/copy';
import { Card, Page } from '../parts/page';
import { Badge } from '../parts/state';
import { session } from '../session';
import { Preview } from './appearance-preview';

const SCHEMES: { scheme: Scheme; name: string }[] = [
  { scheme: 'light', name: 'Light' },
  { scheme: 'dark', name: 'Dark' },
];

const COLOURS: { token: keyof Tokens; label: string; light: string; dark: string }[] = [
  { token: 'primary', label: 'Primary', light: '#1f5fe0', dark: '#7da6ff' },
  { token: 'surface', label: 'Page', light: '#f5f6f8', dark: '#0e1014' },
  { token: 'surface_raised', label: 'Card', light: '#ffffff', dark: '#17191f' },
  { token: 'text', label: 'Text', light: '#14171c', dark: '#eef0f4' },
  { token: 'text_muted', label: 'Quiet text', light: '#59616e', dark: '#a2aab8' },
  { token: 'border', label: 'Border', light: '#d9dde4', dark: '#2d323c' },
  { token: 'focus', label: 'Focus', light: '#1f5fe0', dark: '#8fb2ff' },
  { token: 'danger', label: 'What went wrong', light: '#c0281d', dark: '#ff8a7e' },
  { token: 'warning', label: 'Warnings', light: '#8a5a00', dark: '#f2bd57' },
  { token: 'success', label: 'Success', light: '#107a43', dark: '#5fd394' },
];

const LENGTHS: { token: 'font_size' | 'radius_control' | 'radius_card' | 'control_height'; label: string; least: number; most: number; otherwise: number }[] = [
  { token: 'font_size', label: 'Size of text', least: 13, most: 20, otherwise: 15 },
  { token: 'radius_control', label: 'Corners of buttons', least: 0, most: 24, otherwise: 9 },
  { token: 'radius_card', label: 'Corners of the card', least: 0, most: 32, otherwise: 16 },
  { token: 'control_height', label: 'Height of buttons', least: 32, most: 64, otherwise: 44 },
];

/** Tries a theme out. What it comes to is set where the server is configured, so that is what is handed out here. */
export function AppearanceScreen() {
  const [name, call] = useState('Acme');
  const [theme, change] = useState<Theme>({});
  return (
    <Page title="Appearance" lead="How the connect pages look to end users. Try it here, and put what it comes to into the server’s settings.">
      <div class="columns even">
        {SCHEMES.map(({ scheme, name: title }) => (
          <Card key={scheme} title={title}>
            <Preview theme={theme} scheme={scheme} app={name} />
            <Contrast theme={theme} scheme={scheme} title={title} />
          </Card>
        ))}
      </div>
      <div class="columns even">
        <Card title="Colours" lead="Whatever cannot be read is moved until it can.">
          <Colours theme={theme} onChange={change} />
        </Card>
        <div class="stack">
          <Card title="Shape">
            <Field id="app-name" label="Product" help="As sentences name it." value={name} onInput={call} />
            {LENGTHS.map(({ token, label, least, most, otherwise }) => (
              <label class="range" key={token}>
                <span>
                  {label} <span class="muted">{theme[token] ?? otherwise} px</span>
                </span>
                <input type="range" min={least} max={most} value={theme[token] ?? otherwise} onInput={(event) => change({ ...theme, [token]: Number(event.currentTarget.value) })} />
              </label>
            ))}
          </Card>
          <Card title="For the settings" lead="In the server’s file; a new start puts it on.">
            <Snippet code={toml(session.value?.environment ?? 'prod', name, theme)} label="settings" />
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Colours({ theme, onChange }: { theme: Theme; onChange: (theme: Theme) => void }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Colours">
      <table class="table plain">
        <caption class="for-readers">Colours</caption>
        <thead>
          <tr>
            <th scope="col">Colour</th>
            {SCHEMES.map(({ scheme, name }) => (
              <th scope="col" key={scheme}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {COLOURS.map((colour) => (
            <tr key={colour.token}>
              <th scope="row">{colour.label}</th>
              {SCHEMES.map(({ scheme, name }) => (
                <td key={scheme}>
                  <input
                    class="swatch"
                    type="color"
                    aria-label={`${colour.label}, ${name.toLowerCase()}`}
                    value={theme[scheme]?.[colour.token] ?? colour[scheme]}
                    onInput={(event) => onChange({ ...theme, [scheme]: { ...theme[scheme], [colour.token]: event.currentTarget.value } })}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const NAMES: Record<Ratio['name'], string> = {
  text: 'Text',
  text_muted: 'Quiet text',
  primary: 'Text on the primary colour',
  focus: 'Focus',
  border_control: 'Border of fields',
  danger: 'What went wrong',
  warning: 'Warnings',
  success: 'Success',
};

/** What the chosen colours come to by themselves (WCAG 2.2, 1.4.3 and 1.4.11). */
function Contrast({ theme, scheme, title }: { theme: Theme; scheme: Scheme; title: string }) {
  const ratios = report(theme, scheme);
  // What nobody chose is moved, too, and that is nothing to be warned of.
  const chosen = (name: Ratio['name']) => theme[scheme]?.[name === 'border_control' ? 'border' : name] !== undefined;
  return (
    <div class="table-frame contrast" tabIndex={0} role="region" aria-label={`Contrast, ${title.toLowerCase()}`}>
      <table class="table plain">
        <caption class="for-readers">Contrast, {title.toLowerCase()}</caption>
        <thead>
          <tr>
            <th scope="col">Contrast</th>
            <th scope="col" class="end">
              Is, and must be
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {ratios.map(({ name, ratio, wanted }) => (
            <tr key={name}>
              <th scope="row">{NAMES[name]}</th>
              <td class="end">
                {ratio.toFixed(2)} <span class="muted">of {wanted}</span>
              </td>
              <td>{ratio >= wanted ? <Badge tone="good">As chosen</Badge> : <Badge tone={chosen(name) ? 'warn' : 'quiet'}>Moved until it does</Badge>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** As the settings take it. Names of environments and colours need no escaping; the product's name may. */
export function toml(environment: string, app: string, theme: Theme): string {
  const lines = [`[connect.environments.${environment}]`, `app_name = ${JSON.stringify(app)}`];
  const lengths = LENGTHS.filter(({ token }) => theme[token] !== undefined).map(({ token }) => `${token} = ${theme[token]}`);
  if (lengths.length > 0) lines.push('', `[connect.environments.${environment}.theme]`, ...lengths);
  for (const { scheme } of SCHEMES) {
    const colours = Object.entries(theme[scheme] ?? {});
    if (colours.length > 0) lines.push('', `[connect.environments.${environment}.theme.${scheme}]`, ...colours.map(([token, colour]) => `${token} = "${colour}"`));
  }
  return lines.join('\n');
}
