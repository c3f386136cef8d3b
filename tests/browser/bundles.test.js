// What browsers load: how much it is, that it is what its sources say, and that texts are complete.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const ui = fileURLToPath(new URL('../../crates/web-ui', import.meta.url));
const weight = (...names) => names.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(ui, 'dist', name))).length, 0);

// What a first connect loads is summed up in `hosted.test.js`, from a browser. These are the parts, and what is not in that sum.
test('what browsers load stays small', () => {
  const locales = readdirSync(join(ui, 'dist/locales/connect/rare'));
  const budgets = [
    [19_000, ['connect/connect.js', 'connect/shared.js']],
    [3_600, ['connect/connect.css']],
    [600, ['connect/first.js']],
    // Where a customer has a theme, in the place of the one above.
    [2_200, ['connect/first-themed.js']],
    ...locales.map((name) => [1_700, [`locales/connect/${name}`]]),
    // What few people see, with its texts and its styles.
    ...locales.map((name) => [5_500, ['connect/rare.js', 'connect/rare.css', `locales/connect/rare/${name}`]]),
    [500, ['connect/plain.css']],
    [4_000, ['sdk/latchkey.js']],
    [4_000, ['sdk/index.js']],
  ];
  for (const [budget, names] of budgets) assert(weight(...names) <= budget, `${names} is ${weight(...names)} bytes, and may be ${budget}`);
});

test('every text is in one of the two files of its language', () => {
  const read = (path) => Object.keys(JSON.parse(readFileSync(join(ui, path), 'utf8')));
  for (const name of readdirSync(join(ui, 'web/connect/locales'))) {
    const served = [...read(`dist/locales/connect/${name}`), ...read(`dist/locales/connect/rare/${name}`)];
    assert.deepEqual(served.sort(), read(`web/connect/locales/${name}`).sort(), name);
  }
});

test('dist is what its sources are built to', () => {
  const again = mkdtempSync(join(tmpdir(), 'latchkey-dist-'));
  try {
    execFileSync(process.execPath, ['esbuild.mjs'], { cwd: join(ui, 'web'), env: { ...process.env, LATCHKEY_WEB_DIST: again }, stdio: 'inherit' });
    const diff = (() => { try { return execFileSync('diff', ['-r', '-q', join(ui, 'dist'), again], { encoding: 'utf8' }); } catch (error) { return error.stdout; } })();
    assert.equal(diff, '', 'run `just ui`');
  } finally {
    rmSync(again, { recursive: true });
  }
});

test('every language has every text, with the same values in it', () => {
  const folder = join(ui, 'web/connect/locales');
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const values = (text) => [...new Set([...text.matchAll(/\{(\w+)[},]/g)].map(([, name]) => name))].sort();
  const english = read('en.json');
  for (const name of readdirSync(folder)) {
    const texts = read(name);
    assert.deepEqual(Object.keys(texts), Object.keys(english), name);
    for (const [key, text] of Object.entries(texts)) assert.deepEqual(values(text), values(english[key]), `${name}: ${key}`);
  }
});

test('no text stands in a program', () => {
  const found = [];
  for (const name of readdirSync(join(ui, 'web/connect'), { recursive: true }).filter((it) => it.endsWith('.tsx'))) {
    const source = readFileSync(join(ui, 'web/connect', name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    for (const [, text] of source.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)+[.?]?)\s*</g)) found.push(`${name}: ${text}`);
    for (const [, text] of source.matchAll(/(?:aria-label|title|alt|placeholder)="([^"{]+)"/g)) found.push(`${name}: ${text}`);
  }
  assert.deepEqual(found, []);
});

test('the npm package has what it says', () => {
  const listed = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: join(ui, 'dist/sdk'), encoding: 'utf8' }));
  const [{ files }] = Array.isArray(listed) ? listed : Object.values(listed);
  assert.deepEqual(files.map(({ path }) => path).sort(), ['README.md', 'index.d.ts', 'index.js', 'latchkey.js', 'package.json']);
});
