//! The generated messages hold secrets as plain text for a moment. Their `Debug` must not.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

use latchkey_wire::{DESCRIPTORS, pb};
use protox::{
    prost::Message,
    prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, Value},
};
use std::{collections::BTreeSet, fmt::Debug};

const CANARY: &str = "canary_7f3a";

/// Printed names of every message with secrets, each beside a print of one that is full of canaries.
fn prints() -> Vec<(&'static str, String)> {
    fn print<T: Message + Default + Debug>(name: &str) -> String {
        let message = T::decode(&*full_of_canaries(name).encode_to_vec()).unwrap();
        assert!(message.encoded_len() >= CANARY.len(), "{name}: the canaries did not arrive");
        format!("{message:?} {message:#?}")
    }
    macro_rules! printed {
        ($($name:literal: $message:ty),+ $(,)?) => {
            vec![$(($name, print::<$message>($name))),+]
        };
    }
    printed![
        "latchkey.admin.v1.CloneEnvironmentResponse": pb::admin::CloneEnvironmentResponse,
        "latchkey.admin.v1.CreateApiKeyResponse": pb::admin::CreateApiKeyResponse,
        "latchkey.admin.v1.CreateEnvironmentResponse": pb::admin::CreateEnvironmentResponse,
        "latchkey.admin.v1.CreateWebhookEndpointResponse": pb::admin::CreateWebhookEndpointResponse,
        "latchkey.admin.v1.PreviewIntegrationChangeRequest": pb::admin::PreviewIntegrationChangeRequest,
        "latchkey.admin.v1.PutIntegrationRequest": pb::admin::PutIntegrationRequest,
        "latchkey.admin.v1.RotateClientSecretRequest": pb::admin::RotateClientSecretRequest,
        "latchkey.admin.v1.RotateApiKeyResponse": pb::admin::RotateApiKeyResponse,
        "latchkey.admin.v1.RotateWebhookSecretResponse": pb::admin::RotateWebhookSecretResponse,
        "latchkey.admin.v1.CreateLoginLinkResponse": pb::admin::CreateLoginLinkResponse,
        "latchkey.connect.v1.BroughtCredential": pb::connect::BroughtCredential,
        "latchkey.connect.v1.CreateConnectSessionResponse": pb::connect::CreateConnectSessionResponse,
        "latchkey.connect.v1.ExchangeConnectResultRequest": pb::connect::ExchangeConnectResultRequest,
        "latchkey.connect.v1.IntegrationPreset": pb::connect::IntegrationPreset,
        "latchkey.vault.v1.App": pb::vault::App,
        "latchkey.vault.v1.AppSecrets": pb::vault::AppSecrets,
        "latchkey.vault.v1.AuthenticateKeyRequest": pb::vault::AuthenticateKeyRequest,
        "latchkey.vault.v1.BindApproverRequest": pb::vault::BindApproverRequest,
        "latchkey.vault.v1.BindSessionRequest": pb::vault::BindSessionRequest,
        "latchkey.vault.v1.ClaimAuthorizationResponse": pb::vault::ClaimAuthorizationResponse,
        "latchkey.vault.v1.CreateEnvironmentResponse": pb::vault::CreateEnvironmentResponse,
        "latchkey.vault.v1.CreateLoginResponse": pb::vault::CreateLoginResponse,
        "latchkey.vault.v1.RotateClientSecretRequest": pb::vault::RotateClientSecretRequest,
        "latchkey.vault.v1.RotateKeyResponse": pb::vault::RotateKeyResponse,
        "latchkey.vault.v1.RedeemLoginRequest": pb::vault::RedeemLoginRequest,
        "latchkey.vault.v1.RedeemLoginResponse": pb::vault::RedeemLoginResponse,
        "latchkey.vault.v1.CreateSessionResponse": pb::vault::CreateSessionResponse,
        "latchkey.vault.v1.DueRevocation": pb::vault::DueRevocation,
        "latchkey.vault.v1.DueWebhook": pb::vault::DueWebhook,
        "latchkey.vault.v1.ExportCredentialResponse": pb::vault::ExportCredentialResponse,
        "latchkey.vault.v1.FormParameter": pb::vault::FormParameter,
        "latchkey.vault.v1.ExchangeResultRequest": pb::vault::ExchangeResultRequest,
        "latchkey.vault.v1.GetAccessTokenResponse": pb::vault::GetAccessTokenResponse,
        "latchkey.vault.v1.GetCredentialResponse": pb::vault::GetCredentialResponse,
        "latchkey.vault.v1.Grant": pb::vault::Grant,
        "latchkey.vault.v1.IssueKeyResponse": pb::vault::IssueKeyResponse,
        "latchkey.vault.v1.LendCredentialResponse": pb::vault::LendCredentialResponse,
        "latchkey.vault.v1.RegisteredClient": pb::vault::RegisteredClient,
        "latchkey.vault.v1.IssueResultResponse": pb::vault::IssueResultResponse,
        "latchkey.vault.v1.JournalKey": pb::vault::JournalKey,
        "latchkey.vault.v1.Preset": pb::vault::Preset,
        "latchkey.vault.v1.Renewal": pb::vault::Renewal,
        "latchkey.vault.v1.RequestToSign": pb::vault::RequestToSign,
        "latchkey.vault.v1.Signer": pb::vault::Signer,
        "latchkey.vault.v1.StartAuthorizationRequest": pb::vault::StartAuthorizationRequest,
        "latchkey.vault.v1.TakeTokenResponse": pb::vault::TakeTokenResponse,
    ]
}

