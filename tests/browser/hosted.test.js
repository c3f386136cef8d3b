// In a page of its own, behind a link: with and without its program, in tabs, over bad lines, and at another server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { origin } from './host.js';
import { assertNoSecretIn, backend, connection, consent, decide, demo, server, session, withRealProvider, world } from './world.js';

const here = world();

test('a link leads through the provider and back to the product', async () => {
  const { connect_link, token, session_id } = await session(['demo-oauth']);
  const { page, asked, errors, close } = await here.person();
  await page.goto(`${connect_link}&r=${encodeURIComponent(`${origin}/connected`)}`);
  await page.waitForURL(`${server}/connect/${session_id}`);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  assert(!page.url().includes('code='), page.url());
  await page.getByRole('link', { name: 'Back to Acme' }).click();
  await page.waitForURL(`${origin}/connected?latchkey_session=${session_id}&latchkey_status=connected&latchkey_result=*`);
  const result_token = new URL(page.url()).searchParams.get('latchkey_result');
  const result = await backend('POST', '/v1/connect-results:exchange', { result_token });
  assert.deepEqual([result.session_id, result.end_user, result.integration, result.account], [session_id, 'ana', 'demo-oauth', 'ana@demo']);
  assert.equal((await connection(result.connection_id)).state, 'CONNECTION_STATE_ACTIVE');
  await assert.rejects(backend('POST', '/v1/connect-results:exchange', { result_token }), /RESULT_TOKEN_USED/);
  assertNoSecretIn(asked, token);
  assert.deepEqual(errors, []);
  await close();
});

// All of it together: page, programs, styles, and the texts of one language. What few people see is not among it.
const BUDGET = 25_000;
const FIRST = ['connect.css', 'connect.js', 'first.js', 'html', 'shared.js'];

/** What a page and everything it asks the server for weigh as they are sent, by name. */
async function weights(page, asked) {
  const files = [...new Set(asked.filter((it) => it.startsWith(`${server}/assets/`)))];
  const html = await page.evaluate(async () => (await fetch(location.href)).text());
  const bodies = await Promise.all(files.map(async (it) => [it.split('/').pop(), Buffer.from(await (await fetch(it)).arrayBuffer())]));
  return Object.fromEntries([['html', Buffer.from(html)], ...bodies].map(([name, body]) => [name, brotliCompressSync(body).length]));
}

function assertSmall(sizes, names) {
  assert.deepEqual(Object.keys(sizes).sort(), [...FIRST, ...names].sort());
  const sum = Object.values(sizes).reduce((all, size) => all + size);
  assert(sum <= BUDGET, `${sum} bytes, and may be ${BUDGET}: ${JSON.stringify(sizes)}`);
}

for (const locale of ['ar', 'de', 'en', 'es', 'fr', 'ja']) {
  test(`what a first connect loads in ${locale} is at most ${BUDGET} bytes`, async () => {
    const { connect_link } = await session(['demo-oauth']);
    const { page, asked, close } = await here.person({ locale });
    await page.goto(connect_link);
    await page.locator('.foot .button-primary').click();
    await decide(page);
    await page.locator('.pair-done').waitFor();
    assertSmall(await weights(page, asked), [`${locale}.json`]);
    await close();
  });
}

test('a first connect with a choice and a key to type loads no more', async () => {
  const { connect_link } = await session(['demo-api-key', 'demo-oauth']);
  const { page, asked, close } = await here.person({ locale: 'de-DE' });
  await page.goto(connect_link);
  await page.locator('.choice', { hasText: 'API key' }).click();
  await page.locator('input[type="password"]').fill(demo().api_key);
  await page.locator('.foot .button-primary').click();
  await page.locator('.pair-done').waitFor();
  assertSmall(await weights(page, asked), ['de.json']);
  await close();
});

