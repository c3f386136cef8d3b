import { exact } from '../format';

const CODE_OR_TIME = /(`[^`]*`|\d{4}-\d\d-\d\dT[\d:.]+Z)/;

/** A sentence of the server's: its commands stand between backticks, and its times are everybody's. */
export function Coded({ text }: { text: string | undefined }) {
  const part = (one: string, at: number) => (at % 2 === 0 ? one : one.startsWith('`') ? <code key={at}>{one.slice(1, -1)}</code> : (
      <time key={at} dateTime={one}>
        {exact(one)}
      </time>
    ));
  return <>{(text ?? '').split(CODE_OR_TIME).map(part)}</>;
}
