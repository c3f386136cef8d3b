// Where an admin at the provider has to allow the access: what is asked for stays asked for, and goes on by a link.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page as at } from './host.js';
import { assertNoSecretIn, backend, connection, decide, frame, outcome, session, world } from './world.js';

const here = world();

test('an admin allows it in a browser of their own, and the page that waits goes on by itself', async () => {
  const { connect_link, session_id } = await session(['demo-oauth']);
  const { page, asked, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page, 'request');
  await page.getByRole('heading', { name: /Waiting for an admin at/ }).waitFor();
  await page.getByRole('button', { name: 'Make a link for your admin' }).click();
  const link = await page.getByLabel('Link for your admin').inputValue();
  // Whoever loads the page anew gets the same link.
  await page.reload();
  await page.getByRole('button', { name: 'Make a link for your admin' }).click();
  assert.equal(await page.getByLabel('Link for your admin').inputValue(), link);

  const admin = await here.person();
  await admin.page.goto(link);
  await admin.page.getByText('needs you to allow it as an admin').waitFor();
  await admin.page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(admin.page);
  await admin.page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  const { connection_id } = await backend('GET', `/v1/connect-sessions/${session_id}`);
  assert.equal((await connection(connection_id)).end_user, 'ana');
  const third = await here.person();
  await third.page.goto(link);
  await third.page.getByRole('heading', { name: 'This link has been used' }).waitFor();
  assertNoSecretIn([...asked, ...admin.asked], link.split('#a=')[1]);
  await Promise.all([close(), admin.close(), third.close()]);
});

test('a page that shows the frame is told that it is pending, and may try again once it is allowed', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, context, close } = await here.person();
  await page.goto(at({ tokens: [token] }));
  await page.locator('#go').click();
  const ui = frame(page);
  const go = async (decision, button) => {
    const [popup] = await Promise.all([context.waitForEvent('page'), ui.getByRole('button', { name: button }).click()]);
    await decide(popup, decision);
  };
  await go('request', 'Continue to Demo');
  await ui.getByRole('heading', { name: /Waiting for an admin at/ }).waitFor();
  await ui.getByRole('button', { name: 'It is allowed now' }).click();
  await go('request', 'Continue to Demo');
  await ui.getByRole('heading', { name: /Waiting for an admin at/ }).waitFor();
  await ui.getByRole('button', { name: 'Done' }).click();
  assert.equal((await outcome(page)).status, 'pending');
  await close();
});
