import { useState } from 'preact/hooks';
import { count } from '../format';
import type { Tone } from './state';

export interface Bar {
  label: string;
  value: number;
  tone: Tone;
  /** How many of them stand out, and how. */
  marked?: { value: number; tone: Tone; label: string } | undefined;
  href?: string | undefined;
}

/** Bars, and the same as a table for whoever would rather read or copy it. */
export function Bars({ title, bars, unit }: { title: string; bars: Bar[]; unit: string }) {
  const [asTable, show] = useState(false);
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <figure class="chart">
      {asTable ? (
        <table class="table plain">
          <caption class="for-readers">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="end">
                {unit}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr key={bar.label}>
                <th scope="row">{bar.label}</th>
                <td class="end">
                  {count(bar.value)}
                  {!!bar.marked?.value && `, ${count(bar.marked.value)} ${bar.marked.label}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <ol class="bars">
          {bars.map((bar) => (
            <li key={bar.label}>
              <BarBody bar={bar} share={bar.value / most} unit={unit} />
            </li>
          ))}
        </ol>
      )}
      <figcaption>
        <button type="button" class="text-button" aria-pressed={asTable} onClick={() => show(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </button>
      </figcaption>
    </figure>
  );
}

function BarBody({ bar, share, unit }: { bar: Bar; share: number; unit: string }) {
  const body = (
    <>
      <span class="bar-value">{count(bar.value)}</span>
      <span class="bar-room" aria-hidden="true">
        <span class={`bar-fill fill-${bar.tone}`} style={{ height: `${bar.value ? Math.max(3, share * 100) : 0}%` }}>
          {!!bar.marked?.value && <span class={`fill-${bar.marked.tone}`} style={{ height: `${Math.max(6, (100 * bar.marked.value) / bar.value)}%` }} />}
        </span>
      </span>
      <span class="bar-label">{bar.label}</span>
      <span class="for-readers">
        {' '}
        {unit}
        {!!bar.marked?.value && `, ${count(bar.marked.value)} ${bar.marked.label}`}
      </span>
    </>
  );
  return bar.href && bar.value ? (
    <a class="bar" href={bar.href}>
      {body}
    </a>
  ) : (
    <span class="bar">{body}</span>
  );
}

/** Shares of a whole, in one line. Always beside the numbers. */
export function Shares({ of }: { of: { tone: Tone; value: number; label: string }[] }) {
  const whole = of.reduce((sum, part) => sum + part.value, 0);
  return (
    <span class="shares" role="img" aria-label={of.filter((part) => part.value).map((part) => `${count(part.value)} ${part.label}`).join(', ') || 'none'}>
      {of.map((part) => part.value > 0 && <span key={part.label} class={`fill-${part.tone}`} style={{ flexGrow: part.value / whole }} />)}
    </span>
  );
}
