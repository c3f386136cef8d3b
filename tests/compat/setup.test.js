// Providers, integrations and sessions, by the unmodified client.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Nango } from '@nangohq/node';
import { apiKey, client, connected, filledIn, host, raw, refused } from './server.js';

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

test('an integration takes another key while nothing is connected to it, and its app goes along', async () => {
  const credentials = { type: 'OAUTH2', client_id: 'app', client_secret: 'canary-secret', scopes: 'repo' };
  await client.createIntegration({ provider: 'github', unique_key: 'first', credentials, forward_webhooks: true });
  const { data } = await client.updateIntegration({ uniqueKey: 'first' }, { unique_key: 'second', display_name: 'Ours' });
  // Nothing is forwarded here, whatever was asked for.
  assert.deepEqual([data.unique_key, data.display_name, data.forward_webhooks], ['second', 'Ours', false]);
  const shown = (await client.getIntegration({ uniqueKey: 'second' }, { include: ['credentials'] })).data.credentials;
  assert.deepEqual([shown.client_id, shown.client_secret, shown.scopes], ['app', 'canary-secret', 'repo']);
  assert.equal((await refused(client.getIntegration({ uniqueKey: 'first' }))).status, 404);

  connected('demo-basic', 'keeps the key');
  for (const [uniqueKey, unique_key] of [['second', 'demo-oauth'], ['second', 'a/b'], ['demo-basic', 'third']]) {
    const { status, code, errors } = await refused(client.updateIntegration({ uniqueKey }, { unique_key }));
    assert.deepEqual([status, code, errors[0].path], [400, 'invalid_body', ['unique_key']], `${uniqueKey} as ${unique_key}`);
  }
  await client.deleteIntegration('second');
});

