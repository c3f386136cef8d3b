//! `latchkey connection create|put-credential`: a credential comes in a file or by standard input, never as an argument, which
//! every process on the machine could read.

use super::super::server::{Way, answer};
use super::change::{document, tags};
use super::show_one;
use crate::output;
use anyhow::{Context as _, bail};
use latchkey_wire::convert::rfc3339_to_pb;
use latchkey_wire::pb::connect as pb;
use latchkey_wire::pb::connect::connection_setup_service_client::ConnectionSetupServiceClient;
use prost_types::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;

/// More than any credential needs.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

#[derive(clap::Args)]
pub struct Create {
    /// The integration's key
    #[arg(long)]
    integration: String,
    /// Your own id for whoever the account belongs to
    #[arg(long)]
    end_user: String,
    #[command(flatten)]
    credential: CredentialFile,
    /// Your own id for the connection
    #[arg(long, default_value_t)]
    external_id: String,
    /// Its name for people
    #[arg(long, default_value_t)]
    display_name: String,
    /// A tag; give it several times
    #[arg(long, value_name = "NAME=VALUE")]
    tag: Vec<String>,
    /// A JSON object, for your own use
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// A JSON object: your settings for it
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
    /// Where its webhooks in the compatible format go, if not to the endpoints' addresses
    #[arg(long, value_name = "URL", default_value_t)]
    webhook_url: String,
    /// It begins switched off
    #[arg(long)]
    disabled: bool,
    /// Names this request: repeated with the same name, it makes no second connection
    #[arg(long, default_value_t)]
    request_id: String,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Put {
    /// The connection, con_…
    connection: String,
    #[command(flatten)]
    credential: CredentialFile,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct CredentialFile {
    /// A file with the credential as a JSON object, or - for standard input. OAuth: access_token, refresh_token, expire_time and
    /// obtain_time (RFC 3339), granted_scopes, token_secret, client_id, client_secret. Anything else: fields, an object with what an end
    /// user would type, such as {"fields": {"api_key": "…"}}
    #[arg(long, value_name = "FILE", default_value = "-")]
    credential: String,
    /// Keep it without trying it out with the provider
    #[arg(long)]
    no_verify: bool,
}

/// What the file holds.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Credential {
    access_token: String,
    refresh_token: String,
    token_secret: String,
    expire_time: String,
    obtain_time: String,
    granted_scopes: Vec<String>,
    fields: BTreeMap<String, String>,
    client_id: String,
    client_secret: String,
}

pub async fn create(way: Way, create: Create) -> anyhow::Result<()> {
    let json = create.json;
    let request = pb::CreateConnectionRequest {
        integration: create.integration,
        end_user: create.end_user,
        checking: create.credential.checking(),
        credential: Some(create.credential.read()?),
        external_id: create.external_id,
        display_name: create.display_name,
        tags: tags(&create.tag)?,
        metadata: create.metadata.as_deref().map(|text| document("--metadata", text)).transpose()?,
        config: create.config.as_deref().map(|text| document("--config", text)).transpose()?,
        request_id: create.request_id,
        disabled: create.disabled,
        needs_reauth: false,
        webhook_url: create.webhook_url,
    };
    let made = answer(ConnectionSetupServiceClient::new(way).create_connection(request)).await?;
    show_one(&made.connection.unwrap_or_default(), json);
    Ok(())
}

pub async fn put(way: Way, put: Put) -> anyhow::Result<()> {
    let request = pb::PutCredentialRequest {
        connection_id: put.connection,
        checking: put.credential.checking(),
        credential: Some(put.credential.read()?),
        request_id: String::new(),
    };
    let mended = answer(ConnectionSetupServiceClient::new(way).put_credential(request)).await?;
    if !put.json {
        output::note("The credential was replaced.");
    }
    show_one(&mended.connection.unwrap_or_default(), put.json);
    Ok(())
}

impl CredentialFile {
    fn checking(&self) -> i32 {
        if self.no_verify { pb::Checking::None } else { pb::Checking::Verify }.into()
    }

    fn read(&self) -> anyhow::Result<pb::BroughtCredential> {
        let mut text = String::new();
        let unreadable = || format!("the credential cannot be read from {}", self.credential);
        if self.credential == "-" {
            output::note("Reading the credential, a JSON object, from standard input.");
            std::io::stdin().take(FILE_BYTES_MAX).read_to_string(&mut text).with_context(unreadable)?;
        } else {
            let file = std::fs::File::open(&self.credential).with_context(unreadable)?;
            file.take(FILE_BYTES_MAX).read_to_string(&mut text).with_context(unreadable)?;
        }
        parsed(&text)
    }
}

fn parsed(text: &str) -> anyhow::Result<pb::BroughtCredential> {
    let read: Credential = serde_json::from_str(text).map_err(|error| {
        // What is wrong may quote what is there.
        let place = format!("line {}, column {}", error.line(), error.column());
        anyhow::anyhow!(
            "the credential is not the JSON object that is expected ({place}): see `latchkey connection create --help`"
        )
    })?;
    let expire_time = time("expire_time", &read.expire_time)?;
    let obtain_time = time("obtain_time", &read.obtain_time)?;
    Ok(pb::BroughtCredential {
        access_token: read.access_token,
        refresh_token: read.refresh_token,
        token_secret: read.token_secret,
        expire_time,
        granted_scopes: read.granted_scopes,
        fields: read.fields,
        client_id: read.client_id,
        client_secret: read.client_secret,
        obtain_time,
    })
}

fn time(name: &str, text: &str) -> anyhow::Result<Option<Timestamp>> {
    match (text, rfc3339_to_pb(text)) {
        ("", _) => Ok(None),
        (_, Some(time)) => Ok(Some(time)),
        (_, None) => bail!("`{name}` is no time such as 2026-01-31T12:00:00Z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_credential_is_told_without_repeating_it() {
        for text in [
            r#"{"access_token": ["canary"]}"#,
            r#"{"fields": "canary"}"#,
            r#"{"canary_name": "x"}"#,
            r#"{"expire_time": "canary"}"#,
            r#"{"obtain_time": "canary"}"#,
            "canary",
        ] {
            let said = format!("{:#}", parsed(text).unwrap_err());
            assert!(!said.contains("canary"), "{said}");
        }
        let read = parsed(r#"{"access_token": "t", "expire_time": "2026-01-31T12:00:00Z"}"#).unwrap();
        assert_eq!((read.access_token.as_str(), read.expire_time.is_some()), ("t", true));
    }
}
