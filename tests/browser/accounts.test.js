// Which account is meant: of several that one login opens, and where somebody connects again with another than the connection
// has; hosted, in a frame, without a program, and by an integration's policy.

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
  // Whose it is, is known of a token that was refreshed, too.
  await backend('POST', `/v1/connections/${id}:refresh`, {});
  const { connect_link } = await mending(id);
  const { page, errors, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'This is a different Demo account' }).waitFor();
  await page.getByText('You are reconnecting ana@demo, but signed in as bob@demo.').waitFor();
  assert.equal((await connection(id)).credential.generation, 2);
  latchkey('demo', 'sign-in');
  await page.getByRole('button', { name: 'Sign in with ana@demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  const { credential } = await connection(id);
  assert.deepEqual([credential.account, credential.generation], ['ana@demo', 3]);
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

test('one login opens several workspaces, and the person says which', async () => {
  const made = await session(['demo-workspaces']);
  const { page, errors, close } = await here.person();
  await page.goto(made.connect_link);
  await page.getByRole('button', { name: 'Continue to Demo with workspaces' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Which Demo with workspaces account?' }).waitFor();
  assert.equal((await backend('GET', `/v1/connect-sessions/${made.session_id}`)).connection_id ?? '', '', 'nothing is connected before');
  // Who comes back later is asked again.
  await page.reload();
  await page.locator('.choice-name').first().waitFor();
  const listed = await page.locator('.choice-name').allInnerTexts();
  assert.deepEqual(listed.map((it) => it.split('\n')), [['Acme', 'acme.demo.example'], ['Acme', 'acme-staging.demo.example'], ['Globex', 'globex.demo.example'], ["Ana Demo's own", 'ana.demo.example']]);
  await page.getByRole('button', { name: 'Globex' }).click();
  await page.getByRole('heading', { name: 'Demo with workspaces is connected' }).waitFor();
  await page.getByText('Signed in as ana@demo (Globex).').waitFor();
  const { connection_id } = await backend('GET', `/v1/connect-sessions/${made.session_id}`);
  const { credential } = await connection(connection_id);
  assert.equal(credential.account, 'ana@demo (Globex)');
  assert.deepEqual(errors, []);
  await close();
});

test('in a frame, too; and who has one workspace is not asked', async () => {
  const several = await session(['demo-workspaces']);
  const first = await here.person();
  await first.page.goto(at({ tokens: [several.token] }));
  await first.page.locator('#go').click();
  const ui = frame(first.page);
  const [popup] = await Promise.all([first.context.waitForEvent('page'), ui.getByRole('button', { name: /^Continue to/ }).click()]);
  await decide(popup);
  await ui.getByRole('button', { name: 'acme-staging.demo.example' }).click();
  const said = await outcome(first.page);
  assert.deepEqual([said.status, said.connection.account], ['connected', 'ana@demo (Acme)']);
  await first.close();

  latchkey('demo', 'sign-in', 'bob@demo');
  const one = await session(['demo-workspaces']);
  const { page, close } = await here.person();
  await page.goto(one.connect_link);
  await page.getByRole('button', { name: /^Continue to/ }).click();
  await decide(page);
  await page.getByText('Signed in as bob@demo.').waitFor();
  await close();
});

test('without a program the workspaces are buttons, and another login can be taken', async () => {
  const made = await session(['demo-workspaces']);
  const opener = await here.person();
  await opener.page.goto(made.connect_link);
  await opener.page.getByRole('heading', { name: /Connect Demo/ }).waitFor();
  const cookies = await opener.context.cookies();
  const address = opener.page.url();
  await opener.close();
  const { page, context, close } = await here.person({ javaScriptEnabled: false });
  await context.addCookies(cookies);
  await page.goto(address);
  await page.getByRole('button', { name: /^Connect Demo/ }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Which Demo with workspaces account?' }).waitFor();
  await page.getByRole('button', { name: 'Sign in with another account' }).click();
  await page.getByRole('heading', { name: 'Connect an account' }).waitFor();
  await page.getByRole('button', { name: /^Connect Demo/ }).click();
  await decide(page);
  await page.getByRole('button', { name: 'Acme (acme.demo.example)' }).click();
  await page.getByRole('heading', { name: 'Demo with workspaces is connected' }).waitFor();
  await close();
});

test('while the provider is away the choice waits', async () => {
  const made = await session(['demo-workspaces']);
  const { page, close } = await here.person();
  await page.goto(made.connect_link);
  await page.getByRole('button', { name: /^Continue to/ }).click();
  await decide(page);
  await page.getByRole('heading', { name: /^Which/ }).waitFor();
  latchkey('demo', 'outage');
  try {
    await page.getByRole('button', { name: 'Globex' }).click();
    await page.getByRole('heading', { name: /is not responding/ }).waitFor();
  } finally {
    latchkey('demo', 'outage', '--off');
  }
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Globex' }).click();
  await page.getByRole('heading', { name: 'Demo with workspaces is connected' }).waitFor();
  await close();
});
