// Every screen, in both schemes, both directions and three widths: axe finds nothing, nothing sticks out, nothing is hidden.
// Which screen there is, the server decides; here its answers are written down, so that each can be had at will.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { page as at } from './host.js';
import { picture } from './picture.js';
import { frame, server, session, world } from './world.js';

const here = world();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const choice = (key, name, more = {}) => ({ key, name, provider: name, categories: [], away: true, asks: false, scopes: ['contacts.read', 'calendar.events'], ...more });
const many = ['Acorn CRM', 'Brightdesk', 'Cloudmail', 'Datahaus', 'Ergo Calendar', 'Fjord Files', 'Güterwerk', 'Hinata 会計'].map((name, at) => choice(`i${at}`, name));
const base = { id: 'ses_1', revision: 'r', end_user: 'ana', expires_at: Date.now() + 3_600_000, intent: 'connect', integrations: [choice('crm', 'Acorn CRM')] };
const failed = (reason, owner = 'PROVIDER') => ({ ...base, attempt: { id: 'aut_01J', integration: 'crm', state: 'failed' }, failure: { reason, owner, phase: 'EXCHANGE', reference: 'aut_01JZY5W8Q4' } });
const form = { key: 'crm', name: 'Acorn CRM', provider: 'Acorn CRM', away: true, scopes: ['contacts.read', 'calendar.events', 'files.metadata.read'], fields: [], steps: [], notes: [] };
const typed = {
  ...form,
  away: false,
  scopes: [],
  steps: ['Sign in at https://acorn.example/settings and open API keys.', 'Make a key with the permission to read contacts.', 'Copy it: it is shown once.'],
  fields: [
    { name: 'subdomain', label: 'Subdomain', secret: false, required: true, multiline: false, before: 'https://', after: '.acorn.example', help: 'The first part of your address there.' },
    { name: 'region', label: 'Region', secret: false, required: true, multiline: false, options: ['Europe', 'United States'] },
    { name: 'key', label: 'API key', secret: true, required: true, multiline: false, pattern: '^ak_' },
    { name: 'note', label: 'Certificate', secret: false, required: false, multiline: true },
  ],
};
const several = (...accounts) => ({ ...base, attempt: { id: 'aut_01J', integration: 'crm', state: 'held', choices: accounts.map(([label, detail]) => ({ label, detail })) } });
const connected = { ...base, attempt: { id: 'aut_01J', integration: 'crm', state: 'completed' }, connection: { id: 'con_1', account: 'ana@acme.example' } };

const manager = { ...base, intent: 'manage', integrations: many };
const OWNED = [
  { id: 'con_1', integration: 'crm', name: 'Acorn CRM', account: 'ana@acme.example (Globex)', state: 'ended', ended: ['REAUTH_REQUIRED', 1_760_000_000_000], mendable: true, created_at: 1_750_000_000_000 },
  { id: 'con_2', integration: 'mail', name: 'Cloudmail', account: 'ana@acme.example', state: 'connected', mendable: true, created_at: 1_750_000_000_000 },
  { id: 'con_3', integration: 'files', name: 'Fjord Files', state: 'connected', scopes_left_out: ['files.write'], mendable: true, created_at: 1_750_000_000_000 },
  { id: 'con_4', integration: 'cal', name: 'Ergo Calendar', account: 'a-name-that-has-no-end-and-no-place-to-break-it@acme-international.example', state: 'failing', mendable: false, created_at: 1_750_000_000_000 },
];

