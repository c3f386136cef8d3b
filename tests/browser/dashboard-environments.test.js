// One operator, two environments, and what is true of all of them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, api, connect, operator, picture, settled, url, useBrowser } from './operators.js';

const used = useBrowser();
const settings = join(process.env.DATA, 'latchkey.toml');
const here = {};

before(async () => {
  const { DATA } = process.env;
  writeFileSync(settings, `[database]\nurl = "sqlite:${join(DATA, 'latchkey.db')}"\n[keys]\nkek = "file://${join(DATA, 'kek')}"\n`);
  here.connection = connect('ana@acme.example');
});

/** A command that works on the database, beside the server. */
const operate = (...words) => execFileSync(process.env.LATCHKEY, [...words, '--config', settings], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 }).trim();

const linkTo = (environment, name) => operate('operator', 'login-link', '--environment', environment, '--name', name, '--role', 'viewer', '--url', url);

after(() => operate('safe-mode', 'leave'));

const current = (page, name) => page.getByRole('button', { name: `Environment: ${name}. Change` });

test('an operator goes from one environment to the other, and sees the one alone that is in the header', async () => {
  const page = await operator(used, 'admin');
  await page.goto(`${url}/dashboard/connections`);
  await page.getByText('ana@acme.example').first().waitFor();
  await current(page, 'dev').click();
  await page.getByText('appears here once you have opened a login link from there').waitFor();
  await accessible(page, 'environments');
  await page.keyboard.press('Escape');
  assert(await current(page, 'dev').evaluate((button) => button === document.activeElement));

  await page.goto(linkTo('staging', 'ana'));
  await page.getByRole('button', { name: 'Log in' }).click();
  await current(page, 'staging').waitFor();
  await page.goto(`${url}/dashboard/connections`);
  await settled(page);
  await page.getByText('No connections yet').first().waitFor();
  assert.equal(await page.getByText('ana@acme.example').count(), 0);
  const other = await page.context().newPage();
  await other.goto(`${url}/dashboard/connections`);
  await settled(other);

  await page.bringToFront();
  await current(page, 'staging').click();
  await picture(page, 'environments');
  await page.getByRole('button', { name: 'Go to dev, as admin' }).click();
  await current(page, 'dev').waitFor();
  await page.goto(`${url}/dashboard/connections`);
  await page.getByText('ana@acme.example').first().waitFor();
  // A page that was left open on the other environment shows nothing of this one.
  await other.getByRole('link', { name: 'Auth logs' }).click();
  await other.getByText('CSRF_TOKEN_INVALID').first().waitFor();
  assert.equal(await other.getByText('ana@acme.example').count(), 0);
  await page.context().close();
});

test('while nothing is refreshed every screen says so, and whose turn it is', async () => {
  operate('safe-mode', 'enter');
  for (const colorScheme of ['light', 'dark']) {
    const page = await operator(used, 'viewer', { colorScheme, viewport: { width: 320, height: 800 } });
    const banner = page.getByRole('complementary', { name: 'Safe mode' });
    await banner.getByText('latchkey safe-mode leave').first().waitFor();
    await page.goto(`${url}/dashboard/connections/${here.connection}`);
    await settled(page);
    await banner.waitFor();
    await page.getByRole('region', { name: 'Explanation' }).getByText('Operator’s turn').waitFor();
    await accessible(page, 'safe mode');
    await picture(page, `safe-mode-${colorScheme}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert(wide <= 0, `${wide} px wider than its window`);
    await page.context().close();
  }
  operate('safe-mode', 'leave');
  const page = await operator(used, 'viewer');
  await settled(page);
  assert.equal(await page.getByRole('complementary', { name: 'Safe mode' }).count(), 0);
  assert.deepEqual((await api('GET', '/incidents')).incidents ?? [], []);
  await page.context().close();
});
