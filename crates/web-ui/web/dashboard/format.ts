// Times and names as people read them.

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const NUMBER = new Intl.NumberFormat('en');
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** `3 min. ago`, `in 2 hr.` */
export function relative(time: string | number | undefined, now = Date.now()): string {
  if (time === undefined) return '—';
  const apart = new Date(time).getTime() - now;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(apart) >= size) ?? ['second', 1000];
  return unit === 'second' && Math.abs(apart) < 5000 ? 'now' : RELATIVE.format(Math.round(apart / size), unit);
}

export const exact = (time: string | number | undefined): string => (time === undefined ? '—' : EXACT.format(new Date(time)));

/** Without the time of day, where it says nothing. */
export const onDay = (time: number): string => DAY.format(new Date(time));

export const count = (value: number | undefined): string => NUMBER.format(value ?? 0);

export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** `45 ms`, `1.2 s`, `3 min`, `2 h`, `30 d`. */
export function lasting(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const AUTH_MODES: Record<string, string> = {
  OAUTH2: 'OAuth 2.0',
  OAUTH2_CC: 'Client credentials',
  OAUTH1: 'OAuth 1.0a',
  API_KEY: 'API key',
  BASIC: 'Basic',
  APP: 'App installation',
  TBA: 'OAuth 1.0a, given token',
  UNSUPPORTED: 'Not supported yet',
  TWO_STEP: 'Token exchange',
  JWT: 'Signed token',
  AWS_SIGV4: 'AWS SigV4',
  NONE: 'No credential',
};

export const authMode = (mode: string | undefined): string => AUTH_MODES[mode ?? ''] ?? sentence(mode ?? '');

/** `NEEDS_REAUTH` → `Needs reauth`, `connection.credentials_refreshed` → `Credentials refreshed`. */
export function sentence(text: string): string {
  const words = (text.split('.').at(-1) ?? text).toLowerCase().replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `con_01JD…7F3A`, for narrow places; the whole id is in the title. */
export const short = (id: string): string => (id.length > 18 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** `crm` → `CRM`, `dev-tools` → `Dev tools`, `e-commerce` → `E-commerce`. */
export function category(text: string): string {
  if (text.length <= 3) return text.toUpperCase();
  return text.startsWith('e-') ? `E-${text.slice(2)}` : sentence(text);
}
