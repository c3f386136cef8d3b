// Providers, integrations and sessions, by the unmodified client.

import assert from 'node:assert/strict';
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

test('a wish that would be ignored is refused', async () => {
  const integrations_config_defaults = { 'demo-oauth': { user_scopes: 'a' } };
  const { status, code } = await refused(client.createConnectSession({ end_user: { id: 'a' }, integrations_config_defaults }));
  assert.deepEqual([status, code], [501, 'not_supported']);
});

test('a reconnect session is made for a connection of the integration, and for no other', async () => {
  const connection_id = connected('demo-oauth', 'reconnecting');
  const { data } = await client.createReconnectSession({ connection_id, integration_id: 'demo-oauth' });
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
