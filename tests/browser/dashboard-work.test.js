// What operators do in the dashboard, and that it happens.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { accessible, api, connect, connectRobot, latchkey, operator, refusedKey, settled, url, useBrowser } from './operators.js';

const used = useBrowser();

test('a link made here lets an end user connect', async () => {
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/connections`);
  await page.getByRole('button', { name: 'Create a link' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Integration').selectOption('demo-oauth');
  await dialog.getByLabel('End user').fill('dora@hooli.example');
  await dialog.getByRole('button', { name: 'Create link' }).click();
  const link = await dialog.getByRole('link', { name: 'Open it' }).getAttribute('href');
  assert(link.startsWith(`${url}/connect#s=`), link);
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
});

test('a credential is shown on demand alone, and that it was is recorded with who it was', async () => {
  const id = connect('eve@hooli.example');
  const page = await operator(used, 'admin');
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${url}/dashboard/connections/${id}`);
  await settled(page);
  const { access_token } = await api('GET', `/connections/${id}:accessToken`);
  assert(!asked.some((path) => path.includes(':credential') || path.includes(':accessToken')), String(asked));
  assert.equal(await page.getByText(access_token).count(), 0);
  await page.getByRole('button', { name: /Reveal/ }).click();
  await page.getByText(access_token).waitFor();
  await page.reload();
  await page.getByText('An operator was shown the credential. By ana.').waitFor();
  assert.equal(await page.getByText(access_token).count(), 0);
});

test('a connection that broke says whose turn it is, and makes the link that mends it', async () => {
  const id = connect('finn@umbrella.example');
  latchkey('demo', 'revoke', id);
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/connections/${id}`);
  await page.getByText('End user’s turn').waitFor();
  await page.getByRole('button', { name: 'Create a reconnect link' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create link' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Open it' }).waitFor();
});

test('a credential is tried out with its provider, one or many, and what was asked is a log', async () => {
  const id = connect('vic@verify.example');
  connect('val@verify.example');
  await api('PATCH', `/connections/${id}`, { update_mask: 'webhook_url', webhook_url: 'http://127.0.0.1:9/own' });
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/connections/${id}`);
  await page.getByText('http://127.0.0.1:9/own').waitFor();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The provider takes the credential').waitFor();
  await page.getByText('It is ana@demo’s.').waitFor();
  await accessible(page, 'verified');
  await page.getByRole('link', { name: 'What was asked' }).click();
  await page.getByRole('heading', { name: 'The attempt that was looked for' }).waitFor();
  await page.locator('details[open] summary', { hasText: 'Verify' }).waitFor();

  await page.goto(`${url}/dashboard/connections?search=verify.example`);
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
  await page.getByRole('region', { name: 'With the chosen connections' }).getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('dialog', { name: 'Verify 2 connections?' }).getByRole('button', { name: 'Verify' }).click();
  await page.getByText('2 of 2 done').waitFor();
  // Here and with the other. A log is written a moment after what it tells.
  const logged = async () => ((await api('GET', `/auth-logs?connection_id=${id}&operation=AUTH_LOG_OPERATION_VERIFY`)).logs ?? []).length;
  while ((await logged()) < 2) await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(page.troubles, []);
});

test('the code that an end user is shown leads to what was tried', async () => {
  const reference = await refusedKey('una@reference.example');
  assert.match(reference, /^aut_/);
  const page = await operator(used, 'viewer');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search/ }).fill(` ${reference} `);
  await page.getByRole('option', { name: /An attempt, step by step/ }).waitFor();
  await page.keyboard.press('Enter');
  const log = page.locator('details[open]');
  await log.getByText('CREDENTIALS_REJECTED').first().waitFor();
  await accessible(page, 'a log that was looked for');
  assert.deepEqual(page.troubles, []);
});

test('connections are found by the server, and the address is the view', async () => {
  const id = connect('greta@initech.example');
  latchkey('demo', 'revoke', id);
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard/connections`);
  await page.getByLabel('State', { exact: true }).selectOption('NEEDS_REAUTH');
  await page.getByRole('link', { name: /greta@initech\.example/ }).waitFor();
  assert.match(page.url(), /state=NEEDS_REAUTH/);
  await page.reload();
  await page.getByRole('link', { name: /greta@initech\.example/ }).waitFor();
  const states = await page.locator('tbody .badge').allInnerTexts();
  assert.deepEqual([...new Set(states)], ['Needs reauth']);
  await page.getByRole('searchbox').fill('nobody@initech.example');
  await page.keyboard.press('Enter');
  await page.getByText('No connection fits').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByRole('searchbox').fill('greta');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /greta@initech\.example/ }).waitFor();
  assert.match(page.url(), /search=greta/);
});

