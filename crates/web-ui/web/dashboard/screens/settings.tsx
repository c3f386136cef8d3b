import { Field } from '../../kit';
import { appearance } from '../look';
import { Copyable } from '../parts/copy';
import { Card, Facts, Page } from '../parts/page';
import { When } from '../parts/time';
import { redirectUrl, session } from '../session';

/** Where a value comes from, since nothing here can change it. */
function From({ what }: { what: string }) {
  return (
    <span class="tag" title="Set where the server is configured, as a key of its file or a variable">
      {what}
    </span>
  );
}

export function SettingsScreen() {
  const who = session.value;
  return (
    <Page title="Settings" lead="What this server is set to, and where each value comes from. What is set in its file or its variables is changed there.">
      <div class="columns">
        <Card title="This server">
          <Facts
            of={[
              ['Version', who?.version],
              ['Public address', <span class="row"><Copyable text={who?.public_url ?? ''} label="address" /><From what="public_url" /></span>],
              ['Redirect URL', <span class="row"><Copyable text={redirectUrl()} label="redirect URL" /><From what="public_url" /></span>],
              ['API', <Copyable text={`${who?.public_url}/v1`} label="API address" />],
              ['Description of the API', <a href="/v1/openapi.json">/v1/openapi.json</a>],
              ['Your own providers', <span class="row"><span class="muted">In the folder that is named by</span><From what="providers.path" /></span>],
            ]}
          />
        </Card>
        <Card title="You">
          <Facts
            of={[
              ['Name', who?.operator],
              ['Role', who?.role],
              ['Environment', who?.environment],
              ['Logged in until', <When time={who?.expires_at} />],
              ['May', <span class="tags">{who?.scopes.map((scope) => <span class="tag" key={scope}>{scope}</span>)}</span>],
            ]}
          />
          <Field
            id="appearance"
            label="Appearance"
            help="For this browser."
            value={appearance.value}
            onInput={(value) => (appearance.value = value as 'auto' | 'light' | 'dark')}
            options={[
              { value: 'auto', label: 'As the device' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}
