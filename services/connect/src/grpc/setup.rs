use super::Door;
use super::faults::fault;
use crate::flows::{Bring, Checking, Credential, Verdict};
use latchkey_domain::ConnectionId;
use latchkey_domain::Environment;
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Scope;
use latchkey_oauth::Brought;
use latchkey_secret::SecretText;
use latchkey_wire::Fault;
use latchkey_wire::batch::Batch;
use latchkey_wire::contract::{NewConnection, Target};
use latchkey_wire::convert::{failure_to_pb, parse, required, timestamp_from_pb};
use latchkey_wire::pb::connection::Connection;
use latchkey_wire::pb::{connect as pb, vault};
use std::time::Duration;
use tonic::{Request, Response, Status};

const REQUEST_ID_MAX: usize = 128;
const SCOPES_MAX: usize = 200;
const SCOPE_CHARS_MAX: usize = 512;
const FIELDS_MAX: usize = 64;
const CLIENT_ID_CHARS_MAX: usize = 1024;
/// As of the refresh tokens' own.
const CLIENT_SECRET_MAX: usize = 16 * 1024;
/// How far whoever brings a credential may have a clock that is ahead of ours.
const CLOCKS_APART: Duration = Duration::from_secs(300);
/// What claims to live longer does not say how long it lives.
const LIFETIME_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

#[tonic::async_trait]
impl pb::connection_setup_service_server::ConnectionSetupService for Door {
    async fn create_connection(
        &self,
        request: Request<pb::CreateConnectionRequest>,
    ) -> Result<Response<pb::CreateConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let asked = request.into_inner();
        let about = vault::About {
            external_id: asked.external_id,
            display_name: asked.display_name,
            tags: asked.tags,
            metadata: asked.metadata,
            config: asked.config,
            webhook_url: asked.webhook_url,
        }
        .try_into()?;
        let (disabled, needs_reauth) = (asked.disabled, asked.needs_reauth);
        let created =
            NewConnection { end_user: parse("end_user", &asked.end_user)?, about, disabled, needs_reauth };
        let credential = match asked.credential {
            Some(_) if needs_reauth => {
                let message = "A credential that is refused is not kept: leave it out, or `needs_reauth`.";
                return Err(Fault::field_invalid("credential", message).into());
            }
            None if needs_reauth => Credential::default(),
            credential => self.credential(required("credential", credential)?)?,
        };
        let bring = Bring {
            environment: key.environment.clone(),
            target: Target::New(parse("integration", &asked.integration)?),
            created: Some(created),
            credential,
            checking: checking(asked.checking)?,
            request: request_id(asked.request_id)?,
        };
        let connection = self.brought(&key.environment, bring).await?;
        Ok(Response::new(pb::CreateConnectionResponse { connection: Some(connection) }))
    }

    async fn put_credential(
        &self,
        request: Request<pb::PutCredentialRequest>,
    ) -> Result<Response<pb::PutCredentialResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let asked = request.into_inner();
        let connection: ConnectionId = parse("connection_id", &asked.connection_id)?;
        let bring = Bring {
            environment: key.environment.clone(),
            target: Target::Present(connection),
            created: None,
            credential: self.credential(required("credential", asked.credential)?)?,
            checking: checking(asked.checking)?,
            request: request_id(asked.request_id)?,
        };
        let connection = self.brought(&key.environment, bring).await?;
        Ok(Response::new(pb::PutCredentialResponse { connection: Some(connection) }))
    }

    async fn verify_connection(
        &self,
        request: Request<pb::VerifyConnectionRequest>,
    ) -> Result<Response<pb::VerifyConnectionResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let verified = self.verified(&key.environment, &request.into_inner().connection_id).await?;
        Ok(Response::new(verified))
    }

    async fn batch_verify_connections(
        &self,
        request: Request<pb::BatchVerifyConnectionsRequest>,
    ) -> Result<Response<pb::BatchVerifyConnectionsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsWrite).await?;
        let (metadata, _, asked) = request.into_parts();
        let environment = &key.environment;
        let each = |id: String, _: Duration| async move { self.verified(environment, &id).await };
        let outcomes = Batch::of(asked.connection_ids, &metadata)?.each(each).await;
        let results = outcomes.into_iter().map(verify_result).collect();
        Ok(Response::new(pb::BatchVerifyConnectionsResponse { results }))
    }
}

fn verify_result(
    (connection_id, outcome): (String, Result<pb::VerifyConnectionResponse, Fault>),
) -> pb::BatchVerifyResult {
    let (reason, message, verified) = match outcome {
        Ok(verified) => (String::new(), String::new(), Some(verified)),
        Err(fault) => (fault.reason.word().to_owned(), fault.message, None),
    };
    pb::BatchVerifyResult { connection_id, reason, message, verified }
}

impl Door {
    async fn verified(
        &self,
        environment: &Environment,
        connection_id: &str,
    ) -> Result<pb::VerifyConnectionResponse, Fault> {
        let connection = parse("connection_id", connection_id)?;
        let tried = self.flows.try_out(environment, connection).await;
        let tried = tried.map_err(|problem| fault(problem, "connection"))?;
        let (verdict, account, failure) = match tried.verdict {
            Verdict::Works { account } => (pb::Verdict::Works, account, None),
            Verdict::Refused(failure) => (pb::Verdict::Refused, None, Some(failure_to_pb(&failure))),
            Verdict::NotChecked => (pb::Verdict::NotChecked, None, None),
        };
        Ok(pb::VerifyConnectionResponse {
            verdict: verdict.into(),
            generation: tried.generation.0,
            account: account.unwrap_or_default(),
            failure,
            auth_log_id: tried.log.map(|id| id.to_string()).unwrap_or_default(),
        })
    }

