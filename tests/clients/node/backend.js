// A backend that uses Latchkey for everything it is for. Each step is an example to copy.
//
// It is given LATCHKEY_GRPC, LATCHKEY_API_KEY and LATCHKEY_URL, the folder PROTO, a CONNECTION to work with, and in BREAK
// the command that lets the end user withdraw access at the provider.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { connect, Refusal } from './client.js';

const { LATCHKEY_GRPC, LATCHKEY_API_KEY, LATCHKEY_URL, PROTO, CONNECTION: connectionId, BREAK } = process.env;
const { sessions, connections, credentials, events } = connect(LATCHKEY_GRPC, LATCHKEY_API_KEY, PROTO);

async function callTheProvider(headers) {
  const answer = await fetch(`${LATCHKEY_URL}/demo-provider/me`, { headers });
  assert.equal(answer.status, 200);
  return answer.json();
}

async function refused(call) {
  try {
    await call;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('this should have been refused');
}

// The first answer a stream gives that is wanted; the stream ends with it.
async function first(stream, wanted) {
  try {
    for await (const answer of stream) if (wanted(answer)) return answer;
  } finally {
    stream.on('error', () => {}); // what a cancelled stream says
    stream.cancel();
  }
  throw new Error('the stream ended');
}

const steps = {
  async 'make a link for an end user'() {
    const session = await sessions.createConnectSession({ endUser: 'node', integrations: ['demo-oauth'] });
    console.log(`  open ${session.connectLink.split('#')[0]}#…`);
    assert(session.connectLink.startsWith(LATCHKEY_URL));
    const seen = await sessions.getConnectSession({ sessionId: session.sessionId });
    assert.equal(seen.state, 'SESSION_STATE_OPEN');
  },

  async 'list and get the connection'() {
    const listed = await connections.listConnections({ endUser: 'node' });
    assert.deepEqual(listed.connections.map(({ id }) => id), [connectionId]);
    const { connection } = await connections.getConnection({ connectionId });
    assert.equal(connection.state, 'CONNECTION_STATE_ACTIVE');
    assert.deepEqual([connection.integration, connection.endUser], ['demo-oauth', 'node']);
  },

  async 'get a token and call the provider'() {
    const token = await credentials.getAccessToken({ connectionId, minRemaining: { seconds: 10 } });
    assert.equal(token.headers.authorization, `Bearer ${token.accessToken}`);
    assert((await callTheProvider(token.headers)).login);
  },

  async 'get a new token'() {
    const before = await credentials.getAccessToken({ connectionId });
    const after = await credentials.getAccessToken({ connectionId, forceRefresh: true });
    assert.equal(after.source, 'CREDENTIAL_SOURCE_REFRESHED');
    assert(after.generation > before.generation && after.accessToken !== before.accessToken);
    assert((await callTheProvider(after.headers)).login);
  },

  async 'get the whole credential'() {
    const whole = await credentials.getCredential({ connectionId });
    assert.equal(whole.authMode, 'OAUTH2');
    assert(whole.accessToken && whole.refreshToken && whole.grantedScopes.length > 0);
  },

  async 'watch events and miss none'() {
    const watch = (resumeToken) =>
      events.watchEvents({ resumeToken, connectionId }, { deadline: Date.now() + 60_000 });
    // The first answer comes at once, and says where we are.
    const { resumeToken } = await first(watch(''), () => true);

    const [program, ...words] = BREAK.split(' ');
    execFileSync(program, words, { stdio: 'pipe' }); // while nobody watches

    const { event } = await first(watch(resumeToken), (answer) => answer.event);
    assert.equal(event.type, 'dev.latchkey.connection.failed.v1');
    assert.equal(event.connectionId, connectionId);
  },

  async 'ask for consent again when it is needed'() {
    const refusal = await refused(credentials.getAccessToken({ connectionId }));
    assert.equal(refusal.code, 'FAILED_PRECONDITION');
    assert.deepEqual([refusal.reason, refusal.metadata.cause], ['REAUTH_REQUIRED', 'GRANT_REVOKED']);
    const session = await sessions.createConnectSession({ endUser: 'node', reconnectConnectionId: connectionId });
    assert(session.connectLink);
  },

  async 'tell an unknown connection from a broken one'() {
    const unknown = await refused(connections.getConnection({ connectionId: 'con_01ARZ3NDEKTSV4RRFFQ69G5FAV' }));
    assert.deepEqual([unknown.code, unknown.reason], ['NOT_FOUND', 'CONNECTION_UNKNOWN']);
    const malformed = await refused(connections.getConnection({ connectionId: 'nonsense' }));
    assert.equal(malformed.reason, 'FIELD_INVALID');
  },

  async 'be refused without a key'() {
    const stranger = connect(LATCHKEY_GRPC, 'lk_dev_nonsense', PROTO);
    const refusal = await refused(stranger.connections.getConnection({ connectionId }));
    assert.deepEqual([refusal.code, refusal.reason], ['UNAUTHENTICATED', 'API_KEY_INVALID']);
  },

  async 'delete the connection'() {
    await connections.deleteConnection({ connectionId });
    const refusal = await refused(credentials.getAccessToken({ connectionId }));
    assert.equal(refusal.reason, 'CONNECTION_DELETED');
  },
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.error(error);
    console.log(`not ok ${name}`);
  }
}
console.log(`${Object.keys(steps).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
