// In a frame on another site: the dialog, the window that goes to the provider, and what the page is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page as at, origin } from './host.js';
import { assertNoSecretIn, backend, connection, consent, decide, demo, frame, latchkey, outcome, server, session, withRealProvider, world } from './world.js';

const here = world();

/** Somebody at the product's page, who has pressed Connect. */
async function opened(wish, headers, options) {
  const person = await here.person(options);
  await person.page.goto(at(wish, headers));
  await person.page.getByRole('button', { name: 'Connect' }).click();
  return { ...person, ui: frame(person.page) };
}

const toProvider = (page, ui) => Promise.all([page.waitForEvent('popup'), ui.getByRole('button', { name: /^Continue to/ }).click()]).then(([popup]) => popup);

test('an account is connected in a window, and the page is told whose', async () => {
  const { token, session_id } = await session(['demo-oauth']);
  const { page, ui, asked, errors, context, close } = await opened({ tokens: [token] });
  const popup = await toProvider(page, ui);
  await ui.getByRole('heading', { name: 'Finish in the Demo window' }).waitFor();
  await decide(popup);
  await ui.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  if (!popup.isClosed()) await popup.waitForEvent('close');
  const said = await outcome(page);
  assert.equal(said.status, 'connected');
  assert.equal(said.session, session_id);
  assert.equal(said.connection.integration, 'demo-oauth');
  const { state, credential } = await connection(said.connection.id);
  assert.equal(state, 'CONNECTION_STATE_ACTIVE');
  assert.equal(said.connection.account, credential.account);
  await ui.getByText(said.connection.account).waitFor();
  assert.deepEqual(await page.evaluate(() => window.steps), ['explain', 'authorize', 'authorize', 'done']);
  assertNoSecretIn(asked, token);
  // The frame has no cookies: the window's own are the server's site's.
  const cookies = await context.cookies(server);
  assert(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'), JSON.stringify(cookies));
  assert.deepEqual(errors, []);
  await ui.getByRole('button', { name: 'Done' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'go');
  await close();
});

for (const policy of ['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups', 'unsafe-none']) {
  test(`a provider whose pages have the opener policy ${policy} does not hang it`, async () => {
    const { token } = await session(['demo-oauth']);
    const { page, ui, context, close } = await opened({ tokens: [token] });
    await context.route('**/demo-provider/**', async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 });
      await route.fulfill({ response: answer, headers: { ...answer.headers(), 'cross-origin-opener-policy': policy } });
    });
    const popup = await toProvider(page, ui);
    await decide(popup);
    await ui.getByRole('heading', { name: 'Demo is connected' }).waitFor();
    assert.equal((await outcome(page)).status, 'connected');
    await close();
  });
}

test('a server nobody here wrote is visited in a window just the same, also where it is declined there', () =>
  withRealProvider(async () => {
    const { token } = await session(['real']);
    const { page, ui, close } = await opened({ tokens: [token] });
    const declined = await toProvider(page, ui);
    await declined.getByRole('link', { name: 'Cancel' }).click();
    await ui.getByRole('heading', { name: 'You stopped before finishing' }).waitFor();
    await ui.getByRole('button', { name: 'Start again' }).click();
    const early = await toProvider(page, ui);
    await early.getByPlaceholder('Enter any login').waitFor();
    await early.close();
    await ui.getByText('The window seems to be closed.').first().waitFor();
    const [popup] = await Promise.all([page.waitForEvent('popup'), ui.getByRole('button', { name: 'Open again' }).click()]);
    await consent(popup);
    await ui.getByRole('heading', { name: 'Real is connected' }).waitFor();
    assert.equal((await outcome(page)).status, 'connected');
    await close();
  }));

test('the frame is cut off from what the server keeps in this browser elsewhere, as people\u2019s browsers do it', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, context, close } = await opened({ tokens: [token] });
  await ui.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  const own = await context.newPage();
  await own.goto(`${server}/connect`);
  await own.evaluate(() => localStorage.setItem('kept', 'by the page of its own'));
  const inside = page.frames().find((it) => it.url().includes('/embed/'));
  assert.equal(await inside.evaluate(() => localStorage.getItem('kept')), null, 'storage is not partitioned here: the other tests would show too little');
  await context.addCookies([{ name: 'kept', value: 'elsewhere', url: server, sameSite: 'Lax' }]);
  const asked = page.waitForRequest((request) => request.url().includes('/watch') || request.url().includes('/locales/'));
  await page.reload();
  await page.getByRole('button', { name: 'Connect' }).click();
  assert.equal((await (await asked).allHeaders()).cookie, undefined);
  await close();
});

