// Keys, content types, preflights and what is not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nango } from '@nangohq/node';
import { apiKey, client, host, raw, refused } from './server.js';

test('a call without a key, or with something that is none, is a 401 that says which', async () => {
  const code = async (headers) => {
    const { status, body } = await raw('/connections', { headers });
    return [status, body.error.code];
  };
  const none = await fetch(`${host}/connections`);
  assert.deepEqual([none.status, (await none.json()).error.code], [401, 'missing_auth_header']);
  assert.equal(none.headers.get('www-authenticate'), 'Bearer');
  assert.deepEqual(await code({ authorization: 'Basic abc' }), [401, 'malformed_auth_header']);
  assert.deepEqual(await code({ authorization: 'Bearer 1b4e28ba-2fa1-41d2-883f-0016d3cca427' }), [401, 'invalid_secret_key_format']);
  const last = apiKey.at(-1) === '0' ? '1' : '0';
  assert.deepEqual(await code({ authorization: `Bearer ${apiKey.slice(0, -1)}${last}` }), [401, 'unknown_account']);
});

test('a key without the scope is a 403 that names the scope', async () => {
  const made = await raw('/v1/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scopes: ['connections:read'] }),
  });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const reader = new Nango({ host, apiKey: made.body.secret });
  assert(Array.isArray((await reader.listConnections()).connections));
  const { status, code, message } = await refused(reader.createConnectSession({ end_user: { id: 'a' } }));
  assert.deepEqual([status, code], [403, 'forbidden']);
  assert.match(message, /sessions:write/);
});

test('a body that is not JSON is told apart from one of another type', async () => {
  const send = async (type, body) => {
    const answer = await raw('/connect/sessions', { method: 'POST', headers: { 'content-type': type }, body });
    return [answer.status, answer.body.error.code];
  };
  assert.deepEqual(await send('text/plain', '{}'), [415, 'invalid_content_type']);
  assert.deepEqual(await send('application/json', '{'), [400, 'invalid_json']);
  assert.deepEqual(await send('application/json; charset=utf-8', '[]'), [400, 'invalid_body']);
});

test('a page of any origin may ask first', async () => {
  const answer = await fetch(`${host}/providers`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
  });
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.match(answer.headers.get('access-control-allow-headers'), /Provider-Config-Key/);
  assert.equal(answer.headers.get('access-control-max-age'), '600');
  assert.equal((await raw('/providers/github')).headers.get('access-control-allow-origin'), '*');
});

test('a public key, with or without an HMAC, is refused as a way of old', async () => {
  const send = (query) =>
    raw(`/api-auth/api-key/demo-api-key?${query}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ apiKey: 'k' }),
    });
  for (const query of ['public_key=1b4e28ba-2fa1-41d2-883f-0016d3cca427', 'public_key=p&hmac=h&connection_id=c']) {
    const { status, body } = await send(query);
    assert.deepEqual([status, body.error.code], [401, 'deprecated_authentication']);
  }
  const { status, body } = await send('connect_session_token=nonsense');
  assert.deepEqual([status, body.error.code], [401, 'unknown_connect_session_token']);
});

test('an environment is made with a key of its own, and ended', async () => {
  const post = (body) => raw('/environments', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const made = await post({ name: 'passing' });
  assert.deepEqual([made.status, made.body.data.name], [200, 'passing']);
  const end = (id) => fetch(`${host}/environments/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${apiKey}` } });
  assert.equal((await end('passing')).status, 204);
  assert.equal((await end('dev')).status, 400, 'one\'s own');
  assert.equal((await end('nothing')).status, 404);
  const again = await post({ name: 'passing' });
  assert.deepEqual([again.status, again.body.error.code], [400, 'invalid_body']);
});

test('what is out of scope says so', async () => {
  for (const path of ['/records?model=a', '/sync/status', '/scripts/config', '/functions', '/environments/1', '/environments/1/x', '/webhook/a/b']) {
    const { status, body } = await raw(path);
    assert.deepEqual([status, body.error.code], [501, 'not_supported'], path);
  }
});

test('whether the server is there is told without a key', async () => {
  for (const path of ['/health', '/ready']) {
    const answer = await fetch(`${host}${path}`);
    assert.deepEqual([answer.status, await answer.json()], [200, { result: 'ok' }]);
  }
});

test('connect pages of somebody else are shown what their session offers, and may end it', async () => {
  const { data } = await client.createConnectSession({
    end_user: { id: 'paged', email: 'p@example.com' }, allowed_integrations: ['demo-api-key'],
  });
  assert.match(data.token, /^nango_connect_session_/);
  const headers = { authorization: `Bearer ${data.token}` };
  const session = (await raw('/connect/session', { headers })).body.data;
  assert.deepEqual([session.endUser.id, session.allowed_integrations, session.isReconnecting], ['paged', ['demo-api-key'], false]);
  assert.match(session.connectUISettings.theme.light.primary, /^#[0-9a-f]{6}$/);
  const offered = (await raw('/integrations', { headers })).body.data;
  assert.deepEqual(offered.map((it) => [it.unique_key, it.provider]), [['demo-api-key', 'demo-api-key']]);
  const provider = (await raw('/providers/demo-api-key', { headers })).body.data;
  assert.deepEqual([provider.auth_mode, provider.credentials.api_key.secret], ['API_KEY', true]);
  assert.equal((await raw('/connections', { headers })).status, 401);
  assert.equal((await raw('/integrations/demo-api-key', { headers })).status, 401);
  const told = await raw('/connect/telemetry', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: data.token, event: 'open' }),
  });
  assert.equal(told.status, 204);
  assert.equal((await raw('/connect/session', { method: 'DELETE', headers })).status, 204);
  for (const path of ['/connect/session', '/integrations', '/providers']) {
    const { status, body } = await raw(path, { headers });
    assert.deepEqual([status, body.error.code], [401, 'unknown_connect_session_token'], path);
  }
});

test('keys are made by the names their scopes have elsewhere, and ended', async () => {
  const send = (method, body) =>
    raw('/environment/api-keys', { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const made = await send('POST', { display_name: 'ci', scopes: ['environment:connections:list'] });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const ci = new Nango({ host, apiKey: made.body.data.secret });
  assert(Array.isArray((await ci.listConnections()).connections));
  assert.equal((await refused(ci.createConnectSession({ end_user: { id: 'a' } }))).status, 403);
  const unknown = await send('POST', { display_name: 'ci', scopes: ['environment:mcp'] });
  assert.deepEqual([unknown.status, unknown.body.error.errors[0].path], [400, ['scopes', '0']]);
  assert.deepEqual((await send('DELETE', { id: made.body.data.id })).body, { success: true });
});

test('our own paths are as they were', async () => {
  const problem = await raw('/v1/nothing');
  assert.deepEqual([problem.status, problem.body.reason], [404, 'PATH_UNKNOWN']);
  assert.equal((await fetch(`${host}/connect`)).status, 200);
});
