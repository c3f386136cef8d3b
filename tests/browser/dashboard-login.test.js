// How operators come into the dashboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginLink, operator, url, useBrowser } from './operators.js';

const used = useBrowser();
const { LATCHKEY_DASHBOARD_LOGIN } = process.env;

test("the link of a development server's dev.env opens the dashboard, once, and leaves the address", async () => {
  const page = await (await used.browser.newContext()).newPage();
  await page.goto(LATCHKEY_DASHBOARD_LOGIN);
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.equal(page.url(), `${url}/dashboard/login`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Getting started' }).waitFor();
  // The page goes on being logged in, and no script can read what proves it.
  await page.reload();
  await page.getByRole('heading', { name: 'Getting started' }).waitFor();
  assert.equal(await page.evaluate(() => document.cookie), '');

  const other = await (await used.browser.newContext()).newPage();
  await other.goto(LATCHKEY_DASHBOARD_LOGIN);
  await other.getByRole('button', { name: 'Log in' }).click();
  await other.getByText('This login link was used already.').waitFor();
});

test('who opens the dashboard without a login is told how to get one, and who logs out is out', async () => {
  const stranger = await (await used.browser.newContext()).newPage();
  await stranger.goto(`${url}/dashboard/connections`);
  await stranger.getByText('latchkey operator login-link').waitFor();

  const page = await operator(used, 'developer');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('latchkey operator login-link').waitFor();
  await page.goto(`${url}/dashboard`);
  await page.getByText('latchkey operator login-link').waitFor();
});

test('a viewer is shown what there is, and no way to change it', async () => {
  const page = await operator(used, 'viewer');
  const places = page.getByRole('navigation', { name: 'Dashboard' });
  assert.equal(await places.getByRole('link', { name: 'Keys and people' }).count(), 0);
  await places.getByRole('link', { name: 'Integrations', exact: true }).click();
  await page.getByRole('link', { name: /Demo robot/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Add an integration' }).count(), 0);
  await page.goto(`${url}/dashboard/connections`);
  await page.getByRole('heading', { name: 'Connections', exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Create a link' }).count(), 0);
  assert.deepEqual(page.troubles, []);
});

test('no page may frame it, and nothing inline runs in it', async () => {
  const answer = await fetch(`${url}/dashboard`);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /script-src 'self';/);
  assert.doesNotMatch(policy, /unsafe/);
  const html = await answer.text();
  assert.doesNotMatch(html, /<script(?![^>]*src=)|<style| style=| on\w+=/);
});

test('nothing is painted in other colours than its own, before its program runs', async () => {
  for (const [kept, device, scheme, primary] of [[null, 'light', 'light', '#4f46e5'], [null, 'dark', 'dark', '#8b87ff'], ['dark', 'light', 'dark', '#8b87ff'], ['light', 'dark', 'light', '#4f46e5']]) {
    const context = await used.browser.newContext({ colorScheme: device });
    const page = await context.newPage();
    await page.goto(`${url}/dashboard/login`);
    await page.evaluate((kept) => (kept ? localStorage.setItem('appearance', kept) : localStorage.removeItem('appearance')), kept);
    await context.route('**/dashboard/dashboard.js', () => undefined);
    await page.goto(`${url}/dashboard/login`, { waitUntil: 'commit' });
    await page.locator('#app').waitFor({ state: 'attached' });
    const worn = await page.evaluate(() => [document.documentElement.dataset.scheme, getComputedStyle(document.documentElement).getPropertyValue('--primary').trim()]);
    assert.deepEqual(worn, [scheme, primary], `${kept}, ${device}`);
    await context.close();
  }
});

test('the first load stays within 90 kB', async () => {
  const html = await (await fetch(`${url}/dashboard`)).text();
  const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  assert(files.length >= 3, html);
  let sum = 0;
  for (const path of files) {
    const answer = await fetch(url + path, { headers: { 'accept-encoding': 'identity' } });
    assert(answer.ok, path);
    const { brotliCompressSync } = await import('node:zlib');
    sum += brotliCompressSync(Buffer.from(await answer.arrayBuffer())).length;
  }
  assert(sum < 90_000, `${sum} bytes`);
});

test('a login link in a browser that is logged in ends the login before it', async () => {
  const page = await operator(used, 'viewer', {});
  await page.goto(await loginLink('admin', 'bo'));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Getting started' }).waitFor();
  await page.getByText('bo', { exact: true }).waitFor();
});
