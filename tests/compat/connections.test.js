// Connections and their credentials, by the unmodified client.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Nango } from '@nangohq/node';
import { client, connected, host, latchkey, raw, refused } from './server.js';

const ids = {};

before(() => {
  ids.oauth = connected('demo-oauth', 'ana');
  ids.key = connected('demo-api-key', 'ana');
  ids.basic = connected('demo-basic', 'ben');
  ids.oauth1 = connected('demo-oauth1', 'ben');
});

after(() => latchkey('demo', 'outage', '--off'));

test('a connection comes with its credential and everything clients look at', async () => {
  const connection = await client.getConnection('demo-oauth', ids.oauth);
  assert(Number.isSafeInteger(connection.id));
  assert.equal(connection.connection_id, ids.oauth);
  assert.equal(connection.provider_config_key, 'demo-oauth');
  assert.equal(connection.provider, 'demo-oauth');
  assert.deepEqual(connection.errors, []);
  assert.equal(connection.end_user.id, 'ana');
  assert.equal(connection.tags.end_user_id, 'ana');
  assert.match(connection.created_at, /\+00:00$/);
  assert.equal(connection.credentials.type, 'OAUTH2');
  assert(connection.credentials.access_token);
  assert(Date.parse(connection.credentials.expires_at) > Date.now());
});

test('the token that is given works at the provider', async () => {
  const token = await client.getToken('demo-oauth', ids.oauth);
  assert.equal(typeof token, 'string');
  const answer = await fetch(`${host}/demo-provider/me`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
});

test('a refresh token is given only to who asks for it', async () => {
  const without = await client.getConnection('demo-oauth', ids.oauth);
  assert(!/refresh_?token/i.test(JSON.stringify(without)));
  const asked = await client.getConnection('demo-oauth', ids.oauth, false, true);
  assert(asked.credentials.refresh_token);
});

test('a forced refresh gives another token', async () => {
  const before = await client.getToken('demo-oauth', ids.oauth);
  assert.equal(await client.getToken('demo-oauth', ids.oauth), before);
  assert.notEqual(await client.getToken('demo-oauth', ids.oauth, true), before);
});

test('the raw token response has the token by its own name', async () => {
  const token = await client.getToken('demo-oauth', ids.oauth);
  const raw = await client.getRawTokenResponse('demo-oauth', ids.oauth);
  assert.deepEqual([raw.access_token, raw.scope], [token, 'profile:read notes:read']);
});

test('an API key, a password and a signed credential come under the names of their kinds', async () => {
  const key = await client.getToken('demo-api-key', ids.key);
  assert.deepEqual(Object.keys(key).sort(), ['apiKey', 'type']);
  const keyed = await fetch(`${host}/demo-provider/keyed/me`, { headers: { 'x-demo-key': key.apiKey } });
  assert.equal(keyed.status, 200);

  const { username, password, type } = await client.getToken('demo-basic', ids.basic);
  assert.equal(type, 'BASIC');
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  assert.equal((await fetch(`${host}/demo-provider/basic/me`, { headers: { authorization } })).status, 200);

  const signed = await client.getToken('demo-oauth1', ids.oauth1);
  assert(signed.oAuthToken && signed.oAuthTokenSecret);
});

test('a connection or an integration there is not is told apart', async () => {
  const code = async (key, id) => {
    const { status, code } = await refused(client.getConnection(key, id));
    return [status, code];
  };
  assert.deepEqual(await code('demo-oauth', 'nobody'), [404, 'not_found']);
  assert.deepEqual(await code('demo-oauth', 'a/b @c'), [404, 'not_found']);
  assert.deepEqual(await code('demo-oauth', 'con_01ARZ3NDEKTSV4RRFFQ69G5FAV'), [404, 'not_found']);
  assert.deepEqual(await code('demo-api-key', ids.oauth), [404, 'not_found']);
  assert.deepEqual(await code('nothing', ids.oauth), [400, 'unknown_provider_config']);
});

test('a query that cannot be meant is refused by name', async () => {
  for (const [query, name] of [
    ['', 'provider_config_key'],
    ['provider_config_key=demo-oauth&force_refresh=maybe', 'force_refresh'],
    ['provider_config_key=demo-oauth&forced=true', 'forced'],
  ]) {
    const { status, body } = await raw(`/connections/${ids.oauth}?${query}`);
    assert.deepEqual([status, body.error.code, body.error.errors[0].path], [400, 'invalid_query_params', [name]]);
  }
  const words = await raw(`/connection/${ids.oauth}?provider_config_key=demo-oauth&force_refresh=off&refresh_token=1`);
  assert(words.body.credentials.refresh_token);
});

test('a key that may not have credentials is shown the connection without, and refused what needs them', async () => {
  const made = await raw('/v1/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'watcher', scopes: ['connections:read'] }),
  });
  const watcher = new Nango({ host, apiKey: made.body.secret });
  const seen = await watcher.getConnection('demo-oauth', ids.oauth);
  assert.deepEqual([seen.connection_id, seen.credentials], [ids.oauth, {}]);
  for (const flags of [[true, false], [false, true]]) {
    const { status, code } = await refused(watcher.getConnection('demo-oauth', ids.oauth, ...flags));
    assert.deepEqual([status, code], [403, 'forbidden']);
  }
});