// What the server says, and what somebody does then.
const SCREENS = {
  manage: { session: manager, owned: OWNED, act: async (page) => page.locator('.own').first().waitFor() },
  'manage-nothing': { session: manager, owned: [], act: async (page) => page.locator('.nothing').waitFor() },
  'manage-ending': { session: manager, owned: OWNED, act: async (page) => {
    await page.locator('.own .button-quiet').first().click();
    await page.locator('dialog[open]').waitFor();
  } },
  choose: { session: { ...base, integrations: many } },
  'choose-nothing-found': { session: { ...base, integrations: many }, act: (page) => page.getByRole('searchbox').fill('zzz') },
  empty: { session: { ...base, integrations: [] } },
  explain: { session: base, form },
  'explain-failing': { session: { ...base, integrations: [choice('crm', 'Acorn CRM', { failing: true })] }, form, act: (page) => page.locator('.notice-warning').waitFor() },
  reconnect: { session: { ...base, intent: 'reconnect', mends: { id: 'con_1', account: 'ana@acme.example', ended: ['REAUTH_REQUIRED', 1_760_000_000_000] } }, form },
  form: { session: base, form: typed },
  'form-wrong': { session: base, form: typed, act: async (page) => {
    await page.locator('#in-subdomain').fill('https://acme.acorn.example');
    await page.locator('#in-key').fill('"ak_abc"');
    await page.locator('#in-subdomain').fill('');
    await page.locator('button[type=submit]').click();
    await page.locator('.error').first().waitFor();
  } },
  verify: { session: base, form: typed, hold: true, act: async (page) => {
    await page.locator('#in-subdomain').fill('acme');
    await page.locator('#in-key').fill('ak_abc');
    await page.locator('button[type=submit]').click();
    await page.locator('.centered .spinner').waitFor();
  } },
  done: { session: connected, form },
  partial: { session: { ...connected, connection: { ...connected.connection, scopes_left_out: ['calendar.events'] } }, form },
  'other-account': { session: { ...base, intent: 'reconnect', mends: { id: 'con_1', account: 'ana@acme.example' }, attempt: { id: 'aut_01J', integration: 'crm', state: 'held', account: 'bob@acme.example' } }, form },
  'which-account': { session: several(['Acme', 'acme.acorn.example'], ['Acme', 'acme-staging.acorn.example'], ['شركة النور']), form },
  'which-account-of-many': { session: several(...['Berlin', 'Zürich', 'São Paulo', '東京', 'A workspace with a name that nobody can read to its end without a pause', 'Łódź', 'Nuuk'].map((label) => [label, 'W1A'])), form },
  'other-account-refused': { session: { ...failed('OTHER_ACCOUNT', 'END_USER'), intent: 'reconnect' }, form },
  pending: { session: failed('ADMIN_APPROVAL_PENDING', 'END_USER'), form },
  'pending-link': { session: failed('ADMIN_APPROVAL_PENDING', 'END_USER'), form, act: async (page) => {
    await page.locator('.foot .button-primary').click();
    await page.locator('#approval-link').waitFor();
  } },
  approving: { session: { ...failed('ADMIN_APPROVAL_PENDING', 'END_USER'), approving: true }, form },
  declined: { session: failed('USER_DECLINED', 'END_USER'), form },
  rejected: { session: failed('CREDENTIALS_REJECTED', 'END_USER'), form },
  setup: { session: failed('CLIENT_REJECTED', 'DEVELOPER'), form },
  'provider-down': { session: failed('PROVIDER_UNAVAILABLE'), form },
  busy: { session: failed('PROVIDER_RATE_LIMITED'), form },
  ours: { session: failed('INTERNAL', 'OPERATOR'), form },
};

const WIDTHS = [320, 500, 1280];
const SCHEMES = ['light', 'dark'];
const LOCALES = ['en-US', 'ar'];

