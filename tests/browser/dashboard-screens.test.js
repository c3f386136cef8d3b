// Every screen of the dashboard: to be read by everybody, in both themes, on a phone, and without an error in it.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { accessible, api, connect, latchkey, operator, picture, settled, url, useBrowser } from './operators.js';

const used = useBrowser();
const there = {};

before(async () => {
  there.active = connect('ana@acme.example');
  there.broken = connect('bo@globex.example');
  for (const integration of ['demo-api-key', 'demo-basic', 'demo-machine']) connect('carla@initech.example', integration);
  latchkey('demo', 'revoke', there.broken);
  there.endpoint = (await api('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/hook', description: 'backend' })).endpoint.id;
});

const SCREENS = {
  health: () => '',
  start: () => '/start',
  connections: () => '/connections',
  connection: () => `/connections/${there.active}`,
  'connection-broken': () => `/connections/${there.broken}`,
  integrations: () => '/integrations',
  integration: () => '/integrations/demo-oauth',
  providers: () => '/providers',
  provider: () => '/providers/github',
  logs: () => '/logs',
  events: () => '/events',
  webhooks: () => '/webhooks',
  webhook: () => `/webhooks/${there.endpoint}`,
  keys: () => '/keys',
  appearance: () => '/appearance',
  settings: () => '/settings',
  nowhere: () => '/no/such/place',
};

test('every screen can be read by everybody', async (t) => {
  const page = await operator(used, 'admin');
  for (const [name, path] of Object.entries(SCREENS)) {
    await t.test(name, async () => {
      page.troubles.length = 0;
      await page.goto(`${url}/dashboard${path()}`);
      await settled(page);
      assert.equal(await page.locator('.notice-danger').count(), 0, await page.locator('.notice-danger').allInnerTexts().then(String));
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 320]) {
          const what = `${name}, ${colorScheme}, ${width} px`;
          await page.setViewportSize({ width, height: 860 });
          await page.waitForFunction((wanted) => document.documentElement.dataset.scheme === wanted, colorScheme, { polling: 20 });
          await picture(page, `dashboard-${name}-${colorScheme}-${width}`, width === 1280);
          await accessible(page, what);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert(wide <= 0, `${what} is ${wide} px wider than its window`);
        }
      }
      assert.deepEqual(page.troubles, []);
    });
  }
});

test('a dialog, the search and the shortcuts can be read by everybody, and work without a mouse', async () => {
  const page = await operator(used, 'admin');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Connections', exact: true }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await accessible(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search/ }).fill('github');
  await page.getByRole('option', { name: /GitHub/ }).first().waitFor();
  await accessible(page, 'search');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /Add GitHub/ }).waitFor();
  await page.goto(`${url}/dashboard/connections`);
  await page.getByRole('button', { name: 'Create a link' }).first().click();
  await page.getByRole('dialog', { name: 'Create a link' }).waitFor();
  await accessible(page, 'dialog');
  assert.deepEqual(page.troubles, []);
});

test('a chart is a table too', async () => {
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard`);
  const chart = page.locator('.chart:not(.series)').first();
  await chart.locator('.bar-value').first().waitFor();
  const before = await chart.locator('.bar-value').allInnerTexts();
  await chart.getByRole('button', { name: 'Show as table' }).click();
  const cells = await chart.getByRole('cell').allInnerTexts();
  assert.deepEqual(cells.map((cell) => cell.split(',')[0]), before);
});

test('when tokens run out is a histogram of all that do', async () => {
  const { expiring } = await api('GET', '/connections:aggregate');
  const all = (values) => values.reduce((sum, value) => sum + Number(value ?? 0), 0);
  const wanted = all(expiring.map(({ count }) => count));
  // The demo's tokens, and not its API keys, which do not run out; nor what the provider has refused.
  assert(wanted > 0);
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard`);
  const card = page.locator('.card', { has: page.getByRole('heading', { name: 'Time to expiry' }) });
  await card.locator('.bar-value').first().waitFor();
  assert.equal(all(await card.locator('.bar-value').allInnerTexts()), wanted);
});
