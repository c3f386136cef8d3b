// Pictures to be looked at: of every screen in both themes in `tests/.cache/screenshots`, which is not in the repository; of
// everything else that is shown, too, where `LATCHKEY_TEST_SCREENSHOTS` names a folder.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const wished = process.env.LATCHKEY_TEST_SCREENSHOTS;
const folder = wished ?? fileURLToPath(new URL('../.cache/screenshots', import.meta.url));
mkdirSync(folder, { recursive: true });

/** `always`: also where nobody asked for all of them. */
export const picture = async (page, name, always = true) => {
  if (wished || always) await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
};