test('many connections are deleted at once, and those alone that were chosen', async () => {
  const [one, other, kept] = ['h1', 'h2', 'h3'].map((name) => connect(`${name}@bulk.example`));
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/connections`);
  for (const name of ['h1', 'h2']) await page.getByRole('checkbox', { name: new RegExp(`${name}@bulk`) }).check();
  await page.getByRole('region', { name: 'With the chosen connections' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('2 of 2 done').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  const state = async (id) => (await api('GET', `/connections/${id}`)).connection.state;
  assert.deepEqual(await Promise.all([one, other, kept].map(state)), ['CONNECTION_STATE_DELETED', 'CONNECTION_STATE_DELETED', 'CONNECTION_STATE_ACTIVE']);
});

test('what is done to all that fit a filter is done to those on other pages too, and to nobody else', async () => {
  const made = [];
  for (let number = 0; number < 53; number += 1) made.push(await connectRobot(`robot-${number}@fit.example`));
  const kept = await connectRobot('robot@elsewhere.example');
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/connections?search=fit.example`);
  await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
  await page.getByText('50 connections on this page are chosen.').waitFor();
  await accessible(page, 'all that fit');
  await page.getByRole('button', { name: 'Choose all that fit the filter' }).click();
  const bulk = page.getByRole('region', { name: 'With the chosen connections' });
  await bulk.getByText('53 connections chosen').waitFor();
  await bulk.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog', { name: 'Disable 53 connections?' }).getByRole('button', { name: 'Disable' }).click();
  await page.getByText('53 of 53 done').waitFor();
  const state = async (id) => (await api('GET', `/connections/${id}`)).connection.state;
  assert.deepEqual(new Set(await Promise.all(made.map(state))), new Set(['CONNECTION_STATE_DISABLED']));
  assert.equal(await state(kept), 'CONNECTION_STATE_ACTIVE');
  assert.deepEqual(page.troubles, []);
});

test('health tells how each provider did', async () => {
  connect('p1@provider.example');
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard`);
  const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'demo-oauth', exact: true }) }).filter({ hasText: 'attempt' });
  await row.getByText(/% of \d+ attempts?/).waitFor();
});

test('a theme is tried out, its contrast told, and its settings are handed out', async () => {
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard/appearance`);
  const preview = page.getByRole('group', { name: 'Preview, light' });
  const button = preview.getByRole('button', { name: 'Continue to Brightdesk' });
  await page.getByLabel('Primary, light').fill('#ffd400');
  // A button's colour changes little by little.
  await page.waitForFunction((node) => getComputedStyle(node).backgroundColor === 'rgb(255, 212, 0)', await button.elementHandle());
  // Yellow on white is for nobody: text in it is moved, and the table says so.
  await page.getByLabel('Quiet text, light').fill('#ffe680');
  const row = page.getByRole('table', { name: 'Contrast, light' }).getByRole('row', { name: /^Quiet text/ });
  await row.getByText('Moved until it does').waitFor();
  await accessible(page, 'appearance');
  await page.getByLabel('Product').fill('A "quoted" name');
  const settings = await page.getByLabel('settings', { exact: true }).innerText();
  assert(settings.includes('[connect.environments.dev.theme.light]\nprimary = "#ffd400"\ntext_muted = "#ffe680"'), settings);
  assert(settings.includes('app_name = "A \\"quoted\\" name"'), settings);
  assert.deepEqual(page.troubles, []);
});

