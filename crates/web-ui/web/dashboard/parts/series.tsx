import { useState } from 'preact/hooks';
import { count, exact, onDay } from '../format';
import { Dot, type Tone } from './state';

export interface Part {
  label: string;
  tone: Tone;
  value: number;
  href: string;
}

export interface Point {
  /** Unix milliseconds. */
  at: number;
  /** In the order they are stacked in, from below; the same for every point. */
  parts: Part[];
}

const whole = (point: Point): number => point.parts.reduce((sum, part) => sum + part.value, 0);

/**
 * How something was made up over time: columns, one instant of them in words with links, and the same as a table. A slider
 * chooses the instant, so that keys and fingers reach what a mouse does. `missing` columns come before the first point. Points by `days`
 * are told without a time of day.
 */
export function Series({ title, points, missing, from, days }: { title: string; points: Point[]; missing: number; from: number; days: boolean }) {
  const told = days ? onDay : exact;
  const [asTable, show] = useState(false);
  const [chosen, choose] = useState<number | undefined>(undefined);
  const at = Math.min(chosen ?? points.length - 1, points.length - 1);
  const point = points[at];
  const most = Math.max(1, ...points.map(whole));
  if (!point) return null;
  return (
    <figure class="chart series">
      {asTable ? (
        <SeriesTable title={title} points={points} told={told} />
      ) : (
        <>
          <div class="series-room" aria-hidden="true">
            <span class="series-most">{count(most)}</span>
            {Array.from({ length: missing }, (_, number) => (
              <span key={`none-${number}`} class="series-column" />
            ))}
            {points.map((one, number) => (
              <span key={one.at} class={`series-column${number === at ? ' chosen' : ''}`} onPointerEnter={() => choose(number)} onPointerDown={() => choose(number)}>
                {one.parts.map((part) => part.value > 0 && <span key={part.label} class={`fill-${part.tone}`} style={{ height: `${(100 * part.value) / most}%` }} />)}
              </span>
            ))}
          </div>
          <div class="series-axis muted" aria-hidden="true">
            <span>{told(from)}</span>
            <span>Now</span>
          </div>
          {points.length > 1 && (
            <input
              type="range"
              class="series-slider"
              aria-label={`Instant of “${title}”`}
              aria-valuetext={`${told(point.at)}: ${inWords(point)}`}
              min={0}
              max={points.length - 1}
              value={at}
              style={{ marginInlineStart: `${(100 * missing) / (missing + points.length)}%` }}
              onInput={(event) => choose(Number(event.currentTarget.value))}
            />
          )}
          <p class="series-words">
            <strong>{at === points.length - 1 ? 'Now' : told(point.at)}</strong>
            {point.parts.map((part) => (
              <a key={part.label} href={part.href}>
                <Dot tone={part.tone} />
                {count(part.value)} {part.label}
              </a>
            ))}
          </p>
        </>
      )}
      <figcaption>
        <button type="button" class="text-button" aria-pressed={asTable} onClick={() => show(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </button>
      </figcaption>
    </figure>
  );
}

const inWords = (point: Point): string => point.parts.map((part) => `${count(part.value)} ${part.label}`).join(', ');

function SeriesTable({ title, points, told }: { title: string; points: Point[]; told: (time: number) => string }) {
  return (
    <div class="series-table" tabIndex={0} role="group" aria-label={title}>
      <table class="table plain">
        <caption class="for-readers">{title}</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            {points[0]?.parts.map((part) => (
              <th scope="col" class="end" key={part.label}>
                {part.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...points].reverse().map((point) => (
            <tr key={point.at}>
              <th scope="row">{told(point.at)}</th>
              {point.parts.map((part) => (
                <td class="end" key={part.label}>
                  {count(part.value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
