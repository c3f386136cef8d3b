use super::Door;
use super::api_key::{render, scopes};
use latchkey_domain::Environment;
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::{CreateEnvironment, IssueKey, IssuedKey, KeyView};
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
        let pb::CreateEnvironmentRequest { name, key_name, scopes } = request.into_inner();
        let issued = self.begin(None, &name, key_name, &scopes, &key).await?;
        Ok(Response::new(pb::CreateEnvironmentResponse {
            environment: Some(begun(&issued)),
            api_key: Some(render(&issued.key)),
            secret: secret_to_pb(&issued.secret),
        }))
    }

    async fn clone_environment(
        &self,
        request: Request<pb::CloneEnvironmentRequest>,
    ) -> Result<Response<pb::CloneEnvironmentResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::EnvironmentsAdmin).await?;
        let pb::CloneEnvironmentRequest { source, name, key_name, scopes } = request.into_inner();
        let source = parse("source", &source)?;
        let issued = self.begin(Some(source), &name, key_name, &scopes, &key).await?;
        Ok(Response::new(pb::CloneEnvironmentResponse {
            environment: Some(begun(&issued)),
            api_key: Some(render(&issued.key)),
            secret: secret_to_pb(&issued.secret),
        }))
    }

    async fn get_environment(
        &self,
        request: Request<pb::GetEnvironmentRequest>,
    ) -> Result<Response<pb::GetEnvironmentResponse>, Status> {
        self.authenticator.require(request.metadata(), Scope::EnvironmentsAdmin).await?;
        let name = parse("name", &request.into_inner().name)?;
        let there = self.flows.vault.get_environment(&name).await?;
        Ok(Response::new(pb::GetEnvironmentResponse {
            environment: Some(pb::Environment { name: there.name.to_string(), api_keys: there.keys }),
            integrations: there.integrations,
            connections: there.connections,
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

    async fn delete_environment(
        &self,
        request: Request<pb::DeleteEnvironmentRequest>,
    ) -> Result<Response<pb::DeleteEnvironmentResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::EnvironmentsAdmin).await?;
        let name: Environment = parse("name", &request.into_inner().name)?;
        // Who asks would be left without a key, in the middle of it.
        if name == key.environment {
            let message =
                "This is the environment of the key you send. Delete it with a key of another environment.";
            return Err(Fault::new(Kind::Refused, Reason::EnvironmentInUse, message).into());
        }
        self.flows.vault.delete_environment(&name).await?;
        Ok(Response::new(pb::DeleteEnvironmentResponse {}))
    }
}

impl Door {
    async fn begin(
        &self,
        cloned_from: Option<Environment>,
        name: &str,
        key_name: String,
        words: &[String],
        giver: &KeyView,
    ) -> Result<IssuedKey, Fault> {
        let first_key = IssueKey {
            environment: parse("name", name)?,
            name: key_name,
            scopes: scopes(words, giver)?,
            expires_at: None,
        };
        let create = CreateEnvironment { first_key, cloned_from };
        self.flows.vault.create_environment(create).await.map_err(in_their_words)
    }
}

fn begun(issued: &IssuedKey) -> pb::Environment {
    pb::Environment { name: issued.key.environment.to_string(), api_keys: 1 }
}

/// Where the key's name cannot be, `name` is the environment's here.
fn in_their_words(mut fault: Fault) -> Fault {
    let field = fault.metadata.get_mut("field").filter(|field| *field == "name");
    if let Some(field) = field.filter(|_| fault.reason == Reason::FieldInvalid) {
        "key_name".clone_into(field);
    }
    fault
}