test('an integration is added with the exact redirect URL beside it, and changed afterwards', async () => {
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/providers`);
  await page.getByRole('searchbox').fill('gitlab');
  await page.getByRole('link', { name: /^GitLab/ }).first().click();
  await page.getByText(`${url}/oauth/callback`, { exact: true }).first().waitFor();
  await page.getByLabel('Key', { exact: true }).fill('gl');
  await page.getByLabel('Client id').fill('the-client');
  await page.getByLabel('Client secret').fill('canary_secret');
  await page.getByLabel(/Scopes/).fill('read_user api ');
  await page.getByRole('button', { name: 'Add integration' }).click();
  await page.getByText('GitLab is added').waitFor();
  const { integration } = await api('GET', '/integrations/gl');
  assert.deepEqual([integration.client_id, integration.scopes], ['the-client', ['read_user', 'api']]);
  // Not before what was added is read again, which fills the form in.
  await page.getByRole('button', { name: 'Save changes' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Our GitLab');
  await page.getByRole('button', { name: 'Save changes' }).click();
  // Not “as they are saved”, which stands there in any case.
  await page.getByText('Saved', { exact: true }).waitFor();
  assert.equal((await api('GET', '/integrations/gl')).integration.display_name, 'Our GitLab');
  assert.doesNotMatch(await page.content(), /canary_secret/);
});

test('what another client id means for those who are connected is said before it is saved', async () => {
  connect('fay@hooli.example');
  const page = await operator(used, 'admin');
  await page.goto(`${url}/dashboard/integrations/demo-oauth`);
  await page.getByLabel('Client id').fill('another');
  await page.getByText(/was given to the former client, and providers refuse it to another/).waitFor();
  await accessible(page, 'consequences');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.notEqual((await api('GET', '/integrations/demo-oauth')).integration.client_id, 'another');
});

test('a key is shown once, opens what its scopes say, and nothing once it is revoked', async () => {
  const page = await operator(used, 'admin');
  await page.goto(`${url}/dashboard/keys`);
  await page.getByRole('button', { name: 'Create a key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await dialog.getByText(/Give the key a name/).waitFor();
  await dialog.getByLabel('Name').fill('ci');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const key = await dialog.locator('.copy-field code').innerText();
  const opens = async (path) => (await fetch(`${url}/v1${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
  assert.deepEqual([await opens('/connections'), await opens('/integrations')], [200, 403]);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  assert.doesNotMatch(await page.content(), new RegExp(key));
  // Another that may do the same takes its place, and nobody who uses it notices.
  await page.getByRole('button', { name: 'Replace ci' }).click();
  await page.getByRole('dialog').getByLabel('The old key goes on for').selectOption('A week');
  await accessible(page, 'replacing a key');
  await page.getByRole('dialog').getByRole('button', { name: 'Replace key' }).click();
  const next = await dialog.locator('.copy-field code').innerText();
  const opened = await fetch(`${url}/v1/connections`, { headers: { authorization: `Bearer ${next}` } });
  assert.deepEqual([opened.status, await opens('/connections'), next === key], [200, 200, false]);
  await dialog.getByRole('button', { name: 'I have it' }).click();
  const { api_keys: both } = await api('GET', '/api-keys');
  const [old, successor] = [both.find((it) => it.name === 'ci' && it.successor), both.find((it) => it.name === 'ci' && !it.successor)];
  assert.equal(old.successor, successor.id);
  await api('DELETE', `/api-keys/${successor.id}`);
  await page.reload();
  await page.getByRole('button', { name: 'Revoke ci' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await page.getByRole('row', { name: /ci.*Revoked/ }).nth(1).waitFor();
  // One out of a backup, which here there is none of.
  await page.route('**/dashboard/api/api-keys', async (route) => {
    const answer = await route.fetch();
    const { api_keys } = await answer.json();
    await route.fulfill({ response: answer, json: { api_keys: api_keys.map((it) => (it.name === 'dev' ? { ...it, state: 'API_KEY_STATE_LOCKED' } : it)) } });
  });
  await page.reload();
  await page.getByText('Some keys are locked').waitFor();
  await page.getByRole('row', { name: /dev.*Locked/ }).waitFor();
  await accessible(page, 'locked keys');
  while ((await opens('/connections')) !== 401) await new Promise((resolve) => setTimeout(resolve, 200));
});

test('an endpoint is told, and what it was told can be seen and told again', async () => {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(request.headers['webhook-id']);
    response.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await operator(used, 'developer');
  await page.goto(`${url}/dashboard/webhooks`);
  await page.getByRole('button', { name: 'Add an endpoint' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill(`http://127.0.0.1:${server.address().port}/hook`);
  await dialog.getByRole('button', { name: 'Add endpoint' }).click();
  await dialog.getByText(/^whsec_/).waitFor();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Send a test' }).click();
  const delivered = page.getByText('Delivered', { exact: true });
  while ((await page.locator('summary').filter({ has: delivered }).count()) === 0) {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await settled(page);
  }
  await page.locator('summary', { hasText: 'test.ping' }).click();
  await page.getByRole('button', { name: 'Deliver again' }).click();
  while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(heard[0], heard[1]);
  server.close();
});

test('events are followed as they happen; a pause holds what comes and loses nothing', async () => {
  const page = await operator(used, 'viewer');
  await page.goto(`${url}/dashboard/events`);
  const first = connect('ina@live.example');
  await page.locator('summary', { hasText: 'ina@live.example' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  connect('jo@live.example');
  await page.getByText('1 new one waiting').waitFor();
  assert.equal(await page.locator('summary', { hasText: 'jo@live.example' }).count(), 0);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('summary', { hasText: 'jo@live.example' }).waitFor();
  await page.locator('summary', { hasText: 'ina@live.example' }).click();
  await page.getByRole('link', { name: first }).waitFor();
});

test('the guide knows what has happened', async () => {
  const page = await operator(used, 'admin');
  await settled(page);
  const done = page.locator('.step', { hasText: 'Connect an account' });
  await done.getByText('Done').waitFor();
  await page.getByText(`${url}/v1/connections/con_`).first().waitFor();
});