test('a frame that has gone does not keep the page: who leaves is out, and the promise settles', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, close } = await opened({ tokens: [token] });
  await ui.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  await page.evaluate(() => (document.querySelector('dialog iframe').src = 'about:blank'));
  await ui.getByRole('heading').first().waitFor({ state: 'detached' });
  await page.evaluate(() => window.flow.close());
  assert.equal((await outcome(page)).status, 'dismissed');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await close();
});

test('a window that is kept closed leads on in the tab, and back to the page', async () => {
  const { token } = await session(['demo-oauth']);
  // Inherited by the frame: no windows, but the tab may be navigated by a click.
  const sandbox = 'sandbox allow-scripts allow-same-origin allow-forms allow-top-navigation-by-user-activation';
  const { page, ui, close } = await opened({ tokens: [token] }, { 'content-security-policy': sandbox });
  await ui.getByRole('button', { name: 'Continue to Demo' }).click();
  await ui.getByRole('heading', { name: 'Your browser kept the Demo window closed' }).waitFor();
  await ui.getByRole('button', { name: 'Use this tab' }).click();
  await page.waitForURL(`${server}/connect/ses_*`);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  const back = await page.getByRole('link', { name: 'Back to Acme' }).getAttribute('href');
  assert(back.startsWith(`${origin}/connected?latchkey_session=ses_`), back);
  await close();
});

test('a window that is closed too early is told of in words, and can be opened again', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, close } = await opened({ tokens: [token] });
  const popup = await toProvider(page, ui);
  await popup.locator('button[name="decision"]').first().waitFor();
  await popup.close();
  await ui.getByText('The window seems to be closed.').first().waitFor();
  const [again] = await Promise.all([page.waitForEvent('popup'), ui.getByRole('button', { name: 'Open again' }).click()]);
  await decide(again);
  await ui.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  assert.equal((await outcome(page)).status, 'connected');
  await close();
});

test('whoever says no is not told of an error, and may start again', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, close } = await opened({ tokens: [token] });
  await decide(await toProvider(page, ui), 'decline');
  await ui.getByRole('heading', { name: 'You stopped before finishing' }).waitFor();
  assert.equal(await page.locator('#said').textContent(), '', 'it is not over yet');
  await ui.getByRole('button', { name: 'Start again' }).click();
  await decide(await toProvider(page, ui), 'decline');
  await ui.getByRole('heading', { name: 'You stopped before finishing' }).waitFor();
  await ui.getByRole('button', { name: 'Close' }).click();
  const { status, reason } = await outcome(page);
  assert.deepEqual([status, reason], ['dismissed', 'USER_DECLINED']);
  await close();
});

test('an attempt that is cancelled takes no answer any more', async () => {
  const { token, session_id } = await session(['demo-oauth']);
  const { page, ui, close } = await opened({ tokens: [token] });
  const popup = await toProvider(page, ui);
  await popup.locator('button[name="decision"]').first().waitFor();
  const consent = popup.url();
  await ui.getByRole('button', { name: 'Cancel' }).click();
  await ui.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  const late = await page.context().newPage();
  await late.goto(consent);
  await decide(late);
  await late.getByRole('heading', { name: 'This page is out of date' }).waitFor();
  const { state } = await backend('GET', `/v1/connect-sessions/${session_id}`);
  assert.equal(state, 'SESSION_STATE_OPEN');
  await close();
});

