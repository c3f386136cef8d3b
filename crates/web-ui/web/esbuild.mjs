// Builds `../dist` from what is here: one program for each folder, in lines that a diff can show and, but for the connect pages,
// with the names its sources have, and a manifest of what it was built from. `--watch` builds again on every change; a debug build of Latchkey serves the files as they are on disk.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.env.LATCHKEY_WEB_DIST ?? join(here, '../dist');
const watching = process.argv.includes('--watch');

// Blanks are a tenth of what a browser loads, and breaks in lines a thirtieth. The dashboard's names stay, so that what is served can be read.
const tight = { minifyWhitespace: true, minifySyntax: true, lineLimit: 120 };
const page = { ...tight, format: 'esm', splitting: true, chunkNames: '[name]', jsx: 'automatic', jsxImportSource: 'preact' };
const spare = { minifyIdentifiers: true, lineLimit: 500 };
const programs = [
  // Stands in other people's pages, so here names are short, too; what few people see is a file of its own, and `shared.js` what
  // both need.
  { ...page, ...spare, chunkNames: 'shared', entryPoints: ['connect/connect.tsx', 'connect/rare.ts'], outdir: 'connect' },
  { ...tight, ...spare, entryPoints: ['connect/connect.css', 'connect/rare.css', 'connect/plain.css'], outdir: 'connect' },
  { ...page, entryPoints: ['dashboard/dashboard.tsx', 'dashboard/dashboard.css'], outdir: 'dashboard' },
  // Run before the page is painted, so they are no modules.
  { ...tight, ...spare, format: 'iife', entryPoints: ['connect/first.ts', 'connect/first-themed.ts'], outdir: 'connect' },
  { ...tight, format: 'iife', entryPoints: ['dashboard/first.ts'], outdir: 'dashboard' },
  { format: 'esm', entryPoints: [{ in: 'sdk/index.ts', out: 'index' }], outdir: 'sdk' },
  { format: 'iife', globalName: 'latchkey', entryPoints: [{ in: 'sdk/index.ts', out: 'latchkey' }], outdir: 'sdk' },
];

/** Every file below a folder, by its path in there. */
function files(folder, skip = () => false) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => !skip(name))
    .sort();
}

function digests(folder, names) {
  const digest = (name) => createHash('sha256').update(readFileSync(join(folder, name))).digest('hex');
  return Object.fromEntries(names.map((name) => [name, digest(name)]));
}

/**
 * `@import "theme"`: what a program's own theme comes to, by the same arithmetic as a customer's, so that it is there with the first
 * paint; the connect pages' is the one of which nobody has changed anything. `@import "theme-dark"`: what of it is otherwise in the dark.
 */
const themes = {
  name: 'themes',
  async setup(build) {
    const stdin = { contents: 'export { derive } from "./kit/theme"; export { THEME } from "./dashboard/theme";', resolveDir: here };
    const { outputFiles } = await esbuild.build({ absWorkingDir: here, bundle: true, write: false, format: 'esm', stdin });
    const { derive, THEME } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
    const theme = build.initialOptions.outdir.endsWith('dashboard') ? THEME : {};
    const [light, dark] = [derive(theme, 'light'), derive(theme, 'dark')];
    const rule = (selector, properties) => `${selector} { ${Object.entries(properties).map(([name, value]) => `${name}:${value};`).join('')} }`;
    const differs = Object.fromEntries(Object.entries(dark).filter(([name, value]) => light[name] !== value));
    const sheets = { theme: `${rule(':root', light)}\n${rule(':root[data-scheme="dark"]', differs)}`, 'theme-dark': rule(':root', differs) };
    build.onResolve({ filter: /^theme(-dark)?$/ }, ({ path }) => ({ path, namespace: 'theme' }));
    build.onLoad({ filter: /.*/, namespace: 'theme' }, ({ path }) => ({ contents: sheets[path], loader: 'css' }));
  },
};

/** Texts are files of their own: a browser loads one language, and what only the rare screens say when there is one of them. */
function writeLocales() {
  const [everyday, rare] = [['connect.js', 'shared.js'], ['rare.js']].map((names) => names.map((name) => readFileSync(join(dist, 'connect', name), 'utf8').replaceAll('\\\n', '')).join());
  const says = (program, key) => program.includes(`"${key}"`);
  mkdirSync(join(dist, 'locales/connect/rare'), { recursive: true });
  for (const name of readdirSync(join(here, 'connect/locales'))) {
    const texts = Object.entries(JSON.parse(readFileSync(join(here, 'connect/locales', name), 'utf8')));
    const write = (path, chosen) => writeFileSync(join(dist, 'locales/connect', path), `${JSON.stringify(Object.fromEntries(chosen)).replaceAll('","', '",\n"')}\n`);
    write(name, texts.filter(([key]) => says(everyday, key)));
    write(`rare/${name}`, texts.filter(([key]) => says(rare, key) && !says(everyday, key)));
  }
}

/** The folder is the npm package as it is published. */
function packSdk() {
  cpSync(join(here, 'sdk/package'), join(dist, 'sdk'), { recursive: true });
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', join(dist, 'sdk'), '--ignoreConfig'];
  const lib = ['--target', 'es2022', '--lib', 'es2023,dom,dom.iterable', '--strict', '--module', 'esnext', '--moduleResolution', 'bundler'];
  execFileSync(join(here, 'node_modules/.bin/tsc'), [...options, ...lib, 'sdk/index.ts'], { cwd: here, stdio: 'inherit' });
}

function writeManifest() {
  const sources = files(here, (name) => name.split('/').includes('node_modules'));
  const outputs = files(dist, (name) => name === 'manifest.json');
  const manifest = { sources: digests(here, sources), outputs: digests(dist, outputs) };
  writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const common = { absWorkingDir: here, plugins: [themes], bundle: true, target: 'es2022', legalComments: 'none', charset: 'utf8', logLevel: 'warning' };
for (const { outdir, ...program } of programs) {
  const options = { ...common, ...program, outdir: join(dist, outdir) };
  if (watching) {
    const rewrite = { name: 'manifest', setup: (build) => build.onEnd(() => { writeLocales(); packSdk(); writeManifest(); }) };
    await (await esbuild.context({ ...options, plugins: [themes, rewrite] })).watch();
  } else {
    await esbuild.build(options);
  }
}
writeLocales();
packSdk();
writeManifest();
