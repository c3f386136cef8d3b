// The picture in the README, of the running system:
//
//   tests/browser/run tests/browser/pictures.js

import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { page as at } from './host.js';
import { backend, frame, session, world } from './world.js';

const here = world();
const folder = fileURLToPath(new URL('../../crates/web-ui/pictures', import.meta.url));

test('the connect pages, over a product', async () => {
  mkdirSync(folder, { recursive: true });
  const offered = [['hubspot', 'HubSpot'], ['github', 'GitHub'], ['google-calendar', 'Google Calendar'], ['notion', 'Notion'], ['salesforce', 'Salesforce'], ['slack', 'Slack'], ['xero', 'Xero']];
  for (const [key, name] of offered) {
    await backend('PUT', `/v1/integrations/${key}`, { integration: { key, provider: key, display_name: name, client_id: 'acme', scopes: [] }, client_secret: 'secret' });
  }
  const { token } = await session(offered.map(([key]) => key));
  const { page, close } = await here.person({ viewport: { width: 1200, height: 720 }, deviceScaleFactor: 2 });
  await page.goto(at({ tokens: [token] }).replace('/?', '/product?'));
  await page.locator('#go').click();
  await frame(page).locator('.choice').first().waitFor();
  // A picture of the page, not of where the pointer was.
  await page.mouse.move(5, 5);
  await frame(page).getByRole('searchbox').blur();
  await page.waitForFunction(() => document.querySelector('dialog iframe').style.height !== '480px');
  await page.screenshot({ path: `${folder}/connect.png` });
  await close();
});