test('a typed key is looked at, tried out and only then kept', async () => {
  const { token } = await session(['demo-api-key']);
  const { page, ui, close } = await opened({ tokens: [token] });
  const key = ui.getByLabel('API key', { exact: true });
  await ui.getByRole('button', { name: 'Connect', exact: true }).click();
  await ui.locator('.error').getByText('Enter API key.').waitFor();
  await assert.doesNotReject(ui.locator('input[aria-invalid="true"]:focus').waitFor());
  await key.fill('Bearer abc');
  await ui.getByText('Paste only the value, without “Bearer”.').waitFor();
  await key.fill('https://example.com/key');
  await ui.getByText('This looks like an address.').waitFor();
  await key.fill('dk_wrong_key_of_somebody');
  await ui.getByRole('button', { name: 'Connect', exact: true }).click();
  await ui.getByRole('heading', { name: /did not accept this/ }).waitFor();
  await ui.getByRole('button', { name: 'Try again' }).click();
  assert.equal(await key.inputValue(), 'dk_wrong_key_of_somebody', 'what was typed is still there');
  await key.fill(demo().api_key);
  await ui.getByRole('button', { name: 'Connect', exact: true }).click();
  await ui.getByRole('heading', { name: /is connected/ }).waitFor();
  assert.equal((await outcome(page)).status, 'connected');
  await close();
});

test('leaving with something typed is asked about once', async () => {
  const { token } = await session(['demo-api-key']);
  const { page, ui, close } = await opened({ tokens: [token] });
  await ui.getByLabel('API key', { exact: true }).fill('half a key');
  await page.keyboard.press('Escape');
  await ui.getByRole('heading', { name: 'Leave without connecting?' }).waitFor();
  // Whoever takes their time is not taken for gone.
  await page.waitForTimeout(2500);
  await ui.getByRole('button', { name: 'Keep going' }).click();
  assert.equal(await ui.getByLabel('API key', { exact: true }).inputValue(), 'half a key');
  await ui.getByRole('button', { name: 'Close' }).click();
  await ui.getByRole('button', { name: 'Leave' }).click();
  const { status, at: step } = await outcome(page);
  assert.deepEqual([status, step], ['dismissed', 'form']);
  await close();
});

test('a session that runs out is replaced on the same step, with what was typed', async () => {
  const short = await session(['demo-api-key'], { lifetime: '4s' });
  const next = await session(['demo-api-key']);
  const { page, ui, close } = await opened({ tokens: [short.token, next.token] });
  await ui.getByLabel('API key', { exact: true }).fill('typed before');
  await ui.getByRole('heading', { name: 'This page timed out' }).waitFor();
  await ui.getByRole('button', { name: 'Start over' }).click();
  const key = ui.getByLabel('API key', { exact: true });
  await key.waitFor();
  assert.equal(await key.inputValue(), 'typed before');
  await key.fill(demo().api_key);
  await ui.getByRole('button', { name: 'Connect', exact: true }).click();
  await ui.getByRole('heading', { name: /is connected/ }).waitFor();
  assert.equal((await outcome(page)).session, next.session_id);
  await close();
});

test('a page with the strictest policy that allows the frame and the script can embed it', async () => {
  const { token } = await session(['demo-oauth']);
  const policy = `default-src 'none'; img-src 'self'; script-src 'self' ${server}; frame-src ${server}; base-uri 'none'; require-trusted-types-for 'script'`;
  const { page, ui, errors, close } = await opened({ tokens: [token] }, { 'content-security-policy': policy });
  await decide(await toProvider(page, ui));
  assert.equal((await outcome(page)).status, 'connected');
  assert.deepEqual(errors, []);
  await close();
});

test('a page that is cut off from its windows still hears how it ended', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, context, close } = await opened({ tokens: [token] }, { 'cross-origin-opener-policy': 'same-origin' });
  await ui.getByRole('button', { name: 'Continue to Demo' }).click();
  // Such a page gets no hold of its windows: the way through the tab is there.
  await ui.getByRole('button', { name: 'Use this tab' }).click();
  await page.waitForURL(`${server}/connect/ses_*`);
  await page.getByRole('button', { name: 'Continue to Demo' }).click();
  await decide(page);
  await page.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  assert(context.pages().length >= 1);
  await close();
});

