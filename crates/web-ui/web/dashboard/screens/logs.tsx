import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { Button, Field } from '../../kit';
import { api, query } from '../api';
import { exact, lasting, sentence } from '../format';
import { useLoad } from '../load';
import { CopyButton, Copyable } from '../parts/copy';
import { LiveBar, useFollow } from '../parts/live';
import { Awaited, Card, Empty, Facts, Page } from '../parts/page';
import { Badge, type Tone, turn } from '../parts/state';
import { When } from '../parts/time';
import { type AuthLog, millis, word } from '../types';

const TONES: Record<string, Tone> = { SUCCESS: 'good', FAILURE: 'bad', PENDING: 'info' };
const OPERATIONS = ['CONNECT', 'REFRESH', 'VERIFY', 'REVOKE'];
const OUTCOMES = ['SUCCESS', 'FAILURE', 'PENDING', 'SUPERSEDED', 'UNSUPPORTED'];

interface Filters {
  /** One alone, by its id or by the reference that an end user was shown. */
  log?: string;
  integration?: string;
  operation?: string;
  outcome?: string;
  connection_id?: string;
  live?: string;
}

export function LogsScreen() {
  const { query: address, route } = useLocation();
  const filters: Filters = address;
  const narrow = (change: Filters) => route(`/dashboard/logs${query({ ...filters, ...change })}`, true);
  const asked = {
    operation: filters.operation && `AUTH_LOG_OPERATION_${filters.operation}`,
    outcome: filters.outcome && `AUTH_LOG_OUTCOME_${filters.outcome}`,
    connection_id: filters.connection_id,
    integration: filters.integration,
  };
  const options = (first: string, words: string[]) => [{ value: '', label: first }, ...words.map((value) => ({ value, label: sentence(value) }))];
  return (
    <Page title="Auth logs" lead="Each attempt with a provider from end to end: its steps, what the provider said, and whose turn it is. No log holds a secret.">
      {filters.log && <One id={logIdOf(filters.log) ?? filters.log} />}
      <div class="filters" role="search" aria-label="Auth logs">
        <Field id="operation" label="What was tried" value={filters.operation ?? ''} onInput={(operation) => narrow({ operation })} options={options('Everything tried', OPERATIONS)} />
        <Field id="outcome" label="What came of it" value={filters.outcome ?? ''} onInput={(outcome) => narrow({ outcome })} options={options('Every outcome', OUTCOMES)} />
        {(['connection_id', 'integration'] as const).map(
          (name) =>
            filters[name] && (
              <button key={name} type="button" class="pill" aria-pressed="true" aria-label={`Not only ${filters[name]}`} onClick={() => narrow({ [name]: '' })}>
                {filters[name]} ×
              </button>
            ),
        )}
        <Button onClick={() => narrow({ live: filters.live ? '' : '1' })}>{filters.live ? 'Show the past' : 'Follow live'}</Button>
      </div>
      {filters.live ? <Live key={JSON.stringify(asked)} asked={asked} /> : <Past asked={asked} />}
    </Page>
  );
}

/** What a reference names: end users are given their attempt's id, and its log goes by the same. */
export function logIdOf(reference: string): string | undefined {
  const [, id] = /^(?:log|aut)_([0-9A-HJKMNP-TV-Z]{26})$/.exec(reference.trim()) ?? [];
  return id && `log_${id}`;
}

function One({ id }: { id: string }) {
  const found = useLoad(async (signal) => (await api<{ log: AuthLog }>(`/auth-logs/${encodeURIComponent(id)}`, { signal })).log, [id]);
  return (
    <Card flush title="The attempt that was looked for" actions={<a href="/dashboard/logs">All attempts</a>}>
      <Awaited of={found} rows={3}>
        {(log) => (
          <ul class="live">
            <LogRow of={log} open />
          </ul>
        )}
      </Awaited>
    </Card>
  );
}

function Past({ asked }: { asked: Record<string, string | undefined> }) {
  const [trail, turnTo] = useState<string[]>([]);
  const address = `/auth-logs${query({ ...asked, page_size: 50, page_token: trail.at(-1) })}`;
  const page = useLoad((signal) => api<{ logs?: AuthLog[]; next_page_token?: string }>(address, { signal }), [address]);
  return (
    <Card flush>
      <Awaited of={page} rows={8}>
        {({ logs = [], next_page_token }) => (
          <>
            {logs.length > 0 ? <Logs of={logs} /> : <Empty title="No attempt fits">When somebody connects an account, or a token is refreshed, each step is written down here.</Empty>}
            {(trail.length > 0 || next_page_token) && (
              <nav class="pager" aria-label="Pages">
                <span>Page {trail.length + 1}</span>
                <span class="row">
                  {trail.length > 0 && <Button onClick={() => turnTo(trail.slice(0, -1))}>Newer</Button>}
                  {next_page_token && <Button onClick={() => turnTo([...trail, next_page_token])}>Older</Button>}
                </span>
              </nav>
            )}
          </>
        )}
      </Awaited>
    </Card>
  );
}

