"""A message, as JSON on standard input: {secret, headers, body}. Ends well where the library takes it for signed."""

import json
import sys

from standardwebhooks.webhooks import Webhook

message = json.load(sys.stdin)
data = Webhook(message["secret"]).verify(message["body"], message["headers"])
print(data.get("type", "verified"))