/** A browser in which the server says what a screen needs; `show` goes from one to the next. */
async function gallery({ width = 500, scheme = 'light', locale = 'en-US', ...options }) {
  const person = await here.person({ viewport: { width, height: 760 }, colorScheme: scheme, locale, ...options });
  const { page, context } = person;
  const { connect_link, session_id } = await session(['demo-oauth']);
  let screen;
  const json = (body) => ({ contentType: 'application/json', body: JSON.stringify(body) });
  await context.route('**/connect/api/sessions/*', (route) => route.fulfill(json(screen.session)));
  await context.route('**/connect/api/sessions/*/integrations/*', (route) => route.fulfill(json(screen.form)));
  await context.route('**/connect/api/sessions/*/connections', (route) => route.fulfill(json(screen.owned)));
  await context.route('**/connect/api/sessions/*/watch*', () => undefined);
  await context.route('**/connect/api/sessions/*/approval', (route) => route.fulfill(json({ link: 'https://connect.acme.example/connect#a=lk_ca_AZq0x8l3Q2m5cVb1n7Kd9sWf4Tg6Hj' })));
  await context.route('**/connect/api/sessions/*/attempts', (route) => (screen.hold ? undefined : route.continue()));
  const show = async (name) => {
    screen = SCREENS[name];
    await page.goto(page.url() === 'about:blank' ? connect_link : `${server}/connect/${session_id}`);
    await page.locator('#app h1').waitFor();
    await screen.act?.(page);
  };
  return { ...person, show };
}

/** As the browser's own tools do it: as a script of the page its policy would forbid it. */
const bring = (place) => place.evaluate(axe);

/** What axe, once it was brought there, says of a page or a frame, with each finding in one line. */
const findings = (place) =>
  place.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }, TAGS);

const scrollsSideways = (place) => place.evaluate(() => document.documentElement.scrollWidth > innerWidth);

/** One screen in both schemes and all widths, one after the other as somebody might turn a device and switch the light off. */
async function usable(page, place, name, locale) {
  await bring(place);
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of WIDTHS) {
      const what = `${name}, ${scheme}, ${locale}, ${width} px`;
      await page.setViewportSize({ width, height: 760 });
      await place.waitForFunction((wanted) => document.documentElement.dataset.scheme === wanted, scheme, { polling: 20 });
      // Colours on their way to others are neither.
      await place.waitForFunction(() => !document.getAnimations().some((it) => it instanceof CSSTransition), undefined, { polling: 20 });
      assert.deepEqual(await findings(place), [], what);
      assert(!(await scrollsSideways(place)), `${what} has to be scrolled sideways`);
      await picture(page, `${name}-${width}-${scheme}-${locale.slice(0, 2)}`, width === 500 && locale === 'en-US');
    }
  }
}

for (const locale of LOCALES) {
  test(`every screen is usable by everybody: ${locale}`, async (t) => {
    const { page, errors, show, close } = await gallery({ locale });
    for (const name of Object.keys(SCREENS)) {
      await t.test(name, async () => {
        await show(name);
        assert.equal(await page.evaluate(() => document.documentElement.dir), locale === 'ar' ? 'rtl' : 'ltr');
        await usable(page, page, name, locale);
      });
    }
    assert.deepEqual(errors, []);
    await close();
  });
}

for (const locale of LOCALES) {
  test(`so is every screen of a frame: ${locale}`, async () => {
    // Dark from the beginning, for here the scheme is what it is before anything is shown.
    const { page, close } = await here.person({ viewport: { width: 500, height: 760 }, colorScheme: 'dark', locale });
    const { token } = await session(['demo-oauth', 'demo-api-key']);
    await page.goto(at({ tokens: [token] }));
    await page.locator('#go').click();
    const ui = frame(page);
    await ui.locator('.choice').first().waitFor();
    const inside = page.frames().find((it) => it.url().includes('/embed/'));
    assert.equal(await inside.evaluate(() => document.documentElement.dataset.scheme), 'dark');
    const look = (name) => usable(page, inside, `frame-${name}`, locale);
    await look('choose');
    await ui.locator('.choice').first().click();
    const go = ui.locator('.foot .button-primary');
    await inside.evaluate(() => {
      window.really = window.open;
      window.open = () => null;
    });
    await go.click();
    await ui.locator('.foot .button-secondary').waitFor();
    await look('blocked');
    await inside.evaluate(() => (window.open = window.really));
    const [popup] = await Promise.all([page.waitForEvent('popup'), go.click()]);
    await ui.locator('.ways').waitFor();
    await look('waiting');
    await popup.close();
    await ui.locator('.ways').filter({ has: page.locator('button:nth-child(2):last-child') }).waitFor();
    await look('waiting-closed');
    await ui.locator('.bar .icon-button').first().click();
    await ui.locator('.choice').nth(1).click();
    await ui.locator('#in-api_key').fill('typed');
    await ui.locator('.bar .icon-button').last().click();
    await ui.locator('dialog[open]').waitFor();
    await look('leave');
    await close();
  });
}

