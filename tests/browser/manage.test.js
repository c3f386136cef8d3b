// End users who look after their own connections: hosted, in a frame, and without a program.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page as at } from './host.js';
import { backend, connection, decide, frame, latchkey, outcome, server, session, world } from './world.js';

const here = world();
const connected = (endUser) => latchkey('demo', 'connect', '--end-user', endUser).split('\n').pop();
const managing = (endUser, more = {}) => backend('POST', '/v1/connect-sessions', { end_user: endUser, manage: true, ...more });

test('they see how each connection is, mend one, and are back at their list', async () => {
  const id = connected('mona');
  latchkey('demo', 'revoke', id);
  connected('somebody-else');
  const { connect_link } = await managing('mona');
  const { page, errors, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('heading', { name: 'Your connections' }).waitFor();
  await page.getByText(/Demo ended the access on/).waitFor();
  assert.equal(await page.locator('.own').count(), 1);
  await page.getByRole('button', { name: 'Reconnect: Demo' }).click();
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText(/^Connected since/).waitFor();
  assert.equal((await connection(id)).credential.generation, 2);
  assert.deepEqual(errors, []);
  await close();
});

test('where more is asked for by now they give more access, and the connection keeps its id', async () => {
  const { integration } = await backend('GET', '/v1/integrations/demo-workspaces');
  const { create_time, update_time, redirect_uri, ...settings } = integration;
  const asking = (scopes) => backend('PUT', '/v1/integrations/demo-workspaces', { integration: { ...settings, scopes } });
  const theirs = async () => (await backend('GET', '/v1/connections?end_user=sofia')).connections;
  const { page, close } = await here.person();
  const connect = async () => {
    await page.getByRole('button', { name: 'Continue to Demo with workspaces' }).click();
    await decide(page);
    await page.getByRole('button', { name: 'Globex' }).click();
    await page.getByRole('heading', { name: 'Demo with workspaces is connected' }).waitFor();
  };
  await page.goto((await session(['demo-workspaces'], { end_user: 'sofia' })).connect_link);
  await connect();
  const [{ id, credential }] = await theirs();
  assert.deepEqual(credential.granted_scopes, ['profile:read']);
  try {
    await asking(['profile:read', 'notes:read']);
    await page.goto((await managing('sofia')).connect_link);
    await page.getByText('Connected, with some access left out').waitFor();
    await page.getByRole('button', { name: 'Give more access: Demo with workspaces' }).click();
    await connect();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/^Connected since/).waitFor();
    const all = await theirs();
    assert.deepEqual(all.map((it) => [it.id, it.credential.granted_scopes.toSorted()]), [[id, ['notes:read', 'profile:read']]]);
  } finally {
    await asking(settings.scopes);
  }
  await close();
});

test('in a frame they disconnect one after a question, and connect another', async () => {
  const id = connected('nils');
  const { token } = await managing('nils', { integrations: ['demo-oauth', 'demo-workspaces'] });
  const { page, context, close } = await here.person();
  await page.goto(at({ tokens: [token] }));
  await page.locator('#go').click();
  const ui = frame(page);
  await ui.getByRole('button', { name: 'Disconnect: Demo' }).click();
  await ui.getByRole('button', { name: 'Keep it' }).click();
  assert.notEqual((await connection(id)).state, 'CONNECTION_STATE_DELETED');
  await ui.getByRole('button', { name: 'Disconnect: Demo' }).click();
  await ui.getByRole('button', { name: 'Disconnect', exact: true }).click();
  await ui.getByText('You have not connected anything yet.').waitFor();
  await ui.getByRole('button', { name: 'Connect an app' }).click();
  await ui.getByRole('button', { name: 'Demo with workspaces' }).click();
  const [popup] = await Promise.all([context.waitForEvent('page'), ui.getByRole('button', { name: /^Continue to/ }).click()]);
  await decide(popup);
  await ui.getByRole('button', { name: 'Globex' }).click();
  await ui.getByRole('button', { name: 'Done' }).click();
  await ui.getByText('ana@demo (Globex)').waitFor();
  await ui.getByRole('button', { name: 'Close' }).click();
  assert.deepEqual((({ status, at: step }) => ({ status, step }))(await outcome(page)), { status: 'dismissed', step: 'manage' });
  await close();
});

