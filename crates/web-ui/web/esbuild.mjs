// Builds `../dist` from what is here: one program for each folder, in lines that a diff can show and, but for the connect pages,
// with the names its sources have, and a manifest of what it was built from. `--watch` builds again on every change; a debug build of Latchkey serves the files as they are on disk.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.env.LATCHKEY_WEB_DIST ?? join(here, '../dist');
const watching = process.argv.includes('--watch');

// Blanks are a tenth of what a browser loads. The dashboard's names stay, so that what is served can be read.
const tight = { minifyWhitespace: true, minifySyntax: true, lineLimit: 120 };
const page = { ...tight, format: 'esm', splitting: true, chunkNames: '[name]', jsx: 'automatic', jsxImportSource: 'preact' };
const programs = [
  // Stands in other people's pages, so here names are short, too; what few people see is a file of its own, and `shared.js` what
  // both need.
  { ...page, chunkNames: 'shared', minifyIdentifiers: true, entryPoints: ['connect/connect.tsx', 'connect/rare.ts', 'connect/connect.css'], outdir: 'connect' },
  { ...page, entryPoints: ['dashboard/dashboard.tsx', 'dashboard/dashboard.css'], outdir: 'dashboard' },
  // Runs before the page is painted, so it is no module.
  { ...tight, format: 'iife', entryPoints: ['kit/theme-first.ts'], outdir: 'kit' },
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

/** Texts are files of their own: a browser loads one language. */
function copyLocales() {
  for (const program of ['connect', 'dashboard']) {
    const from = join(here, program, 'locales');
    if (existsSync(from)) cpSync(from, join(dist, 'locales', program), { recursive: true });
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
const common = { absWorkingDir: here, bundle: true, target: 'es2022', legalComments: 'none', charset: 'utf8', logLevel: 'warning' };
for (const { outdir, ...program } of programs) {
  const options = { ...common, ...program, outdir: join(dist, outdir) };
  if (watching) {
    const rewrite = { name: 'manifest', setup: (build) => build.onEnd(() => { copyLocales(); packSdk(); writeManifest(); }) };
    await (await esbuild.context({ ...options, plugins: [rewrite] })).watch();
  } else {
    await esbuild.build(options);
  }
}
copyLocales();
packSdk();
writeManifest();