test('pages that have nothing to go on with say so to everybody', async () => {
  for (const scheme of ['light', 'dark']) {
    const { page, close } = await here.person({ viewport: { width: 320, height: 700 }, colorScheme: scheme });
    for (const [path, title] of [
      ['/connect', 'This link is not complete'],
      ['/connect/ses_01JD0000000000000000000000', 'This link is not complete'],
      ['/connect/window', 'This window lost its page'],
      ['/connect/window/done', 'You can close this window'],
      ['/embed/dev', 'This page cannot be shown here'],
      ['/oauth/callback?state=x&code=y', 'This link is not complete'],
    ]) {
      await page.goto(`${server}${path}`);
      await page.getByRole('heading', { name: title }).waitFor();
      // What says so comes with the page that has nothing else to say.
      const problem = path.includes('ses_') || path.includes('callback');
      assert.equal(await page.locator('link[rel="modulepreload"][href$="/rare.js"]').count(), problem ? 1 : 0, path);
      await bring(page);
      assert.deepEqual(await findings(page), [], path);
      await picture(page, `nothing${path.replace(/\W+/g, '-')}-${scheme}`);
    }
    await close();
  }
});

test('nothing that has the focus is covered, tabbing through the longest screen on the smallest', async () => {
  const { page, show, close } = await gallery({ width: 320 });
  await show('form');
  for (let tabs = 0; tabs < 14; tabs += 1) {
    await page.keyboard.press('Tab');
    const covered = await page.evaluate(() => {
      const it = document.activeElement;
      const box = it.getBoundingClientRect();
      if (it === document.body || !box.width) return '';
      const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 16)];
      const top = document.elementFromPoint(x, y);
      return top && (it.contains(top) || top.contains(it) || it.closest('.control')?.contains(top)) ? '' : `${it.outerHTML.slice(0, 120)} at ${y}`;
    });
    assert.equal(covered, '');
  }
  await close();
});

test('what can be pressed is large enough', async () => {
  const { page, show, close } = await gallery({ width: 320 });
  for (const name of ['choose', 'form', 'setup']) {
    await show(name);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('#app :is(button, input, select, textarea, .button)')]
        .filter((it) => it.getBoundingClientRect().width < 24 || it.getBoundingClientRect().height < 24)
        .map((it) => it.outerHTML),
    );
    assert.deepEqual(small, [], name);
  }
  await close();
});

test('with the system’s own colours everything is still there', async () => {
  const { page, show, close } = await gallery({ forcedColors: 'active' });
  for (const name of ['choose', 'form-wrong', 'done', 'setup']) {
    await show(name);
    await bring(page);
    assert.deepEqual(await findings(page), [], name);
    await picture(page, `${name}-forced`);
  }
  await close();
});

test('each language is spoken', async () => {
  const titles = [['de-DE', 'Acorn CRM verbinden'], ['es-ES', 'Conectar Acorn CRM'], ['fr-FR', 'Connecter Acorn CRM'], ['ja-JP', 'Acorn CRMを接続'], ['ar', 'ربط Acorn CRM'], ['tlh', 'Connect Acorn CRM']];
  for (const [locale, title] of titles) {
    const { page, show, close } = await gallery({ locale });
    await show('explain');
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    assert.equal(await page.title(), title);
    await picture(page, `explain-${locale}`);
    await close();
  }
});
