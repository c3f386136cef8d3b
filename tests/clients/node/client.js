// Latchkey from Node: clients made of the .proto files, with the API key on every call, and refusals that programs can
// branch on.

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const FILES = ['connect/v1/session', 'connection/v1/connection', 'events/v1/events', 'vault/v1/credential'];

// google.rpc.Status and ErrorInfo, as far as they are read here (https://cloud.google.com/apis/design/errors).
const { Status, ErrorInfo } = loader.fromJSON({
  nested: {
    Status: { fields: { details: { rule: 'repeated', type: 'Any', id: 3 } } },
    Any: { fields: { typeUrl: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
    ErrorInfo: {
      fields: {
        reason: { type: 'string', id: 1 },
        domain: { type: 'string', id: 2 },
        metadata: { keyType: 'string', type: 'string', id: 3 },
      },
    },
  },
});

// Why a call failed: `reason` is one of proto/latchkey/faults/v1/reasons.proto, without its prefix.
export class Refusal extends Error {
  constructor(error) {
    super(error.details, { cause: error });
    this.code = grpc.status[error.code];
    this.reason = '';
    this.metadata = {};
    for (const bytes of error.metadata?.get('grpc-status-details-bin') ?? []) {
      for (const detail of Status.deserialize(bytes).details ?? []) {
        if (!detail.typeUrl.endsWith('/google.rpc.ErrorInfo')) continue;
        const info = ErrorInfo.deserialize(detail.value);
        if (info.domain === 'latchkey.dev') Object.assign(this, { reason: info.reason, metadata: info.metadata ?? {} });
      }
    }
  }
}

// `url` is http://… on your own machine; across a network use https:// and grpc.credentials.createSsl().
export function connect(url, apiKey, protoFolder) {
  const files = FILES.map((file) => `latchkey/${file}.proto`);
  const definitions = loader.loadSync(files, { includeDirs: [protoFolder], enums: String, longs: Number, defaults: true });
  const { latchkey } = grpc.loadPackageDefinition(definitions);
  const bearer = (options, next) =>
    new grpc.InterceptingCall(next(options), {
      start(metadata, listener, proceed) {
        metadata.set('authorization', `Bearer ${apiKey}`);
        proceed(metadata, listener);
      },
    });
  const make = (Service) =>
    promising(new Service(url.replace('http://', ''), grpc.credentials.createInsecure(), { interceptors: [bearer] }));
  return {
    sessions: make(latchkey.connect.v1.ConnectSessionService),
    connections: make(latchkey.connection.v1.ConnectionService),
    credentials: make(latchkey.vault.v1.CredentialService),
    events: make(latchkey.events.v1.EventService),
  };
}

// Calls with one answer give a promise, which fails with a Refusal; streams stay as they are.
function promising(client) {
  return new Proxy(client, {
    get(target, name) {
      const method = target[name];
      if (typeof method !== 'function' || method.responseStream !== false) return method?.bind?.(target) ?? method;
      return (request) =>
        new Promise((resolve, reject) => {
          const deadline = Date.now() + 60_000;
          method.call(target, request, { deadline }, (error, answer) => (error ? reject(new Refusal(error)) : resolve(answer)));
        });
    },
  });
}
