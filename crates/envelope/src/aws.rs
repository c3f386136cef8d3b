//! A key service at AWS KMS, or at whatever speaks its API.
//!
//! Invariant: decryption names the key it expects, so that a wrap made under a key of somebody else's is refused even
//! where we may use that key too.

mod address;
mod fault;
#[cfg(test)]
mod tests;

use crate::message::KeyBytes;
use crate::{Denial, KeyService, KeyServiceError, OpenKeyServiceError, WrapContext};
use address::Address;
use async_trait::async_trait;
use aws_config::{BehaviorVersion, ConfigLoader, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_kms::{Client, primitives::Blob, types::KeyState};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use fault::fault;
use std::{collections::HashMap, sync::Arc, time::Duration};
use zeroize::Zeroizing;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1500);
/// Below the caller's own limit of 5 s, so that what is told is AWS's reason and not a timeout.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(4500);
const ATTEMPTS_MAX: u32 = 3;

/// Opens `aws-kms://KEY-ARN-OR-ALIAS?region=REGION[&endpoint=URL]`. Credentials come from the AWS default chain:
/// environment, profile, web identity, container, instance.
pub async fn open(uri: &str) -> Result<Arc<dyn KeyService>, OpenKeyServiceError> {
    let address = Address::parse(uri)?;
    Ok(Arc::new(connect(address, aws_config::defaults(BehaviorVersion::latest())).await))
}

pub fn check(uri: &str) -> Result<(), OpenKeyServiceError> {
    Address::parse(uri).map(drop)
}

async fn connect(address: Address, loader: ConfigLoader) -> AwsKeyService {
    // The one TLS provider of the project, said here because the SDK would choose another.
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let shared = loader
        .http_client(http)
        .region(Region::new(address.region.clone()))
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
        .load()
        .await;
    let mut config = aws_sdk_kms::config::Builder::from(&shared);
    config.set_endpoint_url(address.endpoint.clone());
    AwsKeyService { client: Client::from_conf(config.build()), uri: address.name(), key: address.key }
}

pub struct AwsKeyService {
    client: Client,
    key: String,
    uri: String,
}

#[async_trait]
impl KeyService for AwsKeyService {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        let answer = self
            .client
            .encrypt()
            .key_id(&self.key)
            .plaintext(Blob::new(key.as_slice()))
            .set_encryption_context(Some(encryption_context(context)))
            .send()
            .await
            .map_err(|error| fault(&error))?;
        answer.ciphertext_blob.map(Blob::into_inner).ok_or_else(incomplete)
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError> {
        let answer = self
            .client
            .decrypt()
            .key_id(&self.key)
            .ciphertext_blob(Blob::new(wrapped))
            .set_encryption_context(Some(encryption_context(context)))
            .send()
            .await
            .map_err(|error| fault(&error))?;
        let plain = Zeroizing::new(answer.plaintext.map(Blob::into_inner).ok_or_else(incomplete)?);
        let key: &[u8; 32] = plain
            .as_slice()
            .try_into()
            .map_err(|_| KeyServiceError::not_ours("what was unwrapped is not a 256-bit key"))?;
        Ok(Zeroizing::new(*key))
    }

    async fn health(&self) -> Result<(), KeyServiceError> {
        let answer =
            self.client.describe_key().key_id(&self.key).send().await.map_err(|error| fault(&error))?;
        let state = answer.key_metadata.and_then(|facts| facts.key_state).ok_or_else(incomplete)?;
        let denial = match state {
            KeyState::Enabled => return Ok(()),
            KeyState::Disabled => Denial::Disabled,
            _ => Denial::InvalidState,
        };
        Err(KeyServiceError::Denied { denial, detail: format!("{} is {}", self.uri, state.as_str()) })
    }

    fn uri(&self) -> &str {
        &self.uri
    }
}

fn encryption_context(context: &WrapContext) -> HashMap<String, String> {
    context.entries().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn incomplete() -> KeyServiceError {
    KeyServiceError::Unavailable { detail: "an answer without its content".to_owned() }
}
