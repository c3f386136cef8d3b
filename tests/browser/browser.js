// A real Chromium, started as people have it: storage is partitioned, third-party cookies are blocked. It is spoken to over
// CDP, because what starts browsers for tests turns the partitioning off.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--test-third-party-cookie-phaseout',
  '--enable-features=ThirdPartyStoragePartitioning',
];

export async function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'latchkey-browser-'));
  const process_ = spawn(process.env.LATCHKEY_TEST_CHROMIUM ?? 'chromium', [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: 'ignore' });
  const portFile = join(profile, 'DevToolsActivePort');
  while (!existsSync(portFile) || !readFileSync(portFile, 'utf8').includes('\n')) {
    if (process_.exitCode !== null) throw new Error(`Chromium ended with ${process_.exitCode}`);
    await pause(50);
  }
  const [port] = readFileSync(portFile, 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  return {
    browser,
    stop: async () => {
      await browser.close().catch(() => undefined);
      process_.kill();
      await new Promise((resolve) => (process_.exitCode === null ? process_.once('exit', resolve) : resolve()));
      await removed(profile);
    },
  };
}

// What belonged to the browser may write for a moment after it has ended. Each try lists the folder anew, which `maxRetries`
// does not do.
async function removed(folder) {
  for (let tries = 1; ; tries += 1) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 50) throw error;
      await pause(200);
    }
  }
}
