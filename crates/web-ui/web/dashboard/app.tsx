import { LocationProvider, Route, Router } from 'preact-iso/router';
import { AppearanceScreen } from './screens/appearance';
import { ConnectionScreen } from './screens/connection';
import { ConnectionsScreen } from './screens/connections';
import { EventsScreen } from './screens/events';
import { HealthScreen } from './screens/health';
import { IntegrationScreen } from './screens/integration';
import { IntegrationsScreen } from './screens/integrations';
import { KeysScreen } from './screens/keys';
import { LoginScreen } from './screens/login';
import { LogsScreen } from './screens/logs';
import { NewIntegrationScreen } from './screens/new-integration';
import { NowhereScreen } from './screens/nowhere';
import { ProvidersScreen } from './screens/providers';
import { SettingsScreen } from './screens/settings';
import { StartScreen } from './screens/start';
import { WebhookScreen } from './screens/webhook';
import { WebhooksScreen } from './screens/webhooks';
import { session } from './session';
import { Shell } from './shell';

export function App() {
  return (
    <LocationProvider scope="/dashboard">
      {session.value ? (
        <Shell>
          <Router>
            <Route path="/dashboard" component={HealthScreen} />
            <Route path="/dashboard/start" component={StartScreen} />
            <Route path="/dashboard/connections" component={ConnectionsScreen} />
            <Route path="/dashboard/connections/:id" component={ConnectionScreen} />
            <Route path="/dashboard/integrations" component={IntegrationsScreen} />
            <Route path="/dashboard/integrations/:key" component={IntegrationScreen} />
            <Route path="/dashboard/providers" component={ProvidersScreen} />
            <Route path="/dashboard/providers/:id" component={NewIntegrationScreen} />
            <Route path="/dashboard/events" component={EventsScreen} />
            <Route path="/dashboard/logs" component={LogsScreen} />
            <Route path="/dashboard/webhooks" component={WebhooksScreen} />
            <Route path="/dashboard/webhooks/:id" component={WebhookScreen} />
            <Route path="/dashboard/keys" component={KeysScreen} />
            <Route path="/dashboard/appearance" component={AppearanceScreen} />
            <Route path="/dashboard/settings" component={SettingsScreen} />
            <Route default component={NowhereScreen} />
          </Router>
        </Shell>
      ) : (
        <LoginScreen />
      )}
    </LocationProvider>
  );
}