test('what the backend settled is not asked, and its own page of help is where help is', async () => {
  const docs_url = 'https://help.acme.example/demo';
  const presets = { 'demo-basic': { inputs: { username: demo().username }, docs_url }, 'demo-oauth': { scopes: ['notes:write'] } };
  const { connect_link, session_id } = await session(['demo-basic', 'demo-oauth'], { presets });
  const { page, close } = await here.person();
  await page.goto(connect_link);
  await page.locator('.choice', { hasText: 'with a password' }).click();
  const password = page.locator('input[type="password"]');
  await password.waitFor();
  assert.equal(await page.locator('form#fields input').count(), 1);
  assert.equal(await page.getByRole('link', { name: 'Help' }).getAttribute('href'), docs_url);
  await page.getByRole('button', { name: 'Back' }).click();
  await page.locator('.choice', { hasText: 'Demo' }).last().click();
  await page.getByText('notes:write').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Help' }).getAttribute('href'), 'https://acme.example/help');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.locator('.choice', { hasText: 'with a password' }).click();
  await password.fill(demo().password);
  await page.locator('.foot .button-primary').click();
  await page.locator('.pair-done').waitFor();
  assert((await backend('GET', `/v1/connect-sessions/${session_id}`)).connection_id);
  await close();
});

test('texts that do not come leave the page that needs no program', async () => {
  const { connect_link } = await session(['demo-oauth']);
  const { page, context, close } = await here.person({ locale: 'de-DE' });
  await context.route('**/locales/connect/*.json', (route) => route.abort());
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Connect Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await close();
});

test('an address that the environment does not allow is not gone to', async () => {
  const { connect_link } = await session(['demo-machine']);
  const { page, close } = await here.person();
  await page.goto(`${connect_link}&r=${encodeURIComponent('https://evil.example/connected')}`);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const back = page.getByRole('link', { name: 'Back to Acme' });
  await back.waitFor();
  assert(!(await back.getAttribute('href')).includes('evil'));
  await close();
});

test('without JavaScript a connection is made with forms and redirects', async () => {
  for (const [integration, fill] of [
    ['demo-oauth', undefined],
    ['demo-api-key', (page) => page.getByLabel('API key').fill(demo().api_key)],
  ]) {
    const { token, session_id } = await session([integration]);
    const { page, context, close } = await here.person({ javaScriptEnabled: false });
    // Reading the link's fragment is the one thing that needs a program.
    const opened = await context.request.post(`${server}/connect/open`, { form: { token } });
    assert.equal(opened.url(), `${server}/connect/${session_id}`);
    await page.goto(opened.url());
    if (fill) {
      await page.getByRole('link', { name: 'Continue' }).click();
      await fill(page);
      await page.getByRole('button', { name: 'Connect' }).click();
    } else {
      await page.getByRole('button', { name: /Connect/ }).click();
      await decide(page);
    }
    await page.getByRole('heading', { name: /is connected/ }).waitFor();
    await page.getByRole('button', { name: 'Go back' }).click();
    const { searchParams } = new URL(page.url());
    assert.deepEqual([searchParams.get('latchkey_session'), searchParams.get('latchkey_status')], [session_id, 'connected']);
    const { integration: told } = await backend('POST', '/v1/connect-results:exchange', { result_token: searchParams.get('latchkey_result') });
    assert.equal(told, integration);
    await close();
  }
});

test('without JavaScript there is a way back from everything but the end', async () => {
  const { token, session_id } = await session(['demo-api-key', 'demo-oauth']);
  const { page, asked, context, close } = await here.person({ javaScriptEnabled: false });
  await context.request.post(`${server}/connect/open`, { form: { token } });
  const list = page.getByRole('button', { name: 'Connect Demo' });
  const form = async () => {
    await page.goto(`${server}/connect/${session_id}`);
    await list.waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByLabel('API key').waitFor();
  };
  // From a form; from one whose key was refused; and from a page that says what did not work.
  await form();
  await page.getByRole('link', { name: 'Choose something else' }).click();
  await form();
  await page.getByLabel('API key').fill('wrong');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('link', { name: 'Choose something else' }).click();
  await list.waitFor();
  await page.goto(`${server}/connect/${session_id}/form?integration=nothing`);
  await page.getByRole('heading', { name: 'That did not work' }).waitFor();
  await page.getByRole('link', { name: 'Go back' }).click();
  // And from the provider, where somebody declines.
  await list.click();
  await decide(page, 'decline');
  await list.waitFor();
  assert(asked.some((it) => it.endsWith('/connect/plain.css')), 'what it looks like without a program');
  await close();
});

