//! The demo provider as a catalogue sees it: one entry per way to connect.

use url::Url;

/// Which entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// `demo-oauth`: the code flow with PKCE and rotating refresh tokens.
    OAuth,
    /// `demo-api-key`: a pasted key in a header.
    ApiKey,
    /// `demo-basic`: a user name and a password.
    Basic,
    /// `demo-machine`: client credentials.
    Machine,
    /// `demo-oauth1`: OAuth 1.0a, whose API has every request signed.
    OAuth1,
    /// `demo-workspaces`: the code flow, where one login may be in several workspaces.
    Workspaces,
}

impl EntryKind {
    /// All six.
    pub const ALL: [Self; 6] =
        [Self::OAuth, Self::ApiKey, Self::Basic, Self::Machine, Self::OAuth1, Self::Workspaces];

    /// The entry's id, which is also its file's stem.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OAuth => "demo-oauth",
            Self::ApiKey => "demo-api-key",
            Self::Basic => "demo-basic",
            Self::Machine => "demo-machine",
            Self::OAuth1 => "demo-oauth1",
            Self::Workspaces => "demo-workspaces",
        }
    }
}

/// One entry as YAML, in catalogue format 1, for a provider at this issuer.
#[must_use]
pub fn catalogue_entry(issuer: &str, kind: EntryKind) -> String {
    let body = match kind {
        EntryKind::OAuth => OAUTH,
        EntryKind::ApiKey => API_KEY,
        EntryKind::Basic => BASIC,
        EntryKind::Machine => MACHINE,
        EntryKind::OAuth1 => OAUTH1,
        EntryKind::Workspaces => WORKSPACES,
    };
    let host = Url::parse(issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("catalog: 1\nid: {}\n{body}", kind.id())
        .replace("ISSUER", issuer)
        .replace("HOST", &host.unwrap_or_default())
}

const OAUTH: &str = r#"name: Demo (OAuth 2)
categories: [demo]
links: {api_docs: "ISSUER", server_metadata: "ISSUER/.well-known/oauth-authorization-server"}
behaviour:
  refresh_token: {rotation: strict}
  sources: ["https://www.rfc-editor.org/rfc/rfc9700"]
obtain:
  type: oauth2
  issuer: "ISSUER"
  authorization_endpoint: "ISSUER/authorize"
  token_endpoint: "ISSUER/token"
  token_endpoint_auth_method: client_secret_basic
  code_challenge_methods: [S256]
  callback: {pending_when: {param: setup_action, is: request}}
  scopes: {separator: " ", default: ["profile:read", "notes:read"]}
  refresh: {rotation: replace_if_present}
  revoke: {method: POST, url: "ISSUER/revoke", auth: client_secret_basic, format: form, params: {token: "${token.refresh_token ?? token.access_token}"}}
apply: {scheme: bearer}
api: {base_url: "ISSUER", hosts: ["HOST"], rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: /me}
  identity: {method: GET, url: /me, set: {login: /login, user_id: /id}}
"#;

const API_KEY: &str = r#"name: Demo (API key)
categories: [demo]
links: {api_docs: "ISSUER"}
inputs:
  - {name: api_key, ask: connection, label: API key, secret: true}
obtain: {type: given}
apply: {scheme: none, headers: {x-demo-key: "${conn.api_key}"}}
api: {base_url: "ISSUER", hosts: ["HOST"], rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: /keyed/me}
  identity: {method: GET, url: /keyed/me, set: {login: /login, user_id: /id}}
"#;

const BASIC: &str = r#"name: Demo (user name and password)
categories: [demo]
links: {api_docs: "ISSUER"}
inputs:
  - {name: username, ask: connection, label: User name}
  - {name: password, ask: connection, label: Password, secret: true}
obtain: {type: given}
apply: {scheme: basic, username: "${conn.username}", password: "${conn.password}"}
api: {base_url: "ISSUER", hosts: ["HOST"], rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: /basic/me}
  identity: {method: GET, url: /basic/me, set: {login: /login, user_id: /id}}
"#;

const MACHINE: &str = r#"name: Demo (client credentials)
categories: [demo]
links: {api_docs: "ISSUER", server_metadata: "ISSUER/.well-known/oauth-authorization-server"}
obtain:
  type: oauth2
  grant_type: client_credentials
  token_endpoint: "ISSUER/token"
  token_endpoint_auth_method: client_secret_basic
  code_challenge_methods: []
  scopes: {separator: " ", default: ["profile:read"]}
  refresh: {mode: repeat}
  revoke: {method: POST, url: "ISSUER/revoke", auth: client_secret_basic, format: form, params: {token: "${token.access_token}"}}
apply: {scheme: bearer}
api: {base_url: "ISSUER", hosts: ["HOST"], rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: /me}
  identity: {method: GET, url: /me, set: {login: /login, user_id: /id}}
"#;

const OAUTH1: &str = r#"name: Demo (OAuth 1.0a)
categories: [demo]
links: {api_docs: "ISSUER"}
obtain:
  type: oauth1
  temporary_credential_endpoint: "ISSUER/oauth1/initiate"
  authorization_endpoint: "ISSUER/oauth1/authorize"
  token_endpoint: "ISSUER/oauth1/token"
  signature_method: HMAC-SHA1
  lifetime: {never_expires: true}
apply: {scheme: oauth1}
api: {base_url: "ISSUER", hosts: ["HOST"], rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: /oauth1/me}
  identity: {method: GET, url: /oauth1/me, set: {login: /login, user_id: /id}}
"#;

const WORKSPACES: &str = r#"name: Demo (workspaces)
categories: [demo]
links: {api_docs: "ISSUER", server_metadata: "ISSUER/.well-known/oauth-authorization-server"}
behaviour:
  refresh_token: {rotation: strict}
  sources: ["https://www.rfc-editor.org/rfc/rfc9700"]
obtain:
  type: oauth2
  issuer: "ISSUER"
  authorization_endpoint: "ISSUER/authorize"
  token_endpoint: "ISSUER/token"
  token_endpoint_auth_method: client_secret_basic
  code_challenge_methods: [S256]
  scopes: {separator: " ", default: ["profile:read"]}
  refresh: {rotation: replace_if_present}
  revoke: {method: POST, url: "ISSUER/revoke", auth: client_secret_basic, format: form, params: {token: "${token.refresh_token ?? token.access_token}"}}
apply: {scheme: bearer}
api: {base_url: "ISSUER", hosts: ["HOST"], headers: {x-demo-workspace: "${conn.workspace_id}"}, rate_limit: {retry_after: [retry-after]}}
probes:
  verify: {method: GET, url: "/workspaces/${conn.workspace_id}/me"}
  identity: {method: GET, url: "/workspaces/${conn.workspace_id}/me", set: {login: /login, user_id: /id}}
  discover:
    - id: workspaces
      url: /workspaces
      pick: {from: /workspaces, choose: first, ask: {label: /name, detail: /address}}
      set: {workspace_id: /id}
"#;