function Live({ asked }: { asked: Record<string, string | undefined> }) {
  const followed = useFollow<{ log?: AuthLog; resume_token?: string }, AuthLog>(`/auth-logs:tail${query(asked)}`, (message) => message.log, (one) => one.id);
  return (
    <>
      <div class="row">
        <LiveBar of={followed} />
      </div>
      <Card flush>{followed.items.length > 0 ? <Logs of={followed.items} /> : <Empty title="Waiting for attempts">What is tried from now on appears here.</Empty>}</Card>
    </>
  );
}

function Logs({ of }: { of: AuthLog[] }) {
  return (
    <ul class="live">
      {of.map((log) => (
        <LogRow key={log.id} of={log} />
      ))}
    </ul>
  );
}

function LogRow({ of, open }: { of: AuthLog; open?: boolean }) {
  const outcome = word(of.outcome, 'AUTH_LOG_OUTCOME');
  const failure = of.failure;
  return (
    <li>
      <details open={open}>
        <summary>
          <When time={of.start_time} />
          <span class="row">
            <Badge tone={TONES[outcome] ?? 'quiet'}>{sentence(outcome)}</Badge>
            {sentence(word(of.operation, 'AUTH_LOG_OPERATION'))}
          </span>
          <span class="muted">{[of.integration, failure?.reason, failure?.code].filter(Boolean).join(' · ')}</span>
        </summary>
        <div class="live-body stack">
          <Steps of={of} />
          {failure && (
            <Facts
              of={[
                ['Reason', <code>{failure.reason}</code>],
                ['Cause', failure.cause && <code>{failure.cause}</code>],
                ['The provider said', failure.code && `${failure.code}${failure.description ? `: ${failure.description}` : ''}`],
                ['Whose turn', turn(of.whose_turn)],
              ]}
            />
          )}
          <Facts
            of={[
              ['Id', <Copyable text={of.id} label="id" />],
              ['Began', exact(of.start_time)],
              ...(of.session_id ? [['Connect session', <Copyable text={of.session_id} label="session id" />] as [string, preact.ComponentChildren]] : []),
              ...(of.connection_id ? [['Connection', <a href={`/dashboard/connections/${of.connection_id}`}>{of.connection_id}</a>] as [string, preact.ComponentChildren]] : []),
              ...(of.trace_id ? [['Trace', <Copyable text={of.trace_id} label="trace id" />] as [string, preact.ComponentChildren]] : []),
            ]}
          />
          <span>
            <CopyButton wordy label="Copy as JSON" text={JSON.stringify(of, null, 2)} />
          </span>
        </div>
      </details>
    </li>
  );
}

/** The steps of an attempt as lines in time. */
function Steps({ of }: { of: AuthLog }) {
  const steps = of.steps ?? [];
  if (steps.length === 0) return null;
  const begin = Math.min(...steps.map((step) => new Date(step.start_time ?? 0).getTime()));
  const end = Math.max(...steps.map((step) => new Date(step.start_time ?? 0).getTime() + millis(step.duration)));
  const whole = Math.max(1, end - begin);
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label="Steps">
      <table class="table plain">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Host</th>
            <th scope="col">Answer</th>
            <th scope="col" class="end">
              Took
            </th>
            <th scope="col" class="span-head">
              <span class="for-readers">When</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, at) => (
            <tr key={`${step.name}-${at}`}>
              <th scope="row">{sentence(step.name ?? '')}</th>
              <td>{step.host || <span class="muted">—</span>}</td>
              <td>
                <Badge tone={step.succeeded ? 'good' : 'bad'}>{step.http_status || (step.succeeded ? 'OK' : sentence(step.fault ?? 'failed'))}</Badge>
              </td>
              <td class="end">{lasting(millis(step.duration))}</td>
              <td class="span-room" aria-hidden="true">
                <span class={`span fill-${step.succeeded ? 'info' : 'bad'}`} style={{ marginLeft: `${(100 * (new Date(step.start_time ?? 0).getTime() - begin)) / whole}%`, width: `${Math.max(1.5, (100 * millis(step.duration)) / whole)}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
