// A message, as JSON on standard input: {secret, headers, body}. Ends well where the library takes it for signed.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
const data = new Webhook(secret).verify(body, headers);
console.log(data.type ?? 'verified');
