import { useState } from 'preact/hooks';
import { Field, Icon } from '../../kit';
import { exact } from '../format';
import { CopyButton, Copyable, Snippet } from '../parts/copy';
import { LiveBar, useFollow } from '../parts/live';
import { Card, Empty, Facts, Page } from '../parts/page';
import { Badge, type Tone } from '../parts/state';
import { When } from '../parts/time';
import { session } from '../session';
import type { Happening } from '../types';

const TONES: [RegExp, Tone][] = [
  [/failed/, 'bad'],
  [/degraded|expiring|opened/, 'warn'],
  [/created|recovered|reauthorized|closed/, 'good'],
];

/** `dev.latchkey.connection.failed.v1` → `connection.failed`. */
const name = (type: string) => type.replace(/^dev\.latchkey\./, '').replace(/\.v\d+$/, '');

export function EventsScreen() {
  const followed = useFollow<{ event?: Happening; resume_token?: string }, Happening>('/events:watch', (message) => message.event, (one) => one.id, '0-0');
  const [text, type] = useState('');
  const [kind, choose] = useState('');
  const kinds = [...new Set(followed.items.map((one) => name(one.type)))].sort();
  const shown = followed.items.filter((one) => (!kind || name(one.type) === kind) && (!text || JSON.stringify(one).toLowerCase().includes(text.toLowerCase())));
  return (
    <Page title="Events" lead="What happens, as backends are told it: from the event store itself, so nothing is missed." actions={<LiveBar of={followed} />}>
      <div class="filters" role="search" aria-label="Events">
        <span class="control search">
          <Icon name="search" size={16} />
          <input type="search" aria-label="Search events" placeholder="Search in events…" value={text} onInput={(event) => type(event.currentTarget.value)} />
        </span>
        <Field id="kind" label="Type" value={kind} onInput={choose} options={[{ value: '', label: 'Every type' }, ...kinds.map((one) => ({ value: one, label: one }))]} />
      </div>
      <Card flush>
        {shown.length > 0 ? (
          <ul class="live">
            {shown.map((one) => (
              <EventRow key={one.id} of={one} />
            ))}
          </ul>
        ) : (
          <Empty title={followed.items.length > 0 ? 'No event fits' : 'Waiting for events'}>Connect an account, or break one on purpose, and it is told here within a moment.</Empty>
        )}
      </Card>
      <Card title="Follow them yourself" lead="Over HTTP as server-sent events, over gRPC as a stream, or from NATS.">
        <Snippet label="following events" code={`curl -N -H "Authorization: Bearer $LATCHKEY_API_KEY" \\\n  ${session.value?.public_url}/v1/events:watch`} />
      </Card>
    </Page>
  );
}

function EventRow({ of }: { of: Happening }) {
  const kind = name(of.type);
  const tone = TONES.find(([pattern]) => pattern.test(kind))?.[1] ?? 'quiet';
  return (
    <li>
      <details>
        <summary>
          <When time={of.time} />
          <span>
            <Badge tone={tone}>{kind}</Badge>
          </span>
          <span class="muted">{summary(of)}</span>
        </summary>
        <div class="live-body stack">
          <Facts
            of={[
              ['Id', <Copyable text={of.id} label="id" />],
              ['Subject', of.subject && <code>{of.subject}</code>],
              ['Time', exact(of.time)],
              ...(of.connection_id ? [['Connection', <a href={`/dashboard/connections/${of.connection_id}`}>{of.connection_id}</a>] as [string, preact.ComponentChildren]] : []),
            ]}
          />
          <Snippet label="data" code={JSON.stringify(of.data ?? {}, null, 2)} />
          <span>
            <CopyButton wordy label="Copy event" text={JSON.stringify(of, null, 2)} />
          </span>
        </div>
      </details>
    </li>
  );
}

interface Told {
  connection?: { integration?: string; end_user?: { id?: string } };
  failure?: { reason?: string; cause?: string };
  integration?: string;
  provider?: string;
}

function summary(of: Happening): string {
  const { connection, failure, integration, provider } = (of.data ?? {}) as Told;
  const words = [connection?.end_user?.id, connection?.integration ?? integration ?? provider, failure?.cause ?? failure?.reason];
  return words.filter(Boolean).join(' · ') || (of.connection_id ?? of.subject ?? '');
}
