// Calls through the proxy, by the unmodified client.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { client, connected, host, raw, refused } from './server.js';

const providerConfigKey = 'demo-oauth';
let connectionId;

before(() => {
  connectionId = connected(providerConfigKey, 'proxied');
});

test('a call goes to the provider with the credential on it, and its answer comes back', async () => {
  const { status, data, headers } = await client.get({ endpoint: '/me', providerConfigKey, connectionId });
  assert.equal(status, 200);
  assert(data.login);
  assert.equal(headers['latchkey-source'], 'provider');
});

test("the provider's own refusal comes back as it is", async () => {
  const error = await client.get({ endpoint: '/nowhere', providerConfigKey, connectionId }).catch((error) => error);
  const direct = await fetch(`${host}/demo-provider/nowhere`);
  assert.equal(error.response.status, direct.status);
  assert.equal(error.response.headers['latchkey-source'], 'provider');
});

test('query parameters may come as an object or as a text', async () => {
  for (const params of [{ a: '1 2' }, 'a=1%202']) {
    assert.equal((await client.get({ endpoint: '/me', providerConfigKey, connectionId, params })).status, 200);
  }
});

test('a base URL of another host is refused', async () => {
  const call = client.get({ endpoint: '/me', providerConfigKey, connectionId, baseUrlOverride: 'https://evil.example' });
  const { status, code } = await refused(call);
  assert.deepEqual([status, code], [400, 'base_url_override_not_allowed']);
});

test("a base URL of the provider's own is used", async () => {
  const baseUrlOverride = `${host}/demo-provider`;
  const { status } = await client.get({ endpoint: '/me', providerConfigKey, connectionId, baseUrlOverride, retries: 2 });
  assert.equal(status, 200);
});

test('a connection of another integration, or none, is refused', async () => {
  for (const wrong of [{ providerConfigKey: 'demo-basic', connectionId }, { providerConfigKey, connectionId: 'nobody' }]) {
    const { status, code } = await refused(client.get({ endpoint: '/me', ...wrong }));
    assert.deepEqual([status, code], [400, 'missing_connection']);
  }
  const { status, body } = await raw('/proxy/me', { headers: { 'connection-id': connectionId } });
  assert.deepEqual([status, body.error.code], [400, 'invalid_headers']);
});

test('what a caller would have passed on in the place of the credential is not', async () => {
  const headers = { authorization: 'Bearer forged', 'x-anything': 'fine' };
  assert.equal((await client.get({ endpoint: '/me', providerConfigKey, connectionId, headers })).status, 200);
});

test('bytes come back as bytes', async () => {
  const { data } = await client.get({ endpoint: '/me', providerConfigKey, connectionId, responseType: 'arraybuffer' });
  assert(JSON.parse(Buffer.from(data).toString()).login);
});

test('our own headers work as before', async () => {
  const { status, body } = await raw('/proxy/me', { headers: { 'latchkey-connection': connectionId } });
  assert.equal(status, 200);
  assert(body.login);
});

test('a body of any kind goes to the provider, whatever it then makes of it', async () => {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(70_000)]), 'a.bin');
  const provider = `${host}/demo-provider/nowhere`;
  for (const [method, data] of [['POST', form], ['PUT', Buffer.alloc(2_000)], ['PATCH', { a: 1 }], ['DELETE', { ids: [1, 2] }], ['POST', 'text']]) {
    const call = client.proxy({ method, endpoint: '/nowhere', providerConfigKey, connectionId, data });
    const answer = await call.then((answer) => answer, (error) => error.response);
    const direct = await fetch(provider, { method });
    assert.deepEqual([answer.status, answer.headers['latchkey-source']], [direct.status, 'provider'], method);
  }
});