test('the whole catalogue is there for whoever asks', async () => {
  const answer = await fetch(`${host}/providers.json`);
  assert.equal(answer.status, 200);
  const providers = await answer.json();
  assert(Object.keys(providers).length > 900);
  assert.deepEqual(providers.github, (await client.getProvider({ provider: 'github' })).data);
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

test('a page of its own is told whose session it is, and the connection is theirs', async () => {
  const organization = { id: 'acme', display_name: 'Acme' };
  const end_user = { id: 'ana', email: 'ana@example.com', display_name: 'Ana', tags: { seat: '7' } };
  const allowed_integrations = ['demo-api-key'];
  const { data } = await client.createConnectSession({ end_user, organization, allowed_integrations, tags: { Plan: 'pro' } });
  const session = async (token) => (await raw('/connect/session', { headers: { authorization: `Bearer ${token}` } })).body.data;
  assert.deepEqual((await session(data.token)).endUser, { ...end_user, organization });

  const { apiKey } = (await client.getConnection('demo-api-key', connected('demo-api-key', 'lends the key'))).credentials;
  const made = await filledIn('/api-auth/api-key/demo-api-key', data.token, { apiKey });
  assert.deepEqual([made.status, made.providerConfigKey], [200, 'demo-api-key']);
  const seen = await client.getConnection('demo-api-key', made.connectionId);
  assert.deepEqual(seen.end_user, { ...end_user, organization });
  const named = { end_user_id: 'ana', end_user_email: 'ana@example.com', end_user_display_name: 'Ana' };
  assert.deepEqual(seen.tags, { plan: 'pro', organization_id: 'acme', organization_display_name: 'Acme', ...named });
  const again = await client.createReconnectSession({ connection_id: made.connectionId, integration_id: 'demo-api-key' });
  assert.deepEqual((await session(again.data.token)).endUser, { ...end_user, organization });

  // Other tags are no other end user, and take nothing from this one.
  await client.patchConnection({ connectionId: made.connectionId, provider_config_key: 'demo-api-key' }, { tags: { end_user_email: 'ana@new.example' } });
  const patched = await client.getConnection('demo-api-key', made.connectionId);
  assert.deepEqual([patched.end_user.email, patched.end_user.tags], ['ana@new.example', { seat: '7' }]);
});

test('who is known by tags alone is nobody by name, and everybody is somebody else', async () => {
  const wish = { tags: { project: 'p1' }, allowed_integrations: ['demo-api-key'] };
  const { apiKey } = (await client.getConnection('demo-api-key', connected('demo-api-key', 'lends the key'))).credentials;
  const ids = [];
  for (const { data } of [await client.createConnectSession(wish), await client.createConnectSession(wish)]) {
    const { body } = await raw('/connect/session', { headers: { authorization: `Bearer ${data.token}` } });
    assert.equal(body.data.endUser, null);
    ids.push((await filledIn('/api-auth/api-key/demo-api-key', data.token, { apiKey })).connectionId);
  }
  const { connections } = await client.listConnections({ tags: { project: 'p1' } });
  assert.deepEqual(connections.map((it) => [it.connection_id, it.end_user, it.tags]), ids.reverse().map((id) => [id, null, wish.tags]));
  const [one, other] = await Promise.all(ids.map(async (id) => (await raw(`/v1/connections/${id}`)).body.connection.end_user));
  assert.notEqual(one, other);
});

test('a form is for one kind of credentials, and whatever fits is taken', async () => {
  const { data } = await client.createConnectSession({ end_user: { id: 'ana' }, allowed_integrations: ['demo-api-key', 'demo-oauth'] });
  const sent = async (path, body) => {
    const { status, code } = await filledIn(path, data.token, body);
    return [status, code];
  };
  const basic = { username: 'ana', password: 'p' };
  assert.deepEqual(await sent('/api-auth/basic/demo-api-key', basic), [400, 'invalid_auth_mode']);
  assert.deepEqual(await sent('/api-auth/basic/demo-oauth', basic), [400, 'invalid_auth_mode']);
  assert.deepEqual(await sent('/auth/unauthenticated/demo-oauth'), [400, 'invalid_auth_mode']);
  assert.deepEqual(await sent('/api-auth/api-key/demo-api-key', basic), [400, 'invalid_body']);
  assert.deepEqual(await sent('/api-auth/api-key/demo-api-key', { apiKey: 'wrong' }), [400, 'connection_test_failed']);
  assert.deepEqual(await sent('/api-auth/basic/demo-basic', basic), [400, 'integration_not_allowed']);
});

test('a provider that asks for nothing is connected to with nothing', async () => {
  await client.createIntegration({ provider: 'unauthenticated', unique_key: 'open' });
  const { data } = await client.createConnectSession({ end_user: { id: 'ana' }, allowed_integrations: ['open'] });
  const made = await filledIn('/auth/unauthenticated/open', data.token);
  assert.deepEqual([made.status, made.providerConfigKey], [200, 'open']);
  const seen = await client.getConnection('open', made.connectionId);
  assert.deepEqual([seen.credentials, seen.errors, seen.end_user.id], [{}, [], 'ana']);
  assert.deepEqual(await client.getToken('open', made.connectionId), {});
  await client.deleteConnection('open', made.connectionId);
  await client.deleteIntegration('open');
});

test('a pasted token is kept with the client it was given to', async () => {
  const credentials = { type: 'TBA', client_id: 'ours', client_secret: 'canary_ours' };
  await client.createIntegration({ provider: 'netsuite-tba', unique_key: 'pasted', credentials });
  const { data } = await client.createConnectSession({ end_user: { id: 'ana' }, allowed_integrations: ['pasted', 'demo-api-key'] });
  const token = { token_id: 't', token_secret: 'canary_token' };
  const own = { oauth_client_id_override: 'theirs', oauth_client_secret_override: 'canary_theirs' };
  assert.equal((await filledIn('/api-auth/api-key/demo-api-key', data.token, { apiKey: 'k', ...own })).code, 'not_supported');
  const made = await filledIn('/auth/tba/pasted', data.token, { ...token, ...own, accountId: '77' });
  assert.equal(made.status, 200, JSON.stringify(made));
  const seen = await client.getConnection('pasted', made.connectionId);
  assert.deepEqual(seen.credentials, { type: 'TBA', ...token, config_override: {} });
  assert.deepEqual([seen.connection_config.account_id, seen.connection_config.accountId], ['77', '77']);
  const signed = await raw(`/v1/connections/${made.connectionId}:credential`);
  assert.match(JSON.stringify(signed.body), /canary_theirs/);
  await client.deleteConnection('pasted', made.connectionId);
  await client.deleteIntegration('pasted');
});

test('a refresh token that there is already is used in the place of a consent', async () => {
  const begun = async (end_user, credentials) => {
    const { data } = await client.createConnectSession({ end_user: { id: end_user }, allowed_integrations: ['demo-oauth'] });
    const page = new URL(`${host}/oauth/connect/demo-oauth`);
    page.searchParams.set('connect_session_token', data.token);
    for (const [name, value] of Object.entries(credentials)) page.searchParams.set(`credentials[${name}]`, value);
    const answer = await fetch(page, { redirect: 'manual' });
    return [answer.status, answer.headers.get('location'), (await client.listConnections({ userId: end_user })).connections];
  };
  const had = (await client.getConnection('demo-oauth', connected('demo-oauth', 'had it'), false, true)).credentials;
  const [status, location, [made]] = await begun('brings it', { oauth_refresh_token_override: had.refresh_token });
  assert.deepEqual([status, location], [303, '/connect/window/done']);
  const { credentials } = await client.getConnection('demo-oauth', made.connection_id);
  assert.notEqual(credentials.access_token, had.access_token);
  const me = await fetch(`${host}/demo-provider/me`, { headers: { authorization: `Bearer ${credentials.access_token}` } });
  assert.equal(me.status, 200);
  const [wrong, , none] = await begun('has none', { oauth_refresh_token_override: 'canary_refresh' });
  assert(wrong >= 400, `${wrong}`);
  assert.deepEqual(none, []);
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
