// Another product's client for browsers, unmodified, pointed at this server by its addresses alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page as at } from './host.js';
import { backend, connection, decide, demo, latchkey, server, session, world } from './world.js';

const here = world();

/** A call of the client's in the product's page. */
async function calling(page, token, work, ...rest) {
  return page.evaluate(
    async ([host, connectSessionToken, source, args]) => {
      const { default: Nango } = await import('/frontend/index.js');
      const nango = new Nango({ host, connectSessionToken });
      // What is thrown cannot be handed over as it is.
      return new Function('nango', 'args', `return (${source})(nango, ...args)`)(nango, args).catch(({ type, message }) => ({ type, message }));
    },
    [server, token, work.toString(), rest],
  );
}

test('a key typed into the product’s own form is tried out and kept', async () => {
  const { token } = await session(['demo-api-key']);
  const { page, close } = await here.person();
  await page.goto(at());
  const typed = (nango, apiKey) => nango.auth('demo-api-key', { credentials: { apiKey } });
  const wrong = await calling(page, token, typed, 'wrong');
  assert.equal(wrong.type, 'connection_test_failed');
  const right = await calling(page, token, typed, demo().api_key);
  assert.equal(right.providerConfigKey, 'demo-api-key');
  assert.equal((await connection(right.connectionId)).integration, 'demo-api-key');
  await close();
});

test('a name and a password, and nothing at all, do as well', async () => {
  const basic = await session(['demo-basic']);
  const machine = await session(['demo-machine']);
  const { page, close } = await here.person();
  await page.goto(at());
  const { username, password } = demo();
  const typed = await calling(page, basic.token, (nango, ...[username, password]) => nango.auth('demo-basic', { credentials: { username, password } }), username, password);
  assert.equal((await connection(typed.connectionId)).integration, 'demo-basic');
  const nothing = await calling(page, machine.token, (nango) => nango.create('demo-machine'));
  assert.equal((await connection(nothing.connectionId)).integration, 'demo-machine');
  await close();
});

test('what the session does not offer, and a token that is none, are refused by the words the client knows', async () => {
  const { token } = await session(['demo-api-key']);
  const { page, close } = await here.person();
  await page.goto(at());
  const other = (nango) => nango.auth('demo-basic', { credentials: { username: 'a', password: 'b' } });
  assert.equal((await calling(page, token, other)).type, 'integration_not_allowed');
  assert.equal((await calling(page, 'lk_cs_nothing', other)).type, 'unknown_connect_session_token');
  await close();
});

test('its connect pages are ours, and tell it what it waits for', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, close } = await here.person();
  await page.goto(at());
  await page.evaluate(
    async ([host, sessionToken]) => {
      const { default: Nango } = await import('/frontend/index.js');
      window.heard = [];
      const ui = new Nango({ host }).openConnectUI({ baseURL: `${host}/connect-ui`, apiURL: host, onEvent: (event) => window.heard.push(event) });
      ui.setSessionToken(sessionToken);
    },
    [server, token],
  );
  const ui = page.frameLocator('#connect-ui');
  const [popup] = await Promise.all([page.waitForEvent('popup'), ui.getByRole('button', { name: 'Continue to Demo' }).click()]);
  await decide(popup);
  await ui.getByRole('heading', { name: 'Demo is connected' }).waitFor();
  await page.waitForFunction(() => window.heard.some(({ type }) => type === 'connect'));
  const heard = await page.evaluate(() => window.heard);
  const { payload } = heard.find(({ type }) => type === 'connect');
  assert.equal(payload.providerConfigKey, 'demo-oauth');
  assert.equal((await connection(payload.connectionId)).integration, 'demo-oauth');
  await ui.getByRole('button', { name: 'Done' }).click();
  await page.locator('#connect-ui').waitFor({ state: 'detached' });
  await close();
});

/** Its own window, opened by a click as people do; what the client's promise settled with. */
async function popping(page, token, key, work, options = {}) {
  await page.evaluate(
    async ([host, connectSessionToken, key, options]) => {
      const { default: Nango } = await import('/frontend/index.js');
      const nango = new Nango({ host, connectSessionToken });
      window.settled = undefined;
      document.getElementById('go').onclick = () => {
        nango.auth(key, options).then(
          (result) => (window.settled = result),
          ({ type, message }) => (window.settled = { type, message }),
        );
      };
    },
    [server, token, key, options],
  );
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('#go').click()]);
  await work(popup);
  await page.waitForFunction(() => window.settled);
  return page.evaluate(() => window.settled);
}

