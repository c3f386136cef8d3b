// What an operator finds out before an end user does: whether the app is accepted, whether connecting works, and how it has been.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { accessible, api, connect, happenedAgo, latchkey, operator, picture, settled, url, useBrowser } from './operators.js';

const used = useBrowser();

before(() => {
  connect('ana@acme.example');
  const broken = connect('bo@globex.example');
  connect('carla@initech.example', 'demo-basic');
  latchkey('demo', 'revoke', broken);
  // A test cannot wait for a chart.
  happenedAgo('2 * 3600000');
  happenedAgo("4 * 3600000 * (parent = 'demo-oauth')");
});

test('how many there were of each state is a chart, a sentence and a table, and leads to the connections', async () => {
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard`);
  const card = page.locator('.card', { has: page.getByRole('heading', { name: 'Connections over time' }) });
  await card.locator('.series-words').waitFor();
  assert.match(await card.locator('.series-words').innerText(), /^Now/);
  const { counts } = await api('GET', '/connections:aggregate');
  const total = (state, integration) => counts.filter((one) => one.state === `CONNECTION_STATE_${state}` && (!integration || one.integration === integration)).reduce((sum, one) => sum + one.count, 0);
  await card.getByRole('link', { name: `${total('ACTIVE')} active` }).waitFor();
  await card.getByRole('button', { name: '24 hours' }).click();
  await card.getByLabel('Integration').selectOption('demo-basic');
  await card.getByRole('link', { name: `${total('ACTIVE', 'demo-basic')} active` }).waitFor();
  const slider = card.getByRole('slider', { name: /Connections by state/ });
  await slider.focus();
  await page.keyboard.press('Home');
  await card.getByRole('link', { name: /^0 active/ }).waitFor();
  assert.match(await slider.getAttribute('aria-valuetext'), /: 0 needs reauth, 0 degraded, 0 active/);
  await accessible(page, 'series');
  await picture(page, 'series');
  await page.keyboard.press('End');
  await card.getByRole('link', { name: `${total('ACTIVE', 'demo-basic')} active` }).waitFor();
  await card.getByRole('button', { name: 'Show as table' }).click();
  const [first] = await card.getByRole('row').filter({ has: page.getByRole('cell') }).all();
  assert((await first.innerText()).includes(String(total('ACTIVE', 'demo-basic'))));
  await accessible(page, 'series as a table');
  await card.getByRole('button', { name: 'Show as chart' }).click();
  await card.getByRole('link', { name: /active$/ }).click();
  await page.waitForURL(/connections\?.*state=ACTIVE.*integration=demo-basic|connections\?.*integration=demo-basic.*state=ACTIVE/);
  assert.deepEqual(page.troubles, []);
});

test('a mistyped client secret is found before anybody connects, and nothing of it stays', async () => {
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/providers/demo-oauth`);
  await page.getByLabel('Key', { exact: true }).fill('mistyped');
  await page.getByLabel('Client id').fill('nobody-there');
  await page.getByLabel('Client secret').fill('canary_secret');
  await page.getByRole('button', { name: 'Add and check the client' }).click();
  await page.getByText('The provider refuses your app').waitFor();
  await page.getByText('invalid_client').first().waitFor();
  await accessible(page, 'a refused app');
  await picture(page, 'check-refused');
  assert.doesNotMatch(await page.content(), /canary_secret/);

  await page.goto(`${url}/dashboard/integrations/demo-oauth`);
  await settled(page);
  assert.equal(await page.getByText('The provider accepts your app').count(), 0, 'what was said stays on no page');
  await page.getByRole('button', { name: 'Check them' }).click();
  await page.getByText('The provider accepts your app').waitFor();
  await accessible(page, 'an accepted app');
  await picture(page, 'check-accepted');
  const viewer = await operator(used, 'viewer');
  await viewer.goto(`${url}/dashboard/integrations/demo-oauth`);
  await settled(viewer);
  assert.equal(await viewer.getByRole('button', { name: 'Check them' }).count(), 0);
});

test('an operator connects an account of their own on the end users\u2019 page, and is told what came of it', async () => {
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/integrations/demo-oauth`);
  await page.getByRole('button', { name: 'Test connection' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test connection' });
  await dialog.getByText('Waiting for what comes of it').waitFor();
  await accessible(page, 'test connection');
  const [connecting] = await Promise.all([page.context().waitForEvent('page'), dialog.getByRole('link', { name: 'Open the connect page' }).click()]);
  await connecting.getByRole('button', { name: 'Continue to Demo' }).click();
  await connecting.locator('button[name="decision"][value="allow"]').click();
  await dialog.getByText('It works: an account is connected').waitFor({ timeout: 20_000 });
  await picture(page, 'test-connection');
  await dialog.getByRole('link', { name: 'Open the connection' }).click();
  await page.getByRole('heading', { name: 'Test connection' }).waitFor();
  const { connections } = await api('GET', '/connections?end_user=operator:ana');
  assert.equal(connections.length, 1);
});

test('the newest connection comes first, as the list says', async () => {
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard/connections`);
  await settled(page);
  assert.equal(await page.getByLabel('Order').inputValue(), 'create_time desc');
  const { connections } = await api('GET', '/connections?order_by=create_time%20desc&page_size=2');
  const shown = await page.locator('tbody a').evaluateAll((links) => links.map((link) => link.getAttribute('href').split('/').at(-1)));
  assert.deepEqual([...new Set(shown)].slice(0, 2), connections.map((one) => one.id));
});
