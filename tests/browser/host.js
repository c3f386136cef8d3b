// The product's own site: pages that embed the connect script, on another site than the server's.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { LATCHKEY_URL, HOST_PORT } = process.env;
export const origin = `http://localhost:${HOST_PORT}`;

const PAGE = (script) => `<!doctype html><html lang="en"><title>Acme</title><link rel="icon" href="/icon.svg"><meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>Acme</h1><button id="go">Connect</button><output id="said"></output></main>
<script src="${LATCHKEY_URL}/sdk/latchkey.js"></script><script src="/${script}"></script></html>`;

// Settings come in the address, as a page's own script would have them.
const SCRIPT = `
const wish = JSON.parse(decodeURIComponent(location.hash.slice(1)) || '{}');
window.steps = [];
window.tokens = [...(wish.tokens ?? [])];
document.getElementById('go').onclick = () => {
  const flow = latchkey.createConnect({ environment: 'dev', ...wish.settings }).open({
    sessionToken: wish.noToken ? () => Promise.reject(new Error('no')) : () => new Promise((resolve) => window.tokens.length && setTimeout(() => resolve(window.tokens.shift()), wish.tokenTakes ?? 0)),
    integration: wish.integration, returnUrl: wish.returnUrl,
  });
  window.flow = flow;
  flow.on('step', ({ step }) => window.steps.push(step));
  flow.outcome.then((outcome) => { document.getElementById('said').textContent = JSON.stringify(outcome); });
};`;

export function startHost() {
  const server = createServer((request, answer) => {
    const url = new URL(request.url, origin);
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    for (const [name, value] of url.searchParams) if (name.startsWith('h.')) headers[name.slice(2)] = value;
    if (url.pathname === '/host.js') {
      answer.writeHead(200, { 'content-type': 'text/javascript' }).end(SCRIPT);
    } else if (url.pathname === '/product') {
      answer.writeHead(200, headers).end(readFileSync(new URL('product.html', import.meta.url), 'utf8').replaceAll('SERVER', LATCHKEY_URL));
    } else if (/^\/frontend\/\w+\.js$/.test(url.pathname)) {
      const file = new URL(`node_modules/@nangohq/frontend/dist/${url.pathname.slice('/frontend/'.length)}`, import.meta.url);
      answer.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file));
    } else if (url.pathname === '/icon.svg') {
      answer.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    } else if (url.pathname === '/' || url.pathname === '/connected') {
      answer.writeHead(200, headers).end(PAGE('host.js'));
    } else {
      answer.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(Number(HOST_PORT), 'localhost', () => resolve(server)));
}

/** The address of a page with these wishes and response headers. */
export function page(wish = {}, headers = {}) {
  const query = new URLSearchParams(Object.entries(headers).map(([name, value]) => [`h.${name}`, value]));
  return `${origin}/?${query}#${encodeURIComponent(JSON.stringify(wish))}`;
}
