// An OAuth 2 server nobody here wrote (npm oidc-provider), set up the way that is hardest on its clients: PKCE demanded,
// refresh tokens that are good for one use, and a grant revoked as soon as one is used twice.
//
//   CLIENT_SECRET=canary_… node server.js PORT REDIRECT_URI
//   node server.js PORT
//   WORKLOADS=ES256 node server.js PORT
//
// Without a redirect URI it knows nobody: clients register by themselves (RFC 7591), and tokens are for the resource they
// name (RFC 8707), which is an MCP server's address, /mcp, with its metadata (RFC 9728).
//
// With WORKLOADS it has one client, `worker`, whose access tokens are JWTs for https://latchkey.test, signed by that algorithm.
//
// It prints a line when it serves, on loopback alone, and ends with its standard input, so that it never outlives whoever
// started it. GET /counters says what happened so far. Its login page takes any name and password.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider, errors } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const secret = process.env.CLIENT_SECRET;
const workloads = process.env.WORKLOADS;
const open = !redirectUri && !workloads;
if (!port || (redirectUri && !secret?.includes('canary_'))) {
  console.error('usage: CLIENT_SECRET=canary_… node server.js PORT REDIRECT_URI, or node server.js PORT');
  process.exit(64);
}

const ACCESS_TOKEN_SECONDS = 6;
const HOUR = 3600;
const issuer = `http://127.0.0.1:${port}`;
const resource = `${issuer}/mcp`;
const resourceMetadata = '/.well-known/oauth-protected-resource/mcp';

const registering = {
  registration: { enabled: true, initialAccessToken: false },
  registrationManagement: { enabled: true },
  resourceIndicators: {
    enabled: true,
    getResourceServerInfo: (_, indicator) => {
      if (indicator !== resource) throw new errors.InvalidTarget();
      return { scope: 'mcp', audience: resource, accessTokenTTL: ACCESS_TOKEN_SECONDS };
    },
    useGrantedResource: () => false,
  },
};

const worker = {
  client_id: 'worker',
  id_token_signed_response_alg: workloads,
  client_secret: 'canary_worker',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_basic',
};

const working = {
  clientCredentials: { enabled: true },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => 'https://latchkey.test',
    getResourceServerInfo: (_, indicator) => ({
      scope: '',
      audience: indicator,
      accessTokenTTL: 60,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: workloads } },
    }),
  },
};

const { privateKey } = workloads === 'ES256'
  ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  : generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'a-key', use: 'sig' }] };

const provider = new Provider(issuer, {
  ...(workloads && { jwks }),
  clients: workloads ? [worker] : open ? [] : [
    {
      client_id: 'latchkey',
      client_secret: secret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  claims: { openid: ['sub', 'email'] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true }, ...(open && registering), ...(workloads && working) },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: 60,
    Grant: HOUR,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: HOUR,
    Session: HOUR,
  },
});

// Every secret of a test contains this word, so that a search finds where one got out.
for (const kind of ['AccessToken', 'AuthorizationCode', 'RefreshToken']) {
  const { generateTokenId } = provider[kind].prototype;
  provider[kind].prototype.generateTokenId = function () {
    return `canary_${generateTokenId.call(this)}`;
  };
}

const counters = { registered: 0, exchanged: 0, refreshed: 0, rotated: 0, reused: 0, refused: 0, revoked: 0 };
provider.on('grant.success', (ctx) => {
  counters[ctx.oidc.params.grant_type === 'refresh_token' ? 'refreshed' : 'exchanged'] += 1;
});
provider.on('grant.error', (_, error) => {
  counters.refused += 1;
  if (error.error_detail === 'refresh token already used') counters.reused += 1;
});
provider.on('registration_create.success', () => {
  counters.registered += 1;
});
provider.on('refresh_token.consumed', () => {
  counters.rotated += 1;
});
provider.on('grant.revoked', () => {
  counters.revoked += 1;
});
provider.on('server_error', (_, error) => console.error(error));

provider.use(async (ctx, next) => {
  if (!open) return next();
  if (ctx.path === resourceMetadata) {
    ctx.body = { resource, authorization_servers: [issuer], scopes_supported: ['mcp'] };
    return;
  }
  if (ctx.path !== '/mcp') return next();
  const [, presented] = ctx.get('authorization').split(' ');
  const token = presented && (await provider.AccessToken.find(presented));
  if (token?.aud !== resource || token.scope !== 'mcp') {
    ctx.status = 401;
    ctx.set('www-authenticate', `Bearer resource_metadata="${issuer}${resourceMetadata}"`);
    return;
  }
  ctx.body = { jsonrpc: '2.0', id: 1, result: { sub: token.accountId } };
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/counters') return next();
  ctx.body = counters;
});

const server = provider.listen(Number(port), '127.0.0.1', () => console.log(`serving at ${issuer}`));
process.stdin.resume().on('end', () => {
  server.close();
  server.closeAllConnections();
});
