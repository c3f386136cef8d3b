import { signal } from '@preact/signals';
import { exact, relative } from '../format';

/** Ticks, so that what is relative to now stays true. */
const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 5000);

/** A time relative to now; exactly in its title. */
export function When({ time }: { time: string | number | undefined }) {
  if (time === undefined) return <span class="muted">—</span>;
  return (
    <time dateTime={new Date(time).toISOString()} title={exact(time)}>
      {relative(time, Math.max(now.value, Date.now() - 5000))}
    </time>
  );
}
