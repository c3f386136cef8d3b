// The vocabulary of the dashboard's tests: operators in a browser, and the server behind it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startBrowser } from './browser.js';
export { picture } from './picture.js';

const { LATCHKEY_URL, LATCHKEY_API_KEY, LATCHKEY, DATA } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const url = LATCHKEY_URL;

/** A call of the public API with the server's own key. */
export async function api(method, path, body) {
  const answer = await fetch(`${url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${LATCHKEY_API_KEY}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const document = await answer.json();
  assert(answer.ok, `${method} ${path}: ${JSON.stringify(document)}`);
  return document;
}

/** A command of the command line. */
export const latchkey = (...args) => execFileSync(LATCHKEY, [...args, '--data', DATA], { encoding: 'utf8', timeout: 60_000 });

/** As if each change of a state so far had happened that many milliseconds earlier: an expression over the row. */
export function happenedAgo(milliseconds) {
  const script = 'import sqlite3, sys; file = sqlite3.connect(sys.argv[1], timeout=20); file.execute(sys.argv[2]); file.commit()';
  execFileSync('python3', ['-c', script, join(DATA, 'latchkey.db'), `UPDATE status_changes SET at = at - ${milliseconds}`]);
}

/** Connects an account at the demo provider; its connection's id. */
export const connect = (endUser, integration = 'demo-oauth') => latchkey('demo', 'connect', '--end-user', endUser, '--integration', integration).trim();

/** The same as a frame's program does it, of an app that connects by itself; its connection's id. */
export async function connectRobot(endUser) {
  const { token, session_id } = await api('POST', '/connect-sessions', { end_user: endUser, integrations: ['demo-machine'] });
  const send = async (path, body, binding) => {
    const headers = { 'content-type': 'application/json', ...(binding && { authorization: `Bearer ${binding}` }) };
    return (await fetch(`${url}/connect/api/sessions${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const { binding } = await send('', { token });
  const { session } = await send(`/${session_id}/attempts`, { integration: 'demo-machine' }, binding);
  return session.connection.id;
}

/** Somebody types a key that the provider does not know; the code they are shown for it. */
export async function refusedKey(endUser) {
  const { token, session_id } = await api('POST', '/connect-sessions', { end_user: endUser, integrations: ['demo-api-key'] });
  const send = (path, body, binding) =>
    fetch(`${url}/connect/api/sessions${path}`, { method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json', ...(binding && { authorization: `Bearer ${binding}` }) }, ...(body && { body: JSON.stringify(body) }) }).then((answer) => answer.json());
  const { binding } = await send('', { token });
  await send(`/${session_id}/attempts`, { integration: 'demo-api-key', fields: { api_key: 'dk_of_nobody' } }, binding);
  return (await send(`/${session_id}`, undefined, binding)).failure.reference;
}

/** A browser for the tests of a file. */
export function useBrowser() {
  const used = {};
  before(async () => Object.assign(used, await startBrowser()));
  after(() => used.stop?.());
  return used;
}

export const loginLink = async (role, operator = 'ana') => (await api('POST', '/login-links', { role, operator })).login_link;

/** A page in which an operator is logged in. What goes wrong in it is kept in `troubles`. */
export async function operator(used, role, options = {}) {
  const context = await used.browser.newContext({ viewport: { width: 1280, height: 860 }, permissions: ['clipboard-read', 'clipboard-write'], ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(error.message));
  page.on('console', (message) => message.type() === 'error' && page.troubles.push(`${message.text()} ${message.location().url}`));
  await page.goto(await loginLink(role));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Getting started' }).waitFor();
  return page;
}

/** Waits until nothing on the screen is still being asked for. */
export async function settled(page) {
  await page.locator('h1').waitFor();
  await page.locator('.outline').first().waitFor({ state: 'detached' });
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What WCAG 2.2 AA forbids, as far as a program can see it. */
export async function accessible(page, what) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  // Colours on their way to others are neither.
  await page.waitForFunction(() => !document.getAnimations().some((it) => it instanceof CSSTransition), undefined, { polling: 20 });
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), TAGS);
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
  assert.deepEqual(told, [], what);
}
