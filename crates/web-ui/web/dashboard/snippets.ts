// What a developer pastes: with this server's address in it, and the key in a variable.

import { session } from './session';

const here = () => session.value?.public_url ?? '';

export function forToken(connection: string): Record<string, string> {
  const url = `${here()}/v1/connections/${connection}:accessToken`;
  return {
    curl: `curl -H "Authorization: Bearer $LATCHKEY_API_KEY" \\\n  ${url}`,
    'Node.js': `const answer = await fetch('${url}', {\n  headers: { authorization: \`Bearer \${process.env.LATCHKEY_API_KEY}\` },\n});\nconst { access_token, headers } = await answer.json();`,
    Python: `import os, requests\n\nanswer = requests.get(\n    "${url}",\n    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_API_KEY']}"},\n)\ntoken = answer.json()["access_token"]`,
    Go: `request, _ := http.NewRequest("GET", "${url}", nil)\nrequest.Header.Set("Authorization", "Bearer "+os.Getenv("LATCHKEY_API_KEY"))\nanswer, err := http.DefaultClient.Do(request)`,
    gRPC: `buf curl --protocol grpc --http2-prior-knowledge \\\n  -H "authorization: Bearer $LATCHKEY_API_KEY" \\\n  -d '{"connection_id": "${connection}"}' \\\n  $LATCHKEY_GRPC/latchkey.vault.v1.CredentialService/GetAccessToken`,
    CLI: `latchkey token get ${connection} --header`,
  };
}

export function forSession(integration: string): Record<string, string> {
  const url = `${here()}/v1/connect-sessions`;
  const body = `{"end_user": "user-42", "integrations": ["${integration}"]}`;
  return {
    curl: `curl -X POST ${url} \\\n  -H "Authorization: Bearer $LATCHKEY_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '${body}'`,
    'Node.js': `const answer = await fetch('${url}', {\n  method: 'POST',\n  headers: {\n    authorization: \`Bearer \${process.env.LATCHKEY_API_KEY}\`,\n    'content-type': 'application/json',\n  },\n  body: JSON.stringify({ end_user: user.id, integrations: ['${integration}'] }),\n});\nconst { connect_link } = await answer.json();`,
    Python: `import os, requests\n\nanswer = requests.post(\n    "${url}",\n    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_API_KEY']}"},\n    json={"end_user": user.id, "integrations": ["${integration}"]},\n)\nlink = answer.json()["connect_link"]`,
    Go: `body := strings.NewReader(\`${body}\`)\nrequest, _ := http.NewRequest("POST", "${url}", body)\nrequest.Header.Set("Authorization", "Bearer "+os.Getenv("LATCHKEY_API_KEY"))\nrequest.Header.Set("Content-Type", "application/json")\nanswer, err := http.DefaultClient.Do(request)`,
    gRPC: `buf curl --protocol grpc --http2-prior-knowledge \\\n  -H "authorization: Bearer $LATCHKEY_API_KEY" \\\n  -d '${body}' \\\n  $LATCHKEY_GRPC/latchkey.connect.v1.ConnectSessionService/CreateConnectSession`,
    CLI: `latchkey connect link --integration ${integration} --end-user user-42 --open --wait`,
  };
}
