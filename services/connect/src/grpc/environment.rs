use super::Door;
use super::api_key::{render, scopes};
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::IssueKey;
use latchkey_wire::convert::{parse, secret_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Fault, Kind, Reason};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::environment_service_server::EnvironmentService for Door {
    async fn create_environment(
        &self,
        request: Request<pb::CreateEnvironmentRequest>,
    ) -> Result<Response<pb::CreateEnvironmentResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::EnvironmentsAdmin).await?;
        let asked = request.into_inner();
        let issue = IssueKey {
            environment: parse("name", &asked.name)?,
            name: asked.key_name,
            scopes: scopes(&asked.scopes, &key)?,
            expires_at: None,
        };
        let there = self.flows.vault.list_environments().await?;
        if there.iter().any(|(name, _)| *name == issue.environment) {
            let message = "There is an environment of this name. Choose another, or make a key in it with CreateApiKey.";
            let taken = Fault::new(Kind::Taken, Reason::AlreadyExists, message).with("field", "name");
            return Err(taken.into());
        }
        let issued = self.flows.vault.issue_key(issue).await.map_err(in_their_words)?;
        let name = issued.key.environment.to_string();
        Ok(Response::new(pb::CreateEnvironmentResponse {
            environment: Some(pb::Environment { name, api_keys: 1 }),
            api_key: Some(render(&issued.key)),
            secret: secret_to_pb(&issued.secret),
        }))
    }

    async fn list_environments(
        &self,
        request: Request<pb::ListEnvironmentsRequest>,
    ) -> Result<Response<pb::ListEnvironmentsResponse>, Status> {
        self.authenticator.require(request.metadata(), Scope::EnvironmentsAdmin).await?;
        let there = self.flows.vault.list_environments().await?;
        let environments =
            there.into_iter().map(|(name, api_keys)| pb::Environment { name: name.to_string(), api_keys });
        Ok(Response::new(pb::ListEnvironmentsResponse { environments: environments.collect() }))
    }
}

/// `name` is the environment's here.
fn in_their_words(mut fault: Fault) -> Fault {
    if let Some(field) = fault.metadata.get_mut("field").filter(|field| *field == "name") {
        "key_name".clone_into(field);
    }
    fault
}
