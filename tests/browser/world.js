// The vocabulary of these tests: a server, a host, a browser, and people who click.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
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

/** With npm's `oidc-provider`, which nobody here wrote, and an integration at it. */
export async function withRealProvider(work) {
  const secret = 'canary_browser';
  const script = fileURLToPath(new URL('../oidc/server.js', import.meta.url));
  const provider = spawn(process.execPath, [script, process.env.OIDC_PORT, `${server}/oauth/callback`], { env: { ...process.env, CLIENT_SECRET: secret }, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => provider.stdout.once('data', resolve));
    await backend('PUT', '/v1/integrations/real', { integration: { key: 'real', provider: 'real', display_name: 'Real', client_id: 'latchkey', scopes: ['openid'] }, client_secret: secret });
    await work();
  } finally {
    provider.stdin.end();
    await new Promise((resolve) => provider.once('exit', resolve));
  }
}

/** At that provider. */
export async function consent(page) {
  await page.getByPlaceholder('Enter any login').fill('ana');
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

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
