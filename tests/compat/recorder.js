// A provider's API that writes down what reaches it, and answers as its path says. What it is to Latchkey is in recorder.yaml.

import { createServer } from 'node:http';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Recorder {
  seen = [];
  #left = new Map();

  static async start() {
    const recorder = new Recorder();
    recorder.server = createServer((request, response) => recorder.#take(request, response));
    await new Promise((resolve) => recorder.server.listen(process.env.RECORDER_PORT, '127.0.0.1', resolve));
    return recorder;
  }

  // The next `times` requests for this path get this status.
  failing(path, status, times) {
    this.#left.set(path, { status, times });
  }

  of(path) {
    return this.seen.filter((it) => it.path === `/api${path}`);
  }

  async #take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname: path, search } = new URL(request.url, 'http://recorder');
    this.seen.push({ method: request.method, path, search, headers: request.headers, body: Buffer.concat(chunks) });
    const plan = this.#left.get(path.replace('/api', ''));
    if (plan?.times > 0) {
      plan.times -= 1;
      return response.writeHead(plan.status, { 'retry-after': '0' }).end();
    }
    if (path === '/api/refused') {
      return response.writeHead(422, { 'content-type': 'application/json' }).end('{"as":  "it is" }\n');
    }
    if (path.endsWith('/access_tokens')) {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ token: `of${path}`, expires_at }));
    }
    if (path === '/api/pieces') {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('one ');
      await pause(300);
      return response.end('two');
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{"fine":true}');
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