test('its own window goes to the provider, and a socket tells what became of it', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, close } = await here.person();
  await page.goto(at());
  const declined = await popping(page, token, 'demo-oauth', (popup) => decide(popup, 'decline'));
  assert.equal(declined.type, 'callback_err');
  const asked = await popping(page, token, 'demo-oauth', (popup) => decide(popup, 'request'));
  assert.deepEqual([asked.providerConfigKey, asked.isPending], ['demo-oauth', true]);
  const result = await popping(page, token, 'demo-oauth', async (popup) => {
    const closed = popup.waitForEvent('close');
    await decide(popup);
    await closed;
  });
  assert.deepEqual([result.providerConfigKey, result.isPending], ['demo-oauth', false]);
  assert.equal((await connection(result.connectionId)).integration, 'demo-oauth');
  await close();
});

test('the authorization request says what the client says beside, and is another app’s where it names one', async () => {
  const key = 'own-app';
  const integration = { provider: 'demo-oauth', unique_key: key, credentials: { type: 'OAUTH2', client_id: 'nobody', client_secret: 'wrong' } };
  await backend('POST', '/integrations', integration);
  const { token } = await session([key]);
  const { page, close } = await here.person();
  await page.goto(at());
  const credentials = { oauth_client_id_override: 'latchkey-demo', oauth_client_secret_override: demo().client_secret };
  const options = { authorization_params: { login_hint: 'a&b', prompt: undefined }, user_scope: ['x', 'y'], credentials };
  const result = await popping(page, token, key, async (popup) => {
    await popup.locator('button[name="decision"]').first().waitFor();
    const asked = new URL(popup.url()).searchParams;
    assert.deepEqual([asked.get('client_id'), asked.get('user_scope')], ['latchkey-demo', 'x,y']);
    // The client does not encode what it sends: the rest of the value is another parameter.
    assert.deepEqual([asked.get('login_hint'), asked.get('prompt')], ['a', null]);
    await decide(popup);
  }, options);
  assert.equal(result.providerConfigKey, key);
  // Renewed with the app it was made with.
  const { generation } = await backend('GET', `/v1/connections/${result.connectionId}:accessToken?force_refresh=true`);
  assert.equal(generation, 2);

  const refused = await popping(page, (await session([key])).token, key, async () => undefined, { authorization_params: { redirect_uri: 'https://evil.example' } });
  assert.equal(refused.type, 'url_param_err');
  await close();
});

test('a refresh token that there is already takes the place of a consent', async () => {
  const read = (id) => backend('GET', `/connections/${id}?provider_config_key=demo-oauth&refresh_token=true`);
  const { credentials: had } = await read(latchkey('demo', 'connect', '--end-user', 'had one').split('\n').pop());
  const { token } = await session(['demo-oauth']);
  const { page, close } = await here.person();
  await page.goto(at());
  const own = { oauth_client_id_override: 'latchkey-demo', oauth_client_secret_override: demo().client_secret };
  const credentials = { ...own, oauth_refresh_token_override: had.refresh_token };
  const result = await popping(page, token, 'demo-oauth', async () => undefined, { credentials });
  assert.equal(result.providerConfigKey, 'demo-oauth', JSON.stringify(result));
  assert.notEqual((await read(result.connectionId)).credentials.access_token, had.access_token);
  await close();
});

test('a window that cannot go anywhere says why, in the window and to the client', async () => {
  const { token } = await session(['demo-api-key']);
  const { page, context, close } = await here.person();
  await page.goto(at());
  const nothing = async () => undefined;
  assert.equal((await popping(page, token, 'demo-oauth', nothing)).type, 'integration_not_allowed');
  assert.equal((await popping(page, 'lk_cs_nothing', 'demo-oauth', nothing)).type, 'unknown_connect_session_token');
  // The client closes its window once it is told; who opened another one can read why.
  const window = await context.newPage();
  await window.goto(`${server}/oauth/connect/demo-oauth?connect_session_token=lk_cs_nothing&ws_client_id=none`);
  await window.getByRole('heading', { name: 'This link is not complete' }).waitFor();
  await close();
});

test('a window that is closed is noticed by the client, where it is told to look', async () => {
  const { token } = await session(['demo-oauth']);
  const { page, close } = await here.person();
  await page.goto(at());
  const settled = await popping(page, token, 'demo-oauth', async (popup) => {
    await popup.locator('button[name="decision"]').first().waitFor();
    await popup.close();
  }, { detectClosedAuthWindow: true });
  assert.equal(settled.type, 'window_closed');
  await close();
});
