// Connections made of credentials that are brought, and apps with their secrets: what moving over needs.

import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { before, test } from 'node:test';
import { Nango } from '@nangohq/node';
import { Recorder } from './recorder.js';
import { client, connected, host, raw, refused } from './server.js';

let had;

const post = (body) =>
  raw('/connections', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

before(async () => {
  const id = connected('demo-oauth', 'mover');
  had = (await client.getConnection('demo-oauth', id, false, true)).credentials;
});

test('what one server gives for a connection another takes', async () => {
  const { status, body } = await post({
    provider_config_key: 'demo-oauth',
    connection_id: 'moved/1 @a',
    credentials: had,
    metadata: { plan: 'pro' },
    connection_config: { region: 'eu' },
    end_user: { id: 'mover', email: 'mover@example.com' },
    tags: { Team: 'crm' },
  });
  assert.equal(status, 201, JSON.stringify(body));
  assert.deepEqual([body.connection_id, body.credentials.type], ['moved/1 @a', 'OAUTH2']);
  const seen = await client.getConnection('demo-oauth', 'moved/1 @a');
  assert.deepEqual([seen.metadata, seen.connection_config], [{ plan: 'pro' }, { region: 'eu' }]);
  assert.deepEqual([seen.tags.team, seen.end_user.id, seen.end_user.email], ['crm', 'mover', 'mover@example.com']);
  const next = await client.getToken('demo-oauth', 'moved/1 @a', true);
  assert.notEqual(next, had.access_token);
  const answer = await fetch(`${host}/demo-provider/me`, { headers: { authorization: `Bearer ${next}` } });
  assert.equal(answer.status, 200);
});

test('the same id again takes the new credential and makes no second connection', async () => {
  const before = await client.getConnection('demo-oauth', 'moved/1 @a', false, true);
  const { status, body } = await post({
    provider_config_key: 'demo-oauth',
    connection_id: 'moved/1 @a',
    credentials: before.credentials,
    metadata: { plan: 'free' },
  });
  assert.deepEqual([status, body.id, body.metadata, body.tags.team], [201, before.id, { plan: 'free' }, 'crm']);
  const { connections } = await client.listConnections({ connectionId: 'moved/1 @a' });
  assert.equal(connections.length, 1);
});

test('keys and passwords come under the names of their kinds', async () => {
  for (const [integration, kind] of [['demo-api-key', 'API_KEY'], ['demo-basic', 'BASIC'], ['demo-oauth1', 'OAUTH1']]) {
    const { credentials } = await client.getConnection(integration, connected(integration, 'mover'));
    const { status, body } = await post({
      provider_config_key: integration,
      connection_id: `moved-${integration}`,
      credentials,
      end_user: { id: 'mover' },
    });
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(body.credentials, credentials, kind);
  }
});

test('nothing at all may be brought, for a provider that asks for nothing', async () => {
  await client.createIntegration({ provider: 'unauthenticated', unique_key: 'open' });
  const { status, body } = await post({ provider_config_key: 'open', credentials: { type: 'NONE' }, tags: { team: 'crm' } });
  assert.deepEqual([status, body.credentials, body.end_user, body.tags], [201, {}, null, { team: 'crm' }], JSON.stringify(body));
  await client.deleteConnection('open', body.connection_id);
  await client.deleteIntegration('open');
});

test('an app is brought by its installation, and its own token is given to who asks for it', async () => {
  const recorder = await Recorder.start();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const credentials = {
    type: 'APP', app_id: '77', app_link: 'https://github.com/apps/acme', private_key: privateKey.export({ type: 'pkcs1', format: 'pem' }),
  };
  const key = 'recorder-app';
  await client.createIntegration({ provider: 'recorder-app', unique_key: key, credentials });
  const brought = (app_id) => post({ provider_config_key: key, connection_id: 'installed', credentials: { type: 'APP', app_id, installation_id: '7' } });
  const other = await brought('78');
  assert.deepEqual([other.status, other.body.error.errors?.[0].path], [400, ['credentials', 'app_id']]);
  const { status, body } = await brought('77');
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.credentials.access_token, 'of/api/installations/7/access_tokens');
  // What is learnt beside the token is a setting, by either spelling.
  assert.deepEqual(body.connection_config, { installation_id: '7', installationId: '7' });

  const asked = await client.getConnection(key, 'installed', false, false, true);
  const [head, claims, signature] = asked.credentials.jwtToken.split('.');
  assert(verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')));
  assert.equal(JSON.parse(Buffer.from(claims, 'base64url')).iss, '77');
  assert.equal((await client.getConnection(key, 'installed')).credentials.jwtToken, undefined);
  // Where there is no app, asking for its token asks for nothing.
  const keyed = await client.getConnection('demo-api-key', connected('demo-api-key', 'no app'), false, false, true);
  assert.equal(keyed.credentials.type, 'API_KEY');
  recorder.close();
});

test('what cannot be is refused by name, and what the provider refuses is not kept', async () => {
  const code = async (body) => {
    const answer = await post({ provider_config_key: 'demo-api-key', connection_id: 'not-kept', ...body });
    const { error } = answer.body;
    return [answer.status, error.code, error.errors?.[0].path.join('.')];
  };
  const invalid = (path) => [400, 'invalid_body', path];
  assert.deepEqual(await code({ credentials: { type: 'API_KEY', apiKey: 'canary' } }), [400, 'connection_test_failed', undefined]);
  assert.deepEqual(await code({}), invalid('credentials'));
  assert.deepEqual(await code({ credentials: { type: 'OAUTH2', access_token: 't' } }), invalid('credentials.type'));
  assert.deepEqual(await code({ credentials: { type: 'API_KEY' } }), invalid('credentials.api_key'));
  assert.deepEqual(await code({ credentials: { type: 'API_KEY', apiKey: 'k', colour: 'red' } }), invalid('credentials.colour'));
  assert.deepEqual(await code({ provider_config_key: 'nothing', credentials: { type: 'API_KEY', apiKey: 'k' } }), [
    400, 'unknown_provider_config', undefined,
  ]);
  const { status } = await refused(client.getConnection('demo-api-key', 'not-kept'));
  assert.equal(status, 404);
});

test('an import says how a connection begins, and nothing is asked of its provider then', async () => {
  const begun = async (id, begin, credentials) => {
    const { status, body } = await raw('/connections', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'latchkey-begin': begin },
      body: JSON.stringify({ provider_config_key: 'demo-api-key', connection_id: id, credentials }),
    });
    return [status, body.connection_id ?? body.error.code, body.credentials];
  };
  const wrong = { type: 'API_KEY', apiKey: 'canary' };
  assert.deepEqual(await begun('paused', 'disabled', wrong), [201, 'paused', {}]);
  assert.deepEqual(await begun('dead', 'needs-reauth'), [201, 'dead', {}]);
  assert.equal((await begun('odd', 'sometimes', wrong))[1], 'invalid_headers');
  const { connections } = (await raw('/v1/connections?integration=demo-api-key')).body;
  const state = (id) => connections.find((one) => one.external_id === id).state;
  assert.deepEqual([state('paused'), state('dead')], ['CONNECTION_STATE_DISABLED', 'CONNECTION_STATE_NEEDS_REAUTH']);
});

