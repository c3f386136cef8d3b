//! API keys.

use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{IssueKey, IssuedKey, KeyView, RotatedKey},
    convert::duration_to_pb,
    pb::vault as pb,
};
use latchkey_domain::{ApiKeyId, Environment};
use std::time::Duration;

impl VaultClient {
    /// Makes a key. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// Where the name or the scopes are not acceptable.
    pub async fn issue_key(&self, issue: IssueKey) -> Result<IssuedKey, Fault> {
        let mut registry = self.registry.clone();
        let answer = self.within_deadline(registry.issue_key(pb::IssueKeyRequest::from(issue))).await?;
        read(answer)
    }

    /// The environment's keys, revoked ones too.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn list_keys(&self, environment: &Environment) -> Result<Vec<KeyView>, Fault> {
        let mut registry = self.registry.clone();
        let answer = self
            .within_deadline(registry.list_keys(pb::ListKeysRequest { environment: environment.to_string() }))
            .await?;
        read(answer)
    }

    /// Takes effect everywhere within five seconds.
    ///
    /// # Errors
    /// Where the environment has no such key.
    pub async fn revoke_key(&self, environment: &Environment, key: ApiKeyId) -> Result<(), Fault> {
        let mut registry = self.registry.clone();
        let request = pb::RevokeKeyRequest { environment: environment.to_string(), id: key.to_string() };
        self.within_deadline(registry.revoke_key(request)).await?;
        Ok(())
    }

    /// One key, whatever became of it.
    ///
    /// # Errors
    /// Where the environment has no such key.
    pub async fn get_key(&self, environment: &Environment, key: ApiKeyId) -> Result<KeyView, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::GetKeyRequest { environment: environment.to_string(), id: key.to_string() };
        read(self.within_deadline(registry.get_key(request)).await?)
    }

    /// Makes a key's successor, beside which it goes on for a while.
    ///
    /// # Errors
    /// Where the environment has no such key; `API_KEY_NOT_REPLACEABLE`; where it is to be kept too long.
    pub async fn rotate_key(
        &self,
        environment: &Environment,
        key: ApiKeyId,
        keep: Option<Duration>,
    ) -> Result<RotatedKey, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::RotateKeyRequest {
            environment: environment.to_string(),
            id: key.to_string(),
            keep_previous: keep.map(duration_to_pb),
        };
        read(self.within_deadline(registry.rotate_key(request)).await?)
    }
}