    async fn brought(&self, environment: &Environment, bring: Bring) -> Result<Connection, Fault> {
        let established = self.flows.bring(bring).await.map_err(|problem| fault(problem, "credential"))?;
        self.flows.vault.show_connection(environment, established.connection).await
    }

    fn credential(&self, brought: pb::BroughtCredential) -> Result<Credential, Fault> {
        let invalid =
            |field: &str, message: String| Err(Fault::field_invalid(&format!("credential.{field}"), message));
        if brought.fields.len() > FIELDS_MAX {
            return invalid("fields", format!("At most {FIELDS_MAX} fields."));
        }
        let sound = |scope: &String| {
            (1..=SCOPE_CHARS_MAX).contains(&scope.chars().count()) && !scope.chars().any(char::is_control)
        };
        let scopes = brought.granted_scopes;
        if scopes.len() > SCOPES_MAX || !scopes.iter().all(sound) {
            let what = "none of them a control character";
            return invalid(
                "granted_scopes",
                format!("At most {SCOPES_MAX} scopes of 1 to {SCOPE_CHARS_MAX} characters, {what}."),
            );
        }
        let client = none_if_empty(brought.client_id);
        if client.as_ref().is_some_and(|id| id.chars().count() > CLIENT_ID_CHARS_MAX || !is_plain(id)) {
            return invalid("client_id", format!("At most {CLIENT_ID_CHARS_MAX} visible characters."));
        }
        let secret = none_if_empty(brought.client_secret);
        if secret.as_ref().is_some_and(|secret| secret.len() > CLIENT_SECRET_MAX || !is_plain(secret)) {
            return invalid("client_secret", format!("At most {CLIENT_SECRET_MAX} visible characters."));
        }
        if client.is_none() && secret.is_some() {
            return invalid("client_id", "`credential.client_id` is missing: the secret is its.".into());
        }
        let expires_at = timestamp_from_pb("credential.expire_time", brought.expire_time)?;
        let issued_at = timestamp_from_pb("credential.obtain_time", brought.obtain_time)?;
        is_past(issued_at, expires_at, Timestamp(self.flows.clock.now()))?;
        let text = |text: String| none_if_empty(text).map(SecretText::new);
        let tokens = Brought {
            access_token: text(brought.access_token),
            refresh_token: text(brought.refresh_token),
            token_secret: text(brought.token_secret),
            expires_in: self.left(expires_at)?,
            scopes: (!scopes.is_empty()).then_some(scopes),
        };
        let fields = brought.fields.into_iter().map(|(name, value)| (name, SecretText::new(value))).collect();
        let client = client.map(|id| (id, secret.map(SecretText::new)));
        Ok(Credential { tokens, fields, client, issued_at })
    }

    /// What is left of a token's life.
    fn left(&self, expires_at: Option<Timestamp>) -> Result<Option<Duration>, Fault> {
        let left = expires_at.map(|at| Timestamp(self.flows.clock.now()).until(at));
        if left.is_some_and(|left| left > LIFETIME_MAX) {
            let message =
                "That is more than ten years from now. Leave it out for a token that does not run out.";
            return Err(Fault::field_invalid("credential.expire_time", message));
        }
        Ok(left)
    }
}

/// Whether a credential can have been given then.
fn is_past(issued_at: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), Fault> {
    let Some(at) = issued_at else { return Ok(()) };
    let message = if at > now.plus(CLOCKS_APART) {
        "That is in the future. Leave it out where it is not known."
    } else if at.until(now) > LIFETIME_MAX {
        "That is more than ten years ago. Leave it out where it is not known."
    } else if expires_at.is_some_and(|end| end <= at) {
        "It would have run out before it was obtained: `obtain_time` is not before `expire_time`."
    } else {
        return Ok(());
    };
    Err(Fault::field_invalid("credential.obtain_time", message))
}

fn checking(asked: i32) -> Result<Checking, Fault> {
    match pb::Checking::try_from(asked) {
        Ok(pb::Checking::Unspecified | pb::Checking::Verify) => Ok(Checking::Verify),
        Ok(pb::Checking::None) => Ok(Checking::Nothing),
        Err(_) => Err(Fault::field_invalid("checking", "There is no such way of checking.")),
    }
}

fn request_id(text: String) -> Result<Option<String>, Fault> {
    if text.len() > REQUEST_ID_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("A request id has at most {REQUEST_ID_MAX} visible ASCII characters.");
        return Err(Fault::field_invalid("request_id", message));
    }
    Ok(none_if_empty(text))
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn none_if_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_was_obtained_before_now_and_before_it_runs_out() {
        const YEAR: i64 = 365 * 24 * 3_600_000;
        let now = Timestamp(60 * YEAR);
        let refused = |at: i64, end: Option<i64>| {
            let fault = is_past(Some(Timestamp(at)), end.map(Timestamp), now).err()?;
            Some(fault.metadata["field"].clone())
        };
        let told = Some("credential.obtain_time".to_owned());
        for (at, end) in [(60 * YEAR, None), (60 * YEAR + 300_000, None), (50 * YEAR, Some(50 * YEAR + 1))] {
            assert_eq!(refused(at, end), None, "{at} {end:?}");
        }
        for (at, end) in [
            (60 * YEAR + 300_001, None),
            (50 * YEAR - 1, None),
            (i64::MIN / 2, None),
            (59 * YEAR, Some(59 * YEAR)),
            (59 * YEAR, Some(58 * YEAR)),
        ] {
            assert_eq!(refused(at, end), told, "{at} {end:?}");
        }
        assert!(is_past(None, Some(Timestamp(0)), now).is_ok());
    }
}