test('without a program it is a list of forms', async () => {
  connected('olga');
  const { connect_link } = await managing('olga');
  const opener = await here.person();
  await opener.page.goto(connect_link);
  await opener.page.getByRole('heading', { name: 'Your connections' }).waitFor();
  const cookies = await opener.context.cookies();
  const address = opener.page.url();
  await opener.close();
  const { page, context, close } = await here.person({ javaScriptEnabled: false });
  await context.addCookies(cookies);
  await page.goto(address);
  await page.getByText('ana@demo. Connected.').waitFor();
  assert(!(await page.getByRole('button', { name: 'Disconnect Demo' }).isVisible()), 'it is a question first');
  await page.locator('summary', { hasText: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Disconnect Demo' }).click();
  await page.getByText('You have not connected anything yet.').waitFor();
  await close();
});

/** A session as a frame holds it, and how it is asked. */
async function held(made) {
  const { token } = await made;
  const opening = await fetch(`${server}/connect/api/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  const { binding, session: opened } = await opening.json();
  const ask = async (method, path, { by = binding, body, headers = {} } = {}) => {
    const shown = by ? { authorization: `Bearer ${by}` } : {};
    const typed = body ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(`${server}/connect/api/sessions/${opened.id}${path}`, { method, headers: { ...shown, ...typed, ...headers }, body: body && JSON.stringify(body) });
    return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() };
  };
  return { binding, id: opened.id, ask };
}

test('nobody looks after what is somebody else\'s', async () => {
  const [hers, his] = [connected('petra'), connected('quentin')];
  const petra = await held(managing('petra'));
  const quentin = await held(managing('quentin'));
  const connecting = await held(session(['demo-oauth']));
  const narrow = await held(managing('petra', { integrations: ['demo-workspaces'] }));
  const seen = (answer) => answer.body.map(({ id }) => id);
  assert.deepEqual(seen(await petra.ask('GET', '/connections')), [hers]);
  assert.deepEqual(seen(await quentin.ask('GET', '/connections')), [his]);
  assert.deepEqual(seen(await narrow.ask('GET', '/connections')), [], 'only to what its session is for');

  const refused = async (answer) => assert((await answer).status >= 400 && (await answer).status < 500, JSON.stringify(await answer));
  const ways = [['GET', '/connections'], ['DELETE', `/connections/${hers}`], ['POST', '/errands', { body: {} }], ['POST', '/errands', { body: { mends: hers } }]];
  for (const [method, path, more] of ways) {
    await refused(petra.ask(method, path, { ...more, by: undefined, headers: { authorization: 'Bearer ' } }));
    await refused(petra.ask(method, path, { ...more, by: quentin.binding }));
    await refused(petra.ask(method, path, { ...more, by: `${petra.binding}x` }));
    await refused(connecting.ask(method, path, more));
  }
  // Known, and still nothing of theirs.
  await refused(petra.ask('DELETE', `/connections/${his}`));
  await refused(petra.ask('POST', '/errands', { body: { mends: his } }));
  await refused(narrow.ask('DELETE', `/connections/${hers}`));
  await refused(narrow.ask('POST', '/errands', { body: { mends: hers } }));
  for (const id of [hers, his]) assert.equal((await connection(id)).state, 'CONNECTION_STATE_ACTIVE');

  assert.equal((await petra.ask('DELETE', `/connections/${hers}`)).status, 204);
  assert.equal((await connection(hers)).state, 'CONNECTION_STATE_DELETED');
});

test('no other site has anything done in a browser that looks after its connections', async () => {
  const id = connected('rosa');
  const { connect_link } = await managing('rosa');
  const { page, context, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('heading', { name: 'Your connections' }).waitFor();
  const at = page.url();
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const form_token = JSON.parse(await page.evaluate(() => document.querySelector('#boot, script[type="application/json"]').textContent)).form_token;
  await close();
  const post = async (form, headers = {}) =>
    (await fetch(`${at}/manage`, { method: 'POST', redirect: 'manual', headers: { cookie, ...headers }, body: new URLSearchParams({ do: 'disconnect', connection: id, ...form }) })).status;
  assert.equal(await post({}), 422, 'a form that is not ours');
  assert.notEqual(await post({ form_token: 'forged' }), 303);
  assert.notEqual(await post({ form_token }, { 'sec-fetch-site': 'cross-site' }), 303);
  assert.notEqual(await post({ form_token }, { 'sec-fetch-site': 'same-site' }), 303);
  assert.equal((await connection(id)).state, 'CONNECTION_STATE_ACTIVE');
  const api = `${new URL(at).origin}/connect/api/sessions/${at.split('/').pop()}/connections/${id}`;
  for (const headers of [{}, { 'x-form-token': 'forged' }]) {
    assert((await fetch(api, { method: 'DELETE', headers: { cookie, ...headers } })).status >= 400, 'a cookie alone is not enough');
  }
  assert.equal((await connection(id)).state, 'CONNECTION_STATE_ACTIVE');
  assert.equal(await post({ form_token }, { 'sec-fetch-site': 'same-origin' }), 303);
  assert.equal((await connection(id)).state, 'CONNECTION_STATE_DELETED');
});

test('what few people see is asked for again where it did not come', async () => {
  const { connect_link } = await managing('pia');
  const { page, context, asked, close } = await here.person();
  let tries = 0;
  await context.route('**/connect/rare.js*', (route) => (tries++ ? route.continue() : route.abort()));
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Your connections' }).waitFor();
  assert.equal(asked.filter((it) => it.includes('/connect/rare.js')).length, 2);
  await close();
});

test('a session that is over looks after nothing, and none is opened in the frame of another environment', async () => {
  const id = connected('sven');
  const brief = await held(managing('sven', { lifetime: '1s' }));
  await new Promise((passed) => setTimeout(passed, 1500));
  for (const [method, path, more] of [['GET', '/connections'], ['DELETE', `/connections/${id}`], ['POST', '/errands', { body: {} }], ['POST', '/errands', { body: { mends: id } }]]) {
    const answer = await brief.ask(method, path, more);
    assert(answer.status >= 400 && answer.status < 500, `${method} ${path}: ${answer.status}`);
  }
  assert.equal((await connection(id)).state, 'CONNECTION_STATE_ACTIVE');
  const { token } = await managing('sven');
  const opening = await fetch(`${server}/connect/api/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, environment: 'prod' }) });
  assert(opening.status >= 400 && opening.status < 500, `${opening.status}`);
});
