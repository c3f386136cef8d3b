// The dashboard's picture in the README, of the running system:
//
//   tests/browser/run tests/browser/dashboard-pictures.js

import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { api, connect, happenedAgo, latchkey, operator, settled, url, useBrowser } from './operators.js';

const used = useBrowser();

test('the dashboard', async () => {
  const people = ['ana@acme.example', 'bo@globex.example', 'carla@initech.example', 'dora@hooli.example', 'eve@umbrella.example'].map((name) => connect(name));
  for (const id of [...people, ...people, ...people]) await api('POST', `/connections/${id}:accessToken`, { force_refresh: true });
  for (const integration of ['demo-api-key', 'demo-basic', 'demo-machine']) connect('ana@acme.example', integration);
  latchkey('demo', 'revoke', connect('finn@stark.example'));
  // One after the other over four weeks.
  happenedAgo('2.5 * 86400000 * ((SELECT MAX(number) FROM status_changes) - number)');
  const page = await operator(used, 'admin', { viewport: { width: 1280, height: 708 }, deviceScaleFactor: 2 });
  await page.goto(`${url}/dashboard`);
  await settled(page);
  await page.screenshot({ path: fileURLToPath(new URL('../../crates/web-ui/pictures/dashboard.png', import.meta.url)), animations: 'disabled' });
});
