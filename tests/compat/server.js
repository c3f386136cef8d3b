// The client under test, and the one command that plays the end user and the provider.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { Nango } from '@nangohq/node';

export const { LATCHKEY_URL: host, LATCHKEY_API_KEY: apiKey, LATCHKEY, DATA } = process.env;
export const client = new Nango({ host, apiKey });

export const latchkey = (...words) =>
  execFileSync(LATCHKEY, [...words, '--data', DATA], { encoding: 'utf8', timeout: 60_000 }).trim();

// A connection of its own for each case that changes one.
export const connected = (integration, endUser) =>
  latchkey('demo', 'connect', '--integration', integration, '--end-user', endUser);

// What the client throws for an answer that is not 2xx.
export async function refused(call) {
  const error = await call.then(() => null, (error) => error);
  assert(error?.response, `this should have been refused: ${error}`);
  return { status: error.response.status, ...error.response.data.error };
}

// What a product's own form sends, with a session's token, and what came of it.
export async function filledIn(path, token, body) {
  const answer = await fetch(`${host}${path}?connect_session_token=${token}`, {
    method: 'POST',
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const { error, ...result } = await answer.json();
  return { status: answer.status, code: error?.code, ...result };
}

// A request the client would not make.
export async function raw(path, { method = 'GET', headers = {}, body } = {}) {
  const answer = await fetch(`${host}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
}
