use super::Door;
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::{IssueKey, KeyState, KeyView};
use latchkey_wire::convert::parse;
use latchkey_wire::convert::{duration_from_pb, secret_to_pb, timestamp_from_pb, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Fault, Kind, Reason};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::api_key_service_server::ApiKeyService for Door {
    async fn create_api_key(
        &self,
        request: Request<pb::CreateApiKeyRequest>,
    ) -> Result<Response<pb::CreateApiKeyResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let asked = request.into_inner();
        let issue = IssueKey {
            scopes: scopes(&asked.scopes, &key)?,
            environment: key.environment,
            name: asked.name,
            expires_at: timestamp_from_pb("expire_time", asked.expire_time)?,
        };
        let issued = self.flows.vault.issue_key(issue).await?;
        Ok(Response::new(pb::CreateApiKeyResponse {
            api_key: Some(render(&issued.key)),
            secret: secret_to_pb(&issued.secret),
        }))
    }

    async fn list_api_keys(
        &self,
        request: Request<pb::ListApiKeysRequest>,
    ) -> Result<Response<pb::ListApiKeysResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let keys = self.flows.vault.list_keys(&key.environment).await?;
        Ok(Response::new(pb::ListApiKeysResponse { api_keys: keys.iter().map(render).collect() }))
    }

    async fn get_api_key(
        &self,
        request: Request<pb::GetApiKeyRequest>,
    ) -> Result<Response<pb::GetApiKeyResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let id = parse("id", &request.into_inner().id)?;
        let found = self.flows.vault.get_key(&key.environment, id).await?;
        Ok(Response::new(pb::GetApiKeyResponse { api_key: Some(render(&found)) }))
    }

    async fn rotate_api_key(
        &self,
        request: Request<pb::RotateApiKeyRequest>,
    ) -> Result<Response<pb::RotateApiKeyResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let asked = request.into_inner();
        let id = parse("id", &asked.id)?;
        let keep = duration_from_pb("keep_previous", asked.keep_previous)?;
        // Whoever is given the successor is given its scopes, which a key keeps for life.
        let present = self.flows.vault.get_key(&key.environment, id).await?;
        may_give(&present.scopes, &key)?;
        let rotated = self.flows.vault.rotate_key(&key.environment, id, keep).await?;
        Ok(Response::new(pb::RotateApiKeyResponse {
            api_key: Some(render(&rotated.successor.key)),
            secret: secret_to_pb(&rotated.successor.secret),
            previous_expire_time: rotated.previous.expires_at.map(timestamp_to_pb),
        }))
    }

    async fn revoke_api_key(
        &self,
        request: Request<pb::RevokeApiKeyRequest>,
    ) -> Result<Response<pb::RevokeApiKeyResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::KeysAdmin).await?;
        let id = parse("id", &request.into_inner().id)?;
        self.flows.vault.revoke_key(&key.environment, id).await?;
        Ok(Response::new(pb::RevokeApiKeyResponse {}))
    }
}

/// What a new key is to be able to do. What reaches beyond an environment, only a key gives that has it.
pub(super) fn scopes(words: &[String], giver: &KeyView) -> Result<Vec<Scope>, Fault> {
    let scopes: Vec<Scope> = words.iter().map(|word| scope(word)).collect::<Result<_, _>>()?;
    may_give(&scopes, giver)?;
    Ok(scopes)
}

fn may_give(scopes: &[Scope], giver: &KeyView) -> Result<(), Fault> {
    let beyond = Scope::EnvironmentsAdmin;
    if scopes.contains(&beyond) && !giver.scopes.contains(&beyond) {
        let message = format!("Only a key with the scope {} gives it to another.", beyond.as_str());
        return Err(
            Fault::new(Kind::Forbidden, Reason::ScopeNotGranted, message).with("needed", beyond.as_str())
        );
    }
    Ok(())
}

fn scope(word: &str) -> Result<Scope, Fault> {
    Scope::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        Fault::field_invalid(
            "scopes",
            format!("There is no scope `{word}`. There are: {}.", known.join(", ")),
        )
    })
}

pub(super) fn render(key: &KeyView) -> pb::ApiKey {
    pb::ApiKey {
        id: key.id.to_string(),
        name: key.name.clone(),
        scopes: key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        create_time: Some(timestamp_to_pb(key.created_at)),
        expire_time: key.expires_at.map(timestamp_to_pb),
        role: key.role.map_or_else(String::new, |role| role.as_str().to_owned()),
        revoked: key.state == KeyState::Revoked,
        state: match key.state {
            KeyState::Active => pb::ApiKeyState::Active,
            KeyState::Locked => pb::ApiKeyState::Locked,
            KeyState::Revoked => pb::ApiKeyState::Revoked,
        }
        .into(),
        successor: key.successor.map(|successor| successor.to_string()).unwrap_or_default(),
    }
}