test('the promise settles when the token cannot be had, and when the frame may not be shown', async () => {
  const without = await opened({ noToken: true });
  assert.deepEqual(await outcome(without.page), { status: 'failed', reason: 'TOKEN_UNAVAILABLE', owner: 'DEVELOPER' });
  await without.close();
  const empty = await opened({ tokens: [''] });
  assert.equal((await outcome(empty.page)).reason, 'TOKEN_UNAVAILABLE');
  assert.match(empty.errors.join(), /sessionToken gave no token/);
  await empty.close();

  // The same machine by another name is another origin, which the environment does not allow.
  const { page, close } = await here.person();
  const refusals = [];
  page.on('console', (message) => refusals.push(message.text()));
  await page.clock.install();
  await page.goto(at({ tokens: ['secret'] }).replace('//localhost', '//foreign.localhost'));
  await page.evaluate(() => {
    window.heard = [];
    addEventListener('message', ({ data }) => window.heard.push(data));
  });
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('dialog iframe').waitFor();
  await page.clock.runFor(20_000);
  assert.equal((await outcome(page)).reason, 'FRAME_UNREACHABLE');
  assert.deepEqual(await page.evaluate(() => window.heard), [], 'another origin hears nothing at all');
  assert(refusals.some((text) => text.includes('frame-ancestors')), refusals.join('\n'));
  await close();
});

test('a backend that takes its time with the token is waited for', async () => {
  const { token } = await session(['demo-machine']);
  const { page, ui, errors, close } = await opened({ tokens: [token], tokenTakes: 5500 });
  await ui.getByRole('button', { name: 'Connect', exact: true }).click();
  assert.equal((await outcome(page)).status, 'connected');
  assert.deepEqual(errors, []);
  await close();
});

test('messages of other frames, and of the page itself, change nothing', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, ui, close } = await opened({ tokens: [token] });
  await ui.getByRole('button', { name: 'Continue to Demo' }).waitFor();
  await page.evaluate((server) => {
    const forged = { type: 'hello', nonce: 'x', protocol: 1 };
    postMessage(forged, '*');
    const sibling = document.createElement('iframe');
    sibling.srcdoc = `<script>parent.postMessage({type:'outcome',outcome:{status:'connected',connection:{id:'con_forged'}}},'*')</script>`;
    document.body.append(sibling);
    document.querySelector('dialog iframe').contentWindow.postMessage({ type: 'welcome', nonce: 'x', token: 'forged' }, server);
  }, server);
  await decide(await toProvider(page, ui));
  const said = await outcome(page);
  assert.match(said.connection.id, /^con_0/);
  await close();
});

test('it can be done with the keyboard alone', async () => {
  const { token } = await session(['demo-oauth', 'demo-api-key']);
  const { page, ui, close } = await opened({ tokens: [token] });
  await ui.getByRole('heading', { name: 'Connect an app' }).waitFor();
  const focused = () => ui.locator(':focus').first().textContent();
  await page.keyboard.press('Tab');
  for (let tabs = 0; tabs < 6 && !(await focused())?.includes('API key'); tabs += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await ui.getByLabel('API key', { exact: true }).waitFor();
  const typed = ui.getByLabel('API key', { exact: true });
  for (let tabs = 0; tabs < 8 && !(await typed.evaluate((it) => it === document.activeElement)); tabs += 1) await page.keyboard.press('Tab');
  await page.keyboard.type(demo().api_key);
  await page.keyboard.press('Enter');
  await ui.getByRole('heading', { name: /is connected/ }).waitFor();
  await page.keyboard.press('Escape');
  assert.equal((await outcome(page)).status, 'connected');
  await close();
});

test('a connection is mended under its own id, and the page says why', async () => {
  const id = latchkey('demo', 'connect', '--integration', 'demo-oauth', '--end-user', 'ana');
  latchkey('demo', 'revoke', id);
  const { token } = await session([], { reconnect_connection_id: id });
  const { page, ui, close } = await opened({ tokens: [token] });
  await ui.getByRole('heading', { name: 'Reconnect Demo' }).waitFor();
  await ui.getByText(/Demo ended the access on/).waitFor();
  await decide(await toProvider(page, ui));
  assert.equal((await outcome(page)).connection.id, id);
  const { state, credential } = await connection(id);
  assert.equal(state, 'CONNECTION_STATE_ACTIVE');
  assert(Number(credential.generation) >= 2, credential.generation);
  await close();
});