test('connections are listed newest first, by page and by every filter', async () => {
  const listed = async (...wish) => (await client.listConnections(...wish)).connections.map((it) => it.connection_id);
  const all = await listed();
  const [first, second] = [all.indexOf(ids.oauth1), all.indexOf(ids.oauth)];
  assert(first >= 0 && first < second);
  assert.deepEqual(await listed({ limit: 1, page: 1 }), [all[1]]);
  assert.deepEqual(await listed({ userId: 'ben' }), [ids.oauth1, ids.basic]);
  assert.deepEqual(await listed({ userId: 'ana', integrationId: ['demo-api-key', 'demo-basic'] }), [ids.key]);
  assert.deepEqual(await listed({ connectionId: ids.key }), [ids.key]);
  assert.deepEqual(await listed({ tags: { end_user_id: 'ben' } }), [ids.oauth1, ids.basic]);
  assert.deepEqual(await listed({ tags: { plan: 'none' } }), []);
  assert.deepEqual(await listed(undefined, 'BEN'), [ids.oauth1, ids.basic]);
});

test('waiting for a connection ends with the connection', async () => {
  const connection = await client.waitForConnection('demo-api-key', 'ana');
  assert.equal(connection.connection_id, ids.key);
});

test('a deleted connection is gone, and deleting what is not there is a 400', async () => {
  const id = connected('demo-api-key', 'leaving');
  assert.equal((await client.deleteConnection('demo-api-key', id)).data.success, true);
  assert.equal((await refused(client.getConnection('demo-api-key', id))).status, 404);
  assert(!(await client.listConnections()).connections.some((it) => it.connection_id === id));
  const { status, code } = await refused(client.deleteConnection('demo-api-key', id));
  assert.deepEqual([status, code], [400, 'unknown_connection']);
});

test('a refresh the provider cannot make is a 400 with the connection and no credential', async () => {
  const id = connected('demo-oauth', 'waiting');
  latchkey('demo', 'outage', '--for', '120s');
  const { status, code, payload } = await refused(client.getConnection('demo-oauth', id, true));
  latchkey('demo', 'outage', '--off');
  assert.deepEqual([status, code, payload.code], [400, 'invalid_credentials', 'refresh_token_external_error']);
  assert.deepEqual([payload.connection.connection_id, payload.connection.credentials], [id, {}]);
});

test('a grant that was withdrawn is a 424 with the connection, and shows in the list', async () => {
  const id = connected('demo-oauth', 'withdrawing');
  latchkey('demo', 'revoke', id);
  const { status, code, payload } = await refused(client.getConnection('demo-oauth', id));
  assert.deepEqual([status, code, payload.code], [424, 'invalid_credentials', 'connection_refresh_exhausted']);
  assert.deepEqual(payload.connection.credentials, {});
  const [listed] = (await client.listConnections({ connectionId: id })).connections;
  assert.equal(listed.errors[0].type, 'auth');
});

