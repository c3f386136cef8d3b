// What crosses the proxy from the unmodified client to a provider's API, seen from the API.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { Recorder } from './recorder.js';
import { apiKey, client, host, raw } from './server.js';

const ours = { providerConfigKey: 'recorder', connectionId: 'recorded' };
const theirs = { 'provider-config-key': 'recorder', 'connection-id': 'recorded', authorization: `Bearer ${apiKey}` };
let recorder;

before(async () => {
  recorder = await Recorder.start();
  await client.createIntegration({ provider: 'recorder', unique_key: 'recorder' });
  const { status, body } = await raw('/connections', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      provider_config_key: 'recorder', connection_id: 'recorded', credentials: { type: 'API_KEY', apiKey: 'canary_recorded' },
    }),
  });
  assert.equal(status, 201, JSON.stringify(body));
});

after(() => recorder.close());

test('a header that is to be passed on arrives under its own name, and the credential beside it', async () => {
  await client.get({ ...ours, endpoint: '/headers', headers: { 'X-Mine': 'a b', accept: 'text/csv', 'x-api-key': 'forged' } });
  const [{ headers }] = recorder.of('/headers');
  assert.deepEqual([headers['x-mine'], headers.accept, headers['x-api-key']], ['a b', 'text/csv', 'canary_recorded']);
  const others = Object.keys(headers).filter((name) => /^nango|^connection-id|^provider-config-key|^retries|^base-url|^authorization/.test(name));
  assert.deepEqual(others, []);
});

test('parameters arrive as they were given, as an object or as a text', async () => {
  await client.get({ ...ours, endpoint: '/params', params: { a: '1 2', b: '${x}' } });
  await client.get({ ...ours, endpoint: '/params', params: 'a=1%202&c=3' });
  const [object, text] = recorder.of('/params').map(({ search }) => new URLSearchParams(search));
  assert.deepEqual([object.get('a'), object.get('b')], ['1 2', '${x}']);
  assert.deepEqual([text.get('c'), text.get('a')], ['3', '1 2']);
});

test('a request is sent again as often as was asked for, and no oftener', async () => {
  recorder.failing('/later', 503, 2);
  assert.equal((await client.get({ ...ours, endpoint: '/later', retries: 2 })).status, 200);
  assert.equal(recorder.of('/later').length, 3);

  recorder.failing('/never', 503, 9);
  const status = await client.get({ ...ours, endpoint: '/never', retries: 1 }).catch((error) => error.response.status);
  assert.deepEqual([status, recorder.of('/never').length], [503, 2]);
});

test('what else is to be tried again is said by its status', async () => {
  recorder.failing('/taken', 409, 1);
  const asked = { ...ours, endpoint: '/taken', retries: 1 };
  assert.equal((await client.get({ ...asked, retryOn: [409] })).status, 200);
  recorder.failing('/taken', 409, 1);
  assert.equal(await client.get(asked).catch((error) => error.response.status), 409);
});

test('a DELETE takes its body along', async () => {
  await client.delete({ ...ours, endpoint: '/gone', data: { ids: [1, 2] } });
  const [{ method, body, headers }] = recorder.of('/gone');
  assert.deepEqual([method, JSON.parse(body)], ['DELETE', { ids: [1, 2] }]);
  assert.match(headers['content-type'], /^application\/json/);
});

test('a form with files arrives byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
  const form = new FormData();
  form.set('name', 'é');
  form.set('file', new Blob([bytes]), 'a.bin');
  await client.post({ ...ours, endpoint: '/form', data: form });
  const [{ body, headers }] = recorder.of('/form');
  assert.match(headers['content-type'], /^multipart\/form-data; boundary=/);
  const arrived = await new Response(body, { headers: { 'content-type': headers['content-type'] } }).formData();
  assert.equal(arrived.get('name'), 'é');
  assert.deepEqual(Buffer.from(await arrived.get('file').arrayBuffer()), bytes);
});

test('a body of unknown length is passed on while it comes', async () => {
  const pieces = Array.from({ length: 40 }, (_, at) => `${at}`.repeat(5_000));
  await client.post({ ...ours, endpoint: '/stream', data: Readable.from(pieces), headers: { 'content-type': 'text/plain' } });
  const answer = await fetch(`${host}/proxy/stream`, {
    method: 'PUT', headers: { ...theirs, 'content-type': 'text/plain' }, duplex: 'half',
    body: ReadableStream.from(pieces.map((piece) => Buffer.from(piece))),
  });
  assert.equal(answer.status, 200);
  for (const { body, headers } of recorder.of('/stream')) {
    assert.equal(body.toString(), pieces.join(''));
    assert(!headers['content-length']);
  }
  assert.equal(recorder.of('/stream').length, 2);
});

test('an answer is passed on while it comes', async () => {
  const { data } = await client.get({ ...ours, endpoint: '/pieces', responseType: 'stream' });
  const began = Date.now();
  const pieces = [];
  for await (const piece of data) pieces.push([piece.toString(), Date.now() - began]);
  assert.equal(pieces.map(([text]) => text).join(''), 'one two');
  assert(pieces.length === 2 && pieces[1][1] > 150, JSON.stringify(pieces));
});

test("the provider's refusal comes byte for byte", async () => {
  const call = client.get({ ...ours, endpoint: '/refused', responseType: 'text', transformResponse: [(text) => text] });
  const { response } = await call.catch((error) => error);
  assert.equal(response.status, 422);
  const plain = await fetch(`${host}/proxy/refused`, { headers: theirs });
  assert.deepEqual([plain.status, await plain.text()], [422, '{"as":  "it is" }\n']);
});