#[test]
fn a_debug_print_leaves_secrets_out() {
    for (name, printed) in prints() {
        assert!(!printed.contains("canary"), "{name} prints a secret: {printed}");
        assert!(printed.contains("(..)"), "{name}: {printed}");
    }
}

#[test]
fn every_message_with_a_secret_is_in_this_test() {
    let marked: BTreeSet<String> = pool()
        .all_messages()
        .filter(|message| message.fields().any(|field| is_redacted(&field)))
        .map(|message| message.full_name().to_owned())
        .collect();
    let tested: BTreeSet<String> = prints().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(marked, tested);
}

#[test]
fn a_text_field_with_a_secretive_name_is_marked() {
    const SECRETIVE: &[&str] =
        &["token", "secret", "verifier", "password", "headers", "inputs", "fields", "link", "credential"];
    const HARMLESS: &[&str] = &[
        // What a developer chose that is not secret.
        "latchkey.admin.v1.Integration.fields",
        "latchkey.vault.v1.Integration.fields",
        // An address.
        "latchkey.catalog.v1.ProviderDetails.token_endpoint",
    ];
    // Positions in a list and in a stream, whichever message asks for one.
    const POSITIONS: &[&str] = &["page_token", "next_page_token", "resume_token"];
    // Secret, although their names do not say so.
    const SECRET: &[&str] = &[
        "latchkey.vault.v1.AuthenticateKeyRequest.key",
        "latchkey.vault.v1.BindApproverRequest.approval",
        "latchkey.vault.v1.DueWebhook.body",
        "latchkey.vault.v1.DueWebhook.url",
        "latchkey.vault.v1.FormParameter.value",
        "latchkey.vault.v1.GetAccessTokenResponse.body",
        "latchkey.vault.v1.GetAccessTokenResponse.query",
        "latchkey.vault.v1.GetCredentialResponse.body",
        "latchkey.vault.v1.GetCredentialResponse.query",
        "latchkey.vault.v1.Grant.base_url",
        "latchkey.vault.v1.Grant.body",
        "latchkey.vault.v1.Grant.query",
        "latchkey.vault.v1.LendCredentialResponse.base_url",
        "latchkey.vault.v1.LendCredentialResponse.query",
        "latchkey.vault.v1.RequestToSign.url",
        "latchkey.vault.v1.Signer.parameters",
    ];
    let mut looked_at = 0;
    for message in pool().all_messages().filter(|message| message.package_name().starts_with("latchkey")) {
        for field in message.fields().filter(is_text) {
            looked_at += 1;
            let secretive = SECRETIVE.iter().any(|word| field.name().contains(word));
            let harmless = HARMLESS.contains(&field.full_name()) || POSITIONS.contains(&field.name());
            assert_eq!(
                (secretive && !harmless) || SECRET.contains(&field.full_name()),
                is_redacted(&field),
                "{}: mark it `debug_redact`, or say here that it is harmless",
                field.full_name()
            );
        }
    }
    assert!(looked_at > 100, "only {looked_at} fields were looked at");
}

fn full_of_canaries(name: &str) -> DynamicMessage {
    let descriptor = pool().get_message_by_name(name).unwrap_or_else(|| panic!("no message {name}"));
    let mut message = DynamicMessage::new(descriptor.clone());
    for field in descriptor.fields().filter(is_redacted) {
        let canary = Value::String(CANARY.to_owned());
        let value = if matches!(field.kind(), Kind::Bytes) {
            Value::Bytes(CANARY.into())
        } else if field.is_map() {
            Value::Map([(MapKey::String("name".to_owned()), canary)].into())
        } else {
            canary
        };
        message.set_field(&field, value);
    }
    message
}

fn is_text(field: &FieldDescriptor) -> bool {
    match field.kind() {
        Kind::String | Kind::Bytes => true,
        Kind::Message(entry) if entry.is_map_entry() => {
            matches!(entry.map_entry_value_field().kind(), Kind::String | Kind::Bytes)
        }
        _ => false,
    }
}

fn is_redacted(field: &FieldDescriptor) -> bool {
    field.options().get_field_by_name("debug_redact").is_some_and(|marked| marked.as_bool() == Some(true))
}

fn pool() -> DescriptorPool {
    DescriptorPool::decode(DESCRIPTORS).unwrap()
}
