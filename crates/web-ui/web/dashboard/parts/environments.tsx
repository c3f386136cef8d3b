import { useState } from 'preact/hooks';
import { Button, Dialog, Icon } from '../../kit';
import { useAction } from '../load';
import { enter, session } from '../session';
import { Trouble } from './page';

/** Where one is, and the way to one's other environments. */
export function Environments() {
  const [open, show] = useState(false);
  const here = session.value?.environment;
  return (
    <>
      <button type="button" class="environment" aria-haspopup="dialog" aria-label={`Environment: ${here}. Change`} onClick={() => show(true)}>
        {here}
        <Icon name="chevron" size={11} />
      </button>
      {open && <Choice onClose={() => show(false)} />}
    </>
  );
}

function Choice({ onClose }: { onClose: () => void }) {
  const { busy, problem, run } = useAction();
  const others = (session.value?.environments ?? []).filter((one) => !one.here);
  return (
    <Dialog title="Environments" onClose={onClose} actions={<Button onClick={onClose}>Close</Button>}>
      <div class="stack">
        <p class="muted">
          You are in <code>{session.value?.environment}</code>, as {session.value?.role}. Each environment has its own connections, integrations and people.
        </p>
        {others.map(({ name, role, provider, login }) => (
          <Button key={name + (provider ?? '')} wide busy={busy} onClick={() => (provider === undefined ? void run(() => enter(name)) : location.assign(`/dashboard/login/with/${login}`))}>
            {provider === undefined ? `Go to ${name}, as ${role}` : `Log in to ${name} with ${provider}`}
          </Button>
        ))}
        {problem && <Trouble problem={problem} />}
        <p class="muted">{others.length > 0 ? 'Another' : 'You are logged in to no other. One'} appears here once you have opened a login link from there in this browser, under the same name.</p>
      </div>
    </Dialog>
  );
}
