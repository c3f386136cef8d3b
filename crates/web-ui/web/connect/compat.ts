import { type FromHost, type Host, type ToHost, mayEmbed } from './host';

/** Meets a page that shows this frame with another product's client for browsers: by its messages, and by no port. */
export function meetCompat(origins: readonly string[]): Promise<Host> {
  return new Promise((resolve, reject) => {
    const origin = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
    if (!mayEmbed(origin, origins)) return reject(new Error('NOT_ALLOWED_HERE'));
    const say = (message: object) => window.parent.postMessage(message, origin);
    let listener: ((message: FromHost) => void) | undefined;
    let met = false;
    const tell = (message: ToHost) => {
      if (message.type === 'close') say({ type: 'close' });
      if (message.type !== 'outcome') return;
      const { status, connection, reason } = message.outcome;
      if (status === 'connected') say({ type: 'connect', payload: { providerConfigKey: connection?.integration, connectionId: connection?.id, isPending: false } });
      if (status === 'failed') say({ type: 'error', payload: { errorType: reason, errorMessage: reason } });
    };
    addEventListener('message', ({ origin: from, source, data }: MessageEvent) => {
      if (from !== origin || source !== window.parent || data?.type !== 'session_token') return;
      const token = String(data.sessionToken);
      if (met) return listener?.({ type: 'token', token });
      met = true;
      resolve({ wishes: { token }, tell, listen: (it) => (listener = it) });
    });
    say({ type: 'ready' });
  });
}
