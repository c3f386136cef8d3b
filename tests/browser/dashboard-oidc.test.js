// Operators log in with an OpenID provider that nobody here wrote, which says who they are; the settings say what they may do.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accessible, api, latchkey, picture, url, useBrowser } from './operators.js';

const used = useBrowser();
let provider;

before(async () => {
  const script = fileURLToPath(new URL('../oidc/server.js', import.meta.url));
  provider = spawn(process.execPath, [script, process.env.LOGIN_PORT, `${url}/dashboard/login/callback`], { env: { ...process.env, CLIENT_SECRET: 'canary_login' }, stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => provider.stdout.once('data', resolve));
});

after(async () => {
  provider.stdin.end();
  await new Promise((resolve) => provider.once('exit', resolve));
});

/** Somebody at the provider, in a browser of their own. */
async function comesBackAs(name) {
  const page = await (await used.browser.newContext()).newPage();
  page.asked = [];
  page.context().on('request', (request) => page.asked.push(request.url()));
  await page.goto(`${url}/dashboard`);
  await page.getByRole('button', { name: 'Log in with Acme to dev' }).click();
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`${url}/dashboard**`);
  return page;
}

test('somebody with a role comes in with it, and stays in', async () => {
  const page = await comesBackAs('ana');
  await page.getByText('ana@example.com').first().waitFor();
  await page.getByRole('navigation', { name: 'Dashboard' }).getByRole('link', { name: 'Keys and people' }).waitFor();
  await page.reload();
  await page.getByText('ana@example.com').first().waitFor();
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert(!page.asked.some((address) => address.includes('canary_login')));
  const cookies = await page.context().cookies(url);
  assert(!cookies.some(({ name }) => name === 'lk_login'), 'what the login was begun with is gone');
  await page.context().close();
});

test('the highest of the configured roles is the one they have', async () => {
  const page = await comesBackAs('vera');
  await page.getByText('vera@example.com').first().waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Dashboard' }).getByRole('link', { name: 'Keys and people' }).count(), 0);
  await page.context().close();
});

test('somebody without a role is told so and stays outside', async () => {
  const page = await comesBackAs('mallory');
  await page.getByText('You are known, and have no role here.').waitFor();
  assert.equal(page.url(), `${url}/dashboard/login`);
  await accessible(page, 'login');
  await picture(page, 'login-refused');
  const { status } = await page.request.get(`${url}/dashboard/session`).then((answer) => ({ status: answer.status() }));
  assert.equal(status, 401);
  await page.context().close();
});

test('an answer that this browser did not ask for lets nobody in', async () => {
  const page = await (await used.browser.newContext()).newPage();
  for (const query of ['code=canary_code&state=made-up', 'state=x', '', 'error=access_denied&state=x']) {
    await page.goto(`${url}/dashboard/login/callback?${query}`);
    await page.getByText('begun in another browser').waitFor();
  }
  // One that was begun here, with an answer of another's.
  await page.goto(`${url}/dashboard`);
  const away = await page.request.get(`${url}/dashboard/login/with/0`, { maxRedirects: 0 });
  const { searchParams } = new URL(away.headers().location);
  assert.equal(searchParams.get('code_challenge_method'), 'S256');
  await page.goto(`${url}/dashboard/login/callback?code=canary_code&state=${searchParams.get('state')}&iss=https://evil.example`);
  await page.getByText('no answer that can be believed').waitFor();
  await page.goto(`${url}/dashboard/login/callback?code=canary_code&state=${searchParams.get('state')}`);
  await page.getByText('begun in another browser').waitFor();
  await page.context().close();
});

test('what they do is recorded in their name', async () => {
  const page = await comesBackAs('ana');
  await page.goto(`${url}/dashboard/keys`);
  await page.getByRole('heading', { name: 'Keys and people' }).waitFor();
  const { api_keys } = await api('GET', '/api-keys');
  assert(api_keys.some(({ name, role }) => name === 'ana@example.com' && role === 'admin'), JSON.stringify(api_keys));
  assert(latchkey('key', 'list').includes('ana@example.com'));
  await page.context().close();
});

test('an environment with a provider is entered by logging in there, and the one before it waits', async () => {
  const page = await comesBackAs('ana');
  await page.getByRole('button', { name: 'Environment: dev. Change' }).click();
  await page.getByRole('button', { name: 'Log in to staging with Acme' }).click();
  await page.getByRole('button', { name: 'Environment: staging. Change' }).waitFor();
  await page.getByRole('button', { name: 'Environment: staging. Change' }).click();
  await page.getByRole('button', { name: 'Go to dev, as admin' }).click();
  await page.getByRole('button', { name: 'Environment: dev. Change' }).waitFor();
  await page.context().close();
});

test('who has no role in the other environment is told so, and goes on in this one', async () => {
  const page = await comesBackAs('vera');
  await page.getByRole('button', { name: 'Environment: dev. Change' }).click();
  await page.getByRole('button', { name: 'Log in to staging with Acme' }).click();
  await page.getByText('You are known, and have no role here.').waitFor();
  await page.getByRole('button', { name: 'Back to the dashboard' }).click();
  await page.getByRole('button', { name: 'Environment: dev. Change' }).waitFor();
  await page.context().close();
});
