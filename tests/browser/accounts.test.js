// Connecting again with another account than the connection has: hosted, in a frame, and by an integration's policy.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { page as at } from './host.js';
import { backend, connection, decide, demo, frame, latchkey, outcome, session, world } from './world.js';

const here = world();
afterEach(() => latchkey('demo', 'sign-in'));

const connected = () => latchkey('demo', 'connect', '--end-user', 'ana').split('\n').pop();

/** A link to connect it again, at a provider where Bob is signed in. */
async function mending(id) {
  latchkey('demo', 'sign-in', 'bob@demo');
  return session([], { reconnect_connection_id: id });
}

test('somebody who comes back as another is asked, and goes back for the right account', async () => {
  const id = connected();
  const { connect_link } = await mending(id);
  const { page, errors, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'This is a different Demo account' }).waitFor();
  await page.getByText('You are reconnecting ana@demo, but signed in as bob@demo.').waitFor();
  assert.equal((await connection(id)).credential.generation, 1);
  latchkey('demo', 'sign-in');
  await page.getByRole('button', { name: 'Sign in with ana@demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  const { credential } = await connection(id);
  assert.deepEqual([credential.account, credential.generation], ['ana@demo', 2]);
  assert.deepEqual(errors, []);
  await close();
});

test('in a frame the other account can be meant, and the connection keeps its id', async () => {
  const id = connected();
  const { token } = await mending(id);
  const { page, context, close } = await here.person();
  await page.goto(at({ tokens: [token] }));
  await page.locator('#go').click();
  const ui = frame(page);
  const [popup] = await Promise.all([context.waitForEvent('page'), ui.getByRole('button', { name: 'Continue to Demo' }).click()]);
  await decide(popup);
  await ui.getByRole('heading', { name: 'This is a different Demo account' }).waitFor();
  await ui.getByRole('button', { name: 'Use bob@demo' }).click();
  await ui.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  const said = await outcome(page);
  assert.deepEqual([said.status, said.connection.id, said.connection.account], ['connected', id, 'bob@demo']);
  assert.equal((await connection(id)).credential.account, 'bob@demo');
  await close();
});

test('what was typed for another account is asked about on the spot', async () => {
  const made = await session(['demo-api-key']);
  const first = await here.person();
  await first.page.goto(made.connect_link);
  await first.page.getByLabel('API key', { exact: true }).fill(demo().api_key);
  await first.page.getByRole('button', { name: 'Connect', exact: true }).click();
  await first.page.getByRole('heading', { name: /is connected/ }).waitFor();
  await first.close();
  const { connection_id } = await backend('GET', `/v1/connect-sessions/${made.session_id}`);
  const { connect_link } = await mending(connection_id);
  const { page, close } = await here.person();
  await page.goto(connect_link);
  await page.getByLabel('API key', { exact: true }).fill(demo().api_key);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: /This is a different/ }).waitFor();
  await page.getByRole('button', { name: 'Use bob@demo' }).click();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await close();
});

test('an integration may refuse another account, and then says so', async () => {
  const { integration } = await backend('GET', '/v1/integrations/demo-oauth');
  const { redirect_uri, create_time, ...settings } = integration;
  const id = connected();
  try {
    await backend('PUT', '/v1/integrations/demo-oauth', { integration: { ...settings, other_account: 'OTHER_ACCOUNT_BLOCK' } });
    const { connect_link, session_id } = await mending(id);
    const { page, close } = await here.person();
    await page.goto(connect_link);
    await page.getByRole('button', { name: 'Continue to Demo' }).click();
    await decide(page);
    await page.getByRole('heading', { name: 'That was a different Demo account' }).waitFor();
    assert.equal((await backend('GET', `/v1/connect-sessions/${session_id}`)).last_failure, 'OTHER_ACCOUNT');
    assert.equal((await connection(id)).credential.account, 'ana@demo');
    await close();
  } finally {
    await backend('PUT', '/v1/integrations/demo-oauth', { integration: settings });
  }
});
