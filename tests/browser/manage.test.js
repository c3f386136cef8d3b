// End users who look after their own connections: hosted, in a frame, and without a program.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page as at } from './host.js';
import { backend, connection, decide, frame, latchkey, outcome, world } from './world.js';

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
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('You have not connected anything yet.').waitFor();
  await close();
});
