// Providers, integrations and sessions, by the unmodified client.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Nango } from '@nangohq/node';
import { apiKey, client, connected, host, raw, refused } from './server.js';

test('the client is made with an API key alone, or a secret key alone, and never with both or none', () => {
  for (const options of [{ apiKey }, { secretKey: apiKey }]) assert(new Nango({ host: `${host}/`, ...options }));
  for (const options of [{}, { apiKey, secretKey: apiKey }]) assert.throws(() => new Nango({ host, ...options }));
});

test('providers are found by a part of their name, in any case', async () => {
  const { data } = await client.listProviders({ search: 'GITHUB' });
  assert(data.some(({ name }) => name === 'github'));
  assert(data.every(({ name, display_name }) => /github/i.test(name + display_name)));
  assert((await client.listProviders({})).data.length > 900);
});

test('a provider says how one connects to it', async () => {
  const { data } = await client.getProvider({ provider: 'github' });
  assert.equal(data.name, 'github');
  assert.equal(data.auth_mode, 'OAUTH2');
  assert.match(data.authorization_url, /^https:\/\/github\.com\//);
  assert.match(data.proxy.base_url, /^https:/);
  const keyed = (await client.getProvider({ provider: 'demo-api-key' })).data;
  assert.equal(keyed.auth_mode, 'API_KEY');
  assert.equal(keyed.credentials.api_key.secret, true);
});

test('an unknown provider is a 404', async () => {
  const { status, code } = await refused(client.getProvider({ provider: 'nobody' }));
  assert.deepEqual([status, code], [404, 'not_found']);
});

test('every provider has a picture', async () => {
  const { data } = await client.getProvider({ provider: 'github' });
  const answer = await fetch(data.logo_url);
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/svg+xml']);
});

test('an integration is created, read, listed, changed and deleted', async () => {
  const unique_key = 'my-github';
  const credentials = { type: 'OAUTH2', client_id: 'app', client_secret: 'canary-secret', scopes: 'repo,user:email' };
  const created = await client.createIntegration({ provider: 'github', unique_key, display_name: 'Ours', credentials });
  assert.equal(created.data.unique_key, unique_key);
  assert(!JSON.stringify(created).includes('canary-secret'));

  const { data } = await client.getIntegration({ uniqueKey: unique_key }, { include: ['webhook'] });
  assert.deepEqual([data.provider, data.display_name, data.webhook_url], ['github', 'Ours', null]);
  assert(Date.parse(data.created_at) <= Date.now() && data.logo.endsWith('/github.svg'));

  const changed = await client.updateIntegration({ uniqueKey: unique_key }, { display_name: 'Theirs' });
  assert.equal(changed.data.display_name, 'Theirs');
  const { configs } = await client.listIntegrations();
  assert(configs.some((it) => it.unique_key === unique_key && it.display_name === 'Theirs'));
  assert.equal((await raw(`/config/${unique_key}`)).body.config.provider, 'github');

  assert.equal((await client.deleteIntegration(unique_key)).data.success, true);
  assert.equal((await refused(client.getIntegration({ uniqueKey: unique_key }))).status, 404);
});

test('an integration that needs no app is created by its provider alone', async () => {
  const made = await client.createQuickstartIntegration({ provider: 'demo-api-key', unique_key: 'quick' });
  assert.deepEqual([made.data.unique_key, made.data.provider], ['quick', 'demo-api-key']);
  await client.deleteIntegration('quick');
  const needed = await refused(client.createQuickstartIntegration({ provider: 'github', unique_key: 'quick' }));
  assert.deepEqual([needed.status, needed.errors[0].path], [400, ['credentials', 'client_id']]);
});

test('an app that is installed is registered under the names of old, and shown by them', async () => {
  const credentials = {
    type: 'APP', app_id: '77', app_link: 'https://github.com/apps/acme',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }),
  };
  await client.createIntegration({ provider: 'github-app', unique_key: 'app', credentials });
  const { data } = await client.getIntegration({ uniqueKey: 'app' }, { include: ['credentials'] });
  const { type, app_id, app_link, private_key } = data.credentials;
  assert.deepEqual({ type, app_id, app_link, private_key }, credentials);
  const { body } = await raw('/config/app?include_creds=true');
  assert.equal(body.config.credentials.app_id, '77');
  await client.deleteIntegration('app');
});

test('what is wrong inside an object is told by its path', async () => {
  const { status, errors } = await refused(client.createConnectSession({ end_user: { id: '' } }));
  assert.deepEqual([status, errors[0].path], [400, ['end_user', 'id']]);
});

test('what is not set when an integration is changed stays as it was', async () => {
  const unique_key = 'kept';
  const credentials = { type: 'OAUTH2', client_id: 'app', client_secret: 's', scopes: 'repo' };
  await client.createIntegration({ provider: 'github', unique_key, credentials });
  await client.updateIntegration({ uniqueKey: unique_key }, { display_name: 'New name' });
  const native = await raw(`/v1/integrations/${unique_key}`);
  assert.deepEqual([native.body.integration.client_id, native.body.integration.scopes], ['app', ['repo']]);
  await client.deleteIntegration(unique_key);
});