test("that an app's secret was shown is recorded, with who asked", async () => {
  const { body: who } = await raw('/v1/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'mover', scopes: ['credentials:read', 'integrations:read'] }),
  });
  const shown = async () => {
    const lines = [];
    let token = '';
    do {
      const { body } = await raw(`/v1/audit-records:export?page_token=${encodeURIComponent(token)}`);
      lines.push(...body.lines);
      token = body.next_page_token;
    } while (token);
    return lines.filter((line) => line.includes('secret_revealed') && line.includes(who.api_key.id));
  };
  const mover = new Nango({ host, apiKey: who.secret });
  await mover.getIntegration({ uniqueKey: 'demo-oauth' });
  await mover.getIntegration({ uniqueKey: 'demo-oauth' }, { include: ['credentials'] });
  // What was recorded is chained within seconds.
  let found = [];
  for (let tries = 0; tries < 100 && found.length === 0; tries += 1) {
    found = await shown();
    if (found.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.equal(found.length, 1, 'once, for the one time it was shown');
});

test("an app's secret is shown to who may have whole credentials, and to nobody else", async () => {
  const { data } = await client.getIntegration({ uniqueKey: 'demo-oauth' }, { include: ['credentials'] });
  assert.equal(data.credentials.type, 'OAUTH2');
  assert(data.credentials.client_id && data.credentials.client_secret);
  const keyed = await client.getIntegration({ uniqueKey: 'demo-api-key' }, { include: ['credentials'] });
  assert.equal(keyed.data.credentials, null);
  const made = await raw('/v1/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'lister', scopes: ['integrations:admin'] }),
  });
  const lister = new Nango({ host, apiKey: made.body.secret });
  const told = await refused(lister.getIntegration({ uniqueKey: 'demo-oauth' }, { include: ['credentials'] }));
  assert.deepEqual([told.status, told.code], [403, 'forbidden']);
});
