// The API's messages as JSON has them: what is not set is not there. See /v1/openapi.json.

export type ConnectionState = 'ACTIVE' | 'DEGRADED' | 'NEEDS_REAUTH' | 'DISABLED' | 'DELETED';

export interface Failure {
  reason?: string;
  cause?: string;
  owner?: string;
  phase?: string;
  retryable?: boolean;
  attempts?: number;
  first_time?: string;
  next_attempt_time?: string;
  provider_error?: { http_status?: number; code?: string; description?: string };
}

export interface Credential {
  auth_mode?: string;
  generation?: number;
  granted_scopes?: string[];
  obtain_time?: string;
  expire_time?: string;
  renewable?: boolean;
  next_refresh_time?: string;
  fingerprint?: string;
  account?: string;
  rotation?: string;
  end_time?: string;
}

export interface Connection {
  id: string;
  integration: string;
  provider: string;
  end_user: string;
  /** `CONNECTION_STATE_ACTIVE` and so on. */
  state: string;
  create_time?: string;
  credential?: Credential;
  failure?: Failure;
  external_id?: string;
  display_name?: string;
  tags?: Record<string, string>;
  metadata?: Record<string, unknown>;
  config?: Record<string, unknown>;
  etag?: string;
  disable_time?: string;
  /** Where webhooks of the compatible format go, in the place of their endpoints' addresses. */
  webhook_url?: string;
  revocation?: { result?: string; attempts?: number; request_time?: string; end_time?: string; next_attempt_time?: string; failure?: Failure };
}

export interface HistoryEntry {
  time?: string;
  event?: string;
  summary?: string;
  by?: string;
}

export interface Explanation {
  connection: Connection;
  what_happened?: string;
  whose_turn?: string;
  what_to_do?: string;
  history?: HistoryEntry[];
}

/** How many do in a stretch of time from now on; it begins, or goes on, for ever where that is not said. */
export interface Stretch {
  from?: string;
  until?: string;
  count?: number;
}

export interface Aggregate {
  counts?: { integration: string; state: string; count?: number }[];
  ending?: Stretch[];
  expiring?: Stretch[];
  series?: { time: string; counts?: { state: string; count?: number }[] }[];
}

/** What a provider says of a connection's credential. */
export interface ConnectionCheck {
  verdict?: string;
  account?: string;
  failure?: Failure;
  auth_log_id?: string;
}

/** What a provider says of an integration's app. */
export interface ClientCheck {
  verdict?: string;
  explanation?: string;
  failure?: Failure;
  auth_log_id?: string;
}

export interface Integration {
  key: string;
  provider: string;
  display_name?: string;
  client_id?: string;
  scopes?: string[];
  fields?: Record<string, string>;
  redirect_uri?: string;
  create_time?: string;
  other_account?: OtherAccount;
}

/** What happens where somebody reconnects with another account than the connection has. */
export type OtherAccount = 'OTHER_ACCOUNT_WARN' | 'OTHER_ACCOUNT_BLOCK' | 'OTHER_ACCOUNT_ALLOW';

export interface Input {
  name: string;
  label?: string;
  ask?: 'connection' | 'integration';
  secret?: boolean;
  required?: boolean;
  help?: string;
}

export interface Provider {
  id: string;
  name: string;
  categories?: string[];
  auth_mode?: string;
  inputs?: Input[];
  docs_url?: string;
  details?: {
    authorization_endpoint?: string;
    token_endpoint?: string;
    base_url?: string;
    hosts?: string[];
    default_scopes?: string[];
    scopes_url?: string;
    probes?: string[];
    behaviour?: { rotation?: string; grace_seconds?: number; idle_seconds?: number; absolute_seconds?: number; access_token_seconds?: number; sources?: string[] };
    guidance?: { app_setup?: string[]; connect?: string[]; notes?: string[] };
    app_setup_url?: string;
    revocable?: boolean;
  };
}

export interface ApiKey {
  id: string;
  name: string;
  scopes?: string[];
  create_time?: string;
  expire_time?: string;
  revoked?: boolean;
  state?: 'API_KEY_STATE_ACTIVE' | 'API_KEY_STATE_LOCKED' | 'API_KEY_STATE_REVOKED';
  role?: string;
}

export interface WebhookEndpoint {
  id: string;
  url: string;
  event_types?: string[];
  description?: string;
  format?: string;
  state?: string;
  disabled_cause?: string;
  disable_time?: string;
  failing_since?: string;
  public_key?: string;
  secret_generation?: number;
  previous_secret_expire_time?: string;
  create_time?: string;
}

export interface Delivery {
  endpoint_id: string;
  event_id: string;
  event_type?: string;
  state?: string;
  ending?: string;
  event_time?: string;
  next_attempt_time?: string;
  own_address?: boolean;
  attempts?: { number: number; time?: string; status?: number; latency?: string; failure?: string }[];
}

export interface Incident {
  kind?: string;
  state?: string;
  integration?: string;
  provider?: string;
  begin_time?: string;
  end_time?: string;
  whose_turn?: string;
  what_happened?: string;
  what_to_do?: string;
}

export interface Happening {
  id: string;
  type: string;
  subject?: string;
  time?: string;
  connection_id?: string;
  data?: Record<string, unknown>;
}

export interface AuthLog {
  id: string;
  integration?: string;
  provider?: string;
  connection_id?: string;
  session_id?: string;
  operation?: string;
  outcome?: string;
  start_time?: string;
  end_time?: string;
  steps?: { name?: string; start_time?: string; duration?: string; succeeded?: boolean; host?: string; http_status?: number; fault?: string }[];
  failure?: { reason?: string; cause?: string; phase?: string; http_status?: number; code?: string; description?: string };
  whose_turn?: string;
  generation?: number;
  trace_id?: string;
}

/** `CONNECTION_STATE_ACTIVE` → `ACTIVE`. */
export function word(value: string | undefined, prefix: string): string {
  return (value ?? '').replace(`${prefix}_`, '');
}

export const stateOf = (connection: { state?: string }): ConnectionState => word(connection.state, 'CONNECTION_STATE') as ConnectionState;

/** `3.5s` in milliseconds. */
export const millis = (duration: string | undefined): number => Number.parseFloat(duration ?? '0') * 1000;
