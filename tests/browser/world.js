// The vocabulary of these tests: a server, a host, a browser, and people who click.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startBrowser } from './browser.js';
import { startHost } from './host.js';

export const { LATCHKEY_URL: server, LATCHKEY_API_KEY: apiKey, LATCHKEY, DATA } = process.env;

export const latchkey = (...words) => execFileSync(LATCHKEY, [...words, '--data', DATA], { encoding: 'utf8', timeout: 60_000 }).trim();

/** What the demo's end user knows by heart. */
export const demo = () => JSON.parse(readFileSync(join(DATA, 'secrets.json'), 'utf8')).demo;

/** The product's backend. */
export async function backend(method, path, body) {
  const answer = await fetch(`${server}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const document = await answer.json();
  assert(answer.ok, JSON.stringify(document));
  return document;
}

export async function session(integrations, more = {}) {
  return backend('POST', '/v1/connect-sessions', { end_user: 'ana', integrations, ...more });
}

export const connection = async (id) => (await backend('GET', `/v1/connections/${id}`)).connection;

/** One browser for a file of tests, a context for each test. */
export function world() {
  const here = { contexts: [] };
  before(async () => {
    here.host = await startHost();
    Object.assign(here, await startBrowser());
  });
  after(async () => {
    await here.stop?.();
    here.host?.closeAllConnections();
    here.host?.close();
  });
  return {
    /** A person with a browser of their own. What it asks for is kept, to be looked through. */
    async person(options = {}) {
      const context = await here.browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      context.setDefaultTimeout(20_000);
      const asked = [];
      const errors = [];
      context.on('request', (request) => asked.push(request.url()));
      context.on('weberror', (thrown) => errors.push(String(thrown.error())));
      context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      const page = await context.newPage();
      return { context, page, asked, errors, close: () => context.close() };
    },
  };
}

/** The connect pages in the host's page. */
export const frame = (page) => page.frameLocator('dialog iframe');

/** What the promise of the host's page settled with. */
export async function outcome(page) {
  await page.waitForFunction(() => document.getElementById('said').textContent !== '');
  return JSON.parse(await page.locator('#said').textContent());
}

/** At the demo provider. */
export async function decide(popup, decision = 'allow') {
  await popup.locator(`button[name="decision"][value="${decision}"]`).click();
}

/** The session's secrets, which must stand in no address that is sent anywhere. */
export function assertNoSecretIn(addresses, ...secrets) {
  for (const address of addresses) {
    const sent = address.split('#')[0];
    for (const secret of secrets) assert(!sent.includes(secret), `a secret is in ${sent}`);
  }
}
