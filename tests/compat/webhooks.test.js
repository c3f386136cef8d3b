// Webhooks in the compatible format, as receivers that check them with the unmodified client do.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Nango } from '@nangohq/node';
import { apiKey, client, connected, host, latchkey, raw } from './server.js';

const received = [];
let server, secret, address;

const post = (path, body) =>
  raw(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function said(wanted) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = received.find(({ body }) => wanted(JSON.parse(body)));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not told in 30 s: ${received.map(({ body }) => body)}`);
}

before(async () => {
  server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  address = url;
  const made = await post('/v1/webhook-endpoints', { url, format: 'WEBHOOK_FORMAT_COMPAT' });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  secret = made.body.secret;
});

after(() => server.close());

test('a connection that is made and one that breaks are told, and the client finds that we said so', async () => {
  const id = connected('demo-oauth', 'told');
  const created = await said((body) => body.connectionId === id && body.operation === 'creation');
  latchkey('demo', 'revoke', id);
  await raw(`/connections/${id}?provider_config_key=demo-oauth&force_refresh=true`);
  const failed = await said((body) => body.connectionId === id && body.operation === 'refresh');
  const body = JSON.parse(created.body);
  assert.deepEqual(
    [body.from, body.type, body.providerConfigKey, body.authMode, body.success, body.endUser.endUserId],
    ['nango', 'auth', 'demo-oauth', 'OAUTH2', true, 'told'],
  );
  assert.deepEqual(body.tags, { end_user_id: 'told' });
  assert.equal(JSON.parse(failed.body).success, false);
  for (const client of [
    new Nango({ host, secretKey: secret }),
    new Nango({ host, apiKey, webhookSigningKey: secret }),
  ]) {
    for (const message of [created, failed]) {
      assert(client.verifyIncomingWebhookRequest(message.body, message.headers));
      assert(!client.verifyIncomingWebhookRequest(`${message.body} `, message.headers));
    }
  }
  const stranger = new Nango({ host, secretKey: 'another' });
  assert(!stranger.verifyIncomingWebhookRequest(created.body, created.headers));
});

test('a connection with an address of its own is told of there alone, until that is cleared', async () => {
  const { credentials } = await client.getConnection('demo-api-key', connected('demo-api-key', 'elsewhere'));
  const integration = { provider_config_key: 'demo-api-key' };
  const told = async (id, operation) => {
    await said((body) => body.connectionId === id && body.operation === operation);
    return received
      .filter(({ body }) => JSON.parse(body).connectionId === id && JSON.parse(body).operation === operation)
      .map(({ path }) => path);
  };
  // By a session, and by another one that mends what the first has made.
  const through = async ({ data }) => {
    const path = `/api-auth/api-key/demo-api-key?connect_session_token=${data.token}`;
    const headers = { 'content-type': 'application/json' };
    const made = await raw(path, { method: 'POST', headers, body: JSON.stringify({ apiKey: credentials.apiKey }) });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    return made.body.connectionId;
  };
  const id = await through(await client.createConnectSession({
    end_user: { id: 'elsewhere' }, allowed_integrations: ['demo-api-key'], webhook_url_override: `${address}own`,
  }));
  assert.deepEqual(await told(id, 'creation'), ['/own']);
  await through(await client.createReconnectSession({
    connection_id: id, integration_id: 'demo-api-key', webhook_url_override: `${address}other`,
  }));
  assert.deepEqual(await told(id, 'override'), ['/other']);
  const shown = await client.getConnection('demo-api-key', id);
  assert.equal(shown.webhook_url_override, `${address}other`);
  const message = received.find(({ path }) => path === '/own');
  assert(new Nango({ host, secretKey: secret }).verifyIncomingWebhookRequest(message.body, message.headers));

  // By an import; and by a second one, which clears it.
  const bring = async (more) => {
    const body = { ...integration, connection_id: 'elsewhere/1', credentials, end_user: { id: 'elsewhere' }, ...more };
    const made = await post('/connections', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.webhook_url_override;
  };
  assert.equal(await bring({ webhook_url_override: `${address}third` }), `${address}third`);
  assert.deepEqual(await told('elsewhere/1', 'creation'), ['/third']);
  assert.equal(await bring({ webhook_url_override: '' }), null);
  assert.deepEqual(await told('elsewhere/1', 'override'), ['/']);
});

test('the key that webhooks are signed with is replaced at once', async () => {
  const rotated = await raw('/environment/webhook-signing-key/rotate', { method: 'POST' });
  assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
  const next = rotated.body.data.webhook_signing_key;
  assert.notEqual(next, secret);
  const id = connected('demo-api-key', 'rotated');
  const message = await said((body) => body.connectionId === id);
  assert(new Nango({ host, secretKey: next }).verifyIncomingWebhookRequest(message.body, message.headers));
  assert(!new Nango({ host, secretKey: secret }).verifyIncomingWebhookRequest(message.body, message.headers));
});