test('an integration that could not work is refused with the field', async () => {
  const unique_key = 'wrong';
  const credentials = { type: 'OAUTH2', client_id: 'a', client_secret: 'b' };
  const cases = [
    [{ provider: 'nobody', unique_key, credentials }, 'provider'],
    [{ provider: 'github', unique_key: 'demo-oauth', credentials }, 'unique_key'],
    [{ provider: 'github', unique_key, credentials: { ...credentials, type: 'API_KEY' } }, 'credentials'],
    [{ provider: 'github', unique_key, credentials, extra: 1 }, 'extra'],
    [{ provider: 'github', credentials }, 'unique_key'],
  ];
  for (const [body, field] of cases) {
    const { status, code, errors } = await refused(client.createIntegration(body));
    assert.deepEqual([status, code, errors[0].path[0]], [400, 'invalid_body', field]);
  }
});

test('a session is a token and a link that lasts half an hour', async () => {
  const begun = Date.now();
  const { data } = await client.createConnectSession({
    end_user: { id: 'ana', email: 'ana@example.com', display_name: 'Ana' },
    organization: { id: 'acme', display_name: 'Acme' },
    allowed_integrations: ['demo-oauth'],
  });
  assert(data.token && data.connect_link.startsWith(host));
  const left = Date.parse(data.expires_at) - begun;
  assert(left > 29 * 60_000 && left < 32 * 60_000, data.expires_at);
});

test('a session may be made for whom its tags name, and for every integration', async () => {
  const { data } = await client.createConnectSession({ tags: { end_user_id: 'ana' } });
  assert(data.token);
});

test('a session for nobody, or for an integration there is not, is refused with the field', async () => {
  const nobody = await refused(client.createConnectSession({ allowed_integrations: ['demo-oauth'] }));
  assert.deepEqual([nobody.status, nobody.code, nobody.errors[0].path[0]], [400, 'invalid_body', 'end_user']);
  const unknown = await refused(client.createConnectSession({ end_user: { id: 'a' }, allowed_integrations: ['demo-oauth', 'x'] }));
  assert.deepEqual([unknown.status, unknown.errors.map(({ path }) => path)], [400, [['allowed_integrations', '1']]]);
});

test('what a session settles for its integrations comes with it, and a page of its own is told', async () => {
  const { data } = await client.createConnectSession({
    end_user: { id: 'ana' },
    allowed_integrations: ['demo-oauth', 'demo-basic'],
    integrations_config_defaults: {
      'demo-oauth': {
        user_scopes: 'a,b',
        authorization_params: { login_hint: 'ana@example.com' },
        connection_config: { oauth_scopes_override: 'notes:write,notes:read', region: 'eu' },
      },
      'demo-basic': { connection_config: { username: 'ana' }, authorization_params: { login_hint: 'x' } },
      // There, and not offered.
      'demo-machine': { connection_config: { oauth_scopes_override: 'profile:read' } },
    },
    overrides: { 'demo-oauth': { docs_connect: 'https://help.example/demo' } },
  });
  const { body } = await raw('/connect/session', { headers: { authorization: `Bearer ${data.token}` } });
  assert.deepEqual(body.data.integrations_config_defaults, {
    'demo-oauth': {
      connection_config: { oauth_scopes_override: 'notes:write,notes:read', region: 'eu' },
      authorization_params: { login_hint: 'ana@example.com', user_scope: 'a,b' },
    },
    'demo-basic': { connection_config: { username: 'ana' }, authorization_params: {} },
  });
  assert.deepEqual(body.data.overrides, { 'demo-oauth': { docs_connect: 'https://help.example/demo' } });

  const page = new URL(`${host}/oauth/connect/demo-oauth`);
  page.searchParams.set('connect_session_token', data.token);
  const away = await fetch(page, { redirect: 'manual' });
  const asked = new URL(away.headers.get('location')).searchParams;
  assert.deepEqual([asked.get('scope'), asked.get('login_hint'), asked.get('user_scope')], ['notes:write notes:read profile:read', 'ana@example.com', 'a,b']);
});

test('what cannot be settled for an integration is refused with its place', async () => {
  const refusedFor = async (wish) => {
    const { status, code, errors } = await refused(client.createConnectSession({ end_user: { id: 'a' }, ...wish }));
    assert.deepEqual([status, code], [400, 'invalid_body']);
    return errors[0].path;
  };
  const integrations_config_defaults = (key, given) => ({ integrations_config_defaults: { [key]: given } });
  assert.deepEqual(await refusedFor(integrations_config_defaults('x', {})), ['integrations_config_defaults', 'x']);
  assert.deepEqual(await refusedFor(integrations_config_defaults('demo-oauth', { extra: 1 })), ['extra']);
  assert.deepEqual(await refusedFor({ overrides: { x: {} } }), ['overrides', 'x']);
  await refusedFor(integrations_config_defaults('demo-oauth', { authorization_params: { state: 'x' } }));
  await refusedFor({ overrides: { 'demo-oauth': { docs_connect: 'javascript:alert(1)' } } });
});

test('a reconnect session is made for a connection of the integration, and for no other', async () => {
  const connection_id = connected('demo-oauth', 'reconnecting');
  const integrations_config_defaults = { 'demo-oauth': { connection_config: { oauth_scopes_override: 'notes:write' } } };
  const wish = { connection_id, integration_id: 'demo-oauth', integrations_config_defaults };
  const { data } = await client.createReconnectSession(wish);
  assert(data.token && data.connect_link && data.expires_at);
  for (const wrong of [
    { connection_id, integration_id: 'demo-api-key' },
    { connection_id: 'nobody', integration_id: 'demo-oauth' },
  ]) {
    const { status, code } = await refused(client.createReconnectSession(wrong));
    assert.deepEqual([status, code], [400, 'invalid_body']);
  }
});

test('there are no variables for scripts', async () => {
  assert.deepEqual(await client.getEnvironmentVariables(), []);
});