test('two tabs show one session, and the second is told what happened in the first', async () => {
  const { connect_link, session_id } = await session(['demo-machine', 'demo-oauth']);
  const { page, context, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('heading', { name: 'Connect an app' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${server}/connect/${session_id}`);
  await other.getByRole('button', { name: /robot/i }).click();
  await other.getByRole('button', { name: 'Connect', exact: true }).click();
  await other.getByRole('heading', { name: /is connected/ }).waitFor();
  await page.bringToFront();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await close();
});

test('a page that says what did not work leads back to its session', async () => {
  const { connect_link, session_id } = await session(['demo-oauth']);
  const { page, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  await page.goto(`${server}/connect/${session_id}/form?integration=nothing`);
  await page.getByRole('heading', { name: 'This page is out of date' }).waitFor();
  await page.getByRole('link', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  await close();
});

test('another browser is told where the link is open', async () => {
  const { connect_link } = await session(['demo-oauth']);
  const one = await here.person();
  await one.page.goto(connect_link);
  await one.page.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  const other = await here.person();
  await other.page.goto(connect_link);
  await other.page.getByRole('heading', { name: 'This link is open in another browser' }).waitFor();
  await one.close();
  await other.close();
});

test('the way back from the provider by the browser’s own button leads to a page that works', async () => {
  const { connect_link } = await session(['demo-oauth', 'demo-api-key']);
  const { page, close } = await here.person();
  await page.goto(connect_link);
  const first = page.locator('.choice').first();
  await first.click();
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await page.locator('button[name="decision"]').first().waitFor();
  await page.goBack();
  const go = page.getByRole('button', { name: 'Continue to Demo' });
  await first.or(go).first().waitFor();
  if (await first.isVisible()) await first.click();
  await go.click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  await close();
});

test('a step in the page is a step in the browser’s history', async () => {
  const { connect_link } = await session(['demo-oauth', 'demo-api-key']);
  const { page, close } = await here.person();
  await page.goto(connect_link);
  await page.getByRole('button', { name: /API key/ }).click();
  await page.getByLabel('API key', { exact: true }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Connect an app' }).waitFor();
  await close();
});

test('over a slow line something is there at once, and it gets there in the end', async () => {
  const { connect_link } = await session(['demo-machine']);
  const { page, context, close } = await here.person();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  await page.goto(connect_link, { waitUntil: 'commit' });
  await page.locator('.skeleton').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await close();
});

test('without a line nothing typed is lost, and it goes on by itself', async () => {
  const { connect_link } = await session(['demo-api-key']);
  const { page, context, close } = await here.person();
  await page.goto(connect_link);
  await page.getByLabel('API key', { exact: true }).fill(demo().api_key);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'You are offline' }).waitFor();
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  const key = page.getByLabel('API key', { exact: true });
  await key.waitFor();
  assert.equal(await key.inputValue(), demo().api_key);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await close();
});

test('where streams do not get through, an answer that waits does', async () => {
  const { connect_link, session_id } = await session(['demo-machine', 'demo-oauth']);
  const { page, context, close } = await here.person();
  const asked = [];
  await context.route('**/watch*', (route) => {
    const streams = route.request().headers().accept === 'text/event-stream';
    asked.push(streams ? 'stream' : 'wait');
    return streams ? route.abort() : route.continue();
  });
  await page.goto(connect_link);
  await page.getByRole('heading', { name: 'Connect an app' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${server}/connect/${session_id}`);
  await other.getByRole('button', { name: /robot/i }).click();
  await other.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  assert(asked.includes('stream') && asked.includes('wait'), asked.join());
  await close();
});

test('a server nobody here wrote is connected to just the same', () =>
  withRealProvider(async () => {
    const { connect_link, session_id } = await session(['real']);
    const { page, close } = await here.person();
    await page.goto(connect_link);
    await page.getByRole('button', { name: 'Continue to Real' }).click();
    await consent(page);
    await page.getByRole('heading', { name: 'Real is connected' }).waitFor();
    const { connection_id } = await backend('GET', `/v1/connect-sessions/${session_id}`);
    assert.equal((await connection(connection_id)).state, 'CONNECTION_STATE_ACTIVE');
    await close();
  }));
