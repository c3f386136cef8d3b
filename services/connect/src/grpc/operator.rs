use super::Door;
use latchkey_domain::Role;
use latchkey_domain::api_key::Scope;
use latchkey_wire::Fault;
use latchkey_wire::contract::CreateLogin;
use latchkey_wire::convert::{duration_from_pb, secret_to_pb, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use std::time::Duration;
use tonic::{Request, Response, Status};

/// Long enough to send it to somebody who waits for it.
const LIFETIME_DEFAULT: Duration = Duration::from_secs(600);

#[tonic::async_trait]
impl pb::operator_service_server::OperatorService for Door {
    async fn create_login_link(
        &self,
        request: Request<pb::CreateLoginLinkRequest>,
    ) -> Result<Response<pb::CreateLoginLinkResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let asked = request.into_inner();
        let create = CreateLogin {
            environment: key.environment,
            operator: asked.operator,
            role: role(&asked.role)?,
            lifetime: duration_from_pb("lifetime", asked.lifetime)?.unwrap_or(LIFETIME_DEFAULT),
        };
        let created = self.flows.vault.create_login(create).await?;
        Ok(Response::new(pb::CreateLoginLinkResponse {
            login_link: crate::login_link(&self.public_url, &secret_to_pb(&created.token)),
            expire_time: Some(timestamp_to_pb(created.expires_at)),
        }))
    }
}

fn role(word: &str) -> Result<Role, Fault> {
    Role::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        Fault::field_invalid("role", format!("There is no role `{word}`. There are: {}.", known.join(", ")))
    })
}