// The native call: what of a connection its own client cannot set.
async function update(id, change) {
  const { status, body } = await raw(`/v1/connections/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  assert.equal(status, 200, JSON.stringify(body));
  return body.connection;
}

const status = (call) => call.then((answer) => answer.status ?? 200, (error) => error.response.status);

test('metadata is set, added to and read, of one connection and of many', async () => {
  const [one, two] = [connected('demo-api-key', 'meta'), connected('demo-api-key', 'meta')];
  const set = await client.setMetadata('demo-api-key', one, { plan: 'pro', nested: { deep: null }, list: [1, 'two'] });
  assert.deepEqual([set.status, set.data.connection_id], [201, one]);
  assert.deepEqual(await client.getMetadata('demo-api-key', one), { plan: 'pro', nested: { deep: null }, list: [1, 'two'] });
  const added = await client.updateMetadata('demo-api-key', [one, two], { plan: 'free', seats: 3 });
  assert.deepEqual([added.status, added.data.connection_id], [200, [one, two]]);
  assert.deepEqual(await client.getMetadata('demo-api-key', one), {
    plan: 'free', nested: { deep: null }, list: [1, 'two'], seats: 3,
  });
  await client.setMetadata('demo-api-key', [one, two], { only: true });
  for (const id of [one, two]) assert.deepEqual(await client.getMetadata('demo-api-key', id), { only: true });
  const [listed] = (await client.listConnections({ connectionId: one })).connections;
  assert.deepEqual(listed.metadata, { only: true });

  const { status: missing, code } = await refused(client.setMetadata('demo-api-key', [one, 'nobody'], { lost: true }));
  assert.deepEqual([missing, code], [404, 'unknown_connection']);
  assert.deepEqual(await client.getMetadata('demo-api-key', one), { only: true });
});

test('metadata may come as the whole body, with the ids in headers or in the path', async () => {
  const id = connected('demo-api-key', 'legacy');
  const send = (path, method, headers, body) =>
    raw(path, {
      method,
      headers: { 'content-type': 'application/json', 'provider-config-key': 'demo-api-key', ...headers },
      body: JSON.stringify(body),
    });
  const set = await send('/connection/metadata', 'POST', { 'connection-id': id }, { a: 1 });
  assert.deepEqual([set.status, set.body], [201, { a: 1 }]);
  const added = await send(`/connection/${id}/metadata`, 'PATCH', {}, { b: 2 });
  assert.deepEqual([added.status, added.body], [200, { b: 2 }]);
  assert.deepEqual(await client.getMetadata('demo-api-key', id), { a: 1, b: 2 });
});

test('tags come with the session, are found by, and are replaced', async () => {
  const id = connected('demo-api-key', 'tagged');
  const of = async (tags) => (await client.listConnections({ tags })).connections.map((it) => it.connection_id);
  await client.patchConnection({ connectionId: id, provider_config_key: 'demo-api-key' }, { tags: { Team: 'crm', plan: 'pro' } });
  const { tags } = await client.getConnection('demo-api-key', id);
  assert.deepEqual(tags, { team: 'crm', plan: 'pro', end_user_id: 'tagged' });
  assert.deepEqual(await of({ team: 'crm' }), [id]);
  assert.deepEqual(await of({ team: 'crm', plan: 'pro' }), [id]);
  assert.deepEqual(await of({ team: 'crm', plan: 'free' }), []);
  const names = { end_user: { id: 'tagged', email: 'ana@example.com', display_name: 'Ana' }, organization: { id: 'acme' } };
  const answer = await raw(`/connections/${id}?provider_config_key=demo-api-key`, {
    method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ tags: { plan: 'free' }, ...names }),
  });
  assert.deepEqual([answer.status, answer.body], [200, { success: true }]);
  const changed = await client.getConnection('demo-api-key', id);
  assert.deepEqual(Object.keys(changed.tags).sort(), [
    'end_user_display_name', 'end_user_email', 'end_user_id', 'organization_id', 'plan',
  ]);
  assert.deepEqual([changed.end_user.email, changed.end_user.organization.id], ['ana@example.com', 'acme']);
  assert.deepEqual(await of({ team: 'crm' }), []);
  assert.deepEqual((await client.listConnections({ tags: { email: 'ana@example.com' } })).connections.length, 1);
  assert.equal(
    await status(client.patchConnection({ connectionId: 'nobody', provider_config_key: 'demo-api-key' }, { tags: {} })), 404);
});

test('an override of webhooks may be set and cleared, and is an address that may be told of', async () => {
  const id = connected('demo-api-key', 'overriding');
  const which = { connectionId: id, provider_config_key: 'demo-api-key' };
  const set = async (url) => {
    assert.deepEqual(await client.patchConnection(which, { webhook_url_override: url }), { success: true });
    return (await client.getConnection('demo-api-key', id)).webhook_url_override;
  };
  assert.equal(await set(''), null);
  assert.equal(await set('https://a.example/hooks?for=1'), 'https://a.example/hooks?for=1');
  for (const url of ['canary', 'http://a.example/', 'https://ana:canary@a.example/', `https://a.example/${'x'.repeat(2048)}`]) {
    const { status, code, errors } = await refused(client.patchConnection(which, { webhook_url_override: url }));
    assert.deepEqual([status, code, errors[0].path], [400, 'invalid_body', ['webhook_url_override']], url);
    assert(!JSON.stringify(errors).includes('canary'));
  }
  assert.equal((await client.getConnection('demo-api-key', id)).webhook_url_override, 'https://a.example/hooks?for=1');
  assert.equal(await set(''), null);
});

test('an id of the customer\'s own is the connection\'s id everywhere', async () => {
  const id = connected('demo-api-key', 'own');
  const own = 'user/42 @acme';
  await update(id, { external_id: own });
  const connection = await client.getConnection('demo-api-key', own);
  assert.deepEqual([connection.connection_id, connection.end_user.id], [own, 'own']);
  assert.equal((await client.getConnection('demo-api-key', id)).connection_id, own);
  assert.deepEqual((await client.listConnections({ connectionId: own })).connections.map((it) => it.connection_id), [own]);
  await client.setMetadata('demo-api-key', own, { by: 'name' });
  assert.deepEqual(await client.getMetadata('demo-api-key', own), { by: 'name' });
  const proxied = await client.get({ endpoint: '/keyed/me', providerConfigKey: 'demo-api-key', connectionId: own });
  assert.equal(proxied.status, 200);
  assert.equal(await status(client.getConnection('demo-basic', own)), 404);
  assert.equal((await client.deleteConnection('demo-api-key', own)).data.success, true);
  assert.equal(await status(client.getConnection('demo-api-key', own)), 404);
});
