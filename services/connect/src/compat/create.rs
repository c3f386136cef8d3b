//! Connections made of credentials that are brought. What is there under the same id takes the new credential.

use super::body::Fields;
use super::brought::{Place, brought};
use super::connections::{whole, whole_of};
use super::end_user::{Said, unnamed};
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Scope;
use latchkey_wire::{Fault, Reason};
use serde_json::{Map, Value, json};

/// An addition of ours to the contract, for imports: the connection is not to be used, or not usable, yet. Its credential is
/// then not tried out.
const BEGIN: &str = "latchkey-begin";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    InUse,
    Disabled,
    NeedsReauth,
}

impl Begin {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        match headers.get(BEGIN).map(|value| value.as_bytes()) {
            None | Some(b"") => Ok(Self::InUse),
            Some(b"disabled") => Ok(Self::Disabled),
            Some(b"needs-reauth") => Ok(Self::NeedsReauth),
            Some(_) => {
                let message = "The header Latchkey-Begin may be disabled or needs-reauth.";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_headers", message))
            }
        }
    }

    /// Beside the credential, as the native calls have it.
    fn says(self, wish: &mut Value) {
        match self {
            Self::InUse => {}
            Self::Disabled => (wish["disabled"], wish["checking"]) = (true.into(), "CHECKING_NONE".into()),
            Self::NeedsReauth => wish["needs_reauth"] = true.into(),
        }
    }
}

pub async fn create(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let environment = door.allowed(&headers, Scope::ConnectionsWrite).await?;
    let begin = Begin::of(&headers)?;
    let webhook_url = body.optional_text("webhook_url_override");
    let replaces_tags = body.get("tags").is_object();
    let said = Said::read(&mut body)?;
    let (key, id) = (body.text("provider_config_key"), body.optional_text("connection_id"));
    let metadata = body.object("metadata");
    let config = body.object("connection_config").unwrap_or_default();
    let credentials = body.object("credentials");
    body.done()?;
    let (settings, provider) = door.provider_of(&environment, &key).await?;
    let (credential, config) = match credentials {
        Some(credentials) if begin != Begin::NeedsReauth => {
            let at = Place { settings: &settings, provider: &provider };
            let (credential, config) = brought(at, credentials, config, Timestamp(door.flows.clock.now()))?;
            (Some(credential), config)
        }
        None if begin != Begin::NeedsReauth => {
            return Err(Refusal::body(&["credentials"], "`credentials` is missing."));
        }
        _ => (None, config),
    };
    let present = match &id {
        Some(id) => door.connection(&headers, id, &key).await?,
        None => None,
    };
    let wish = Wish { key, id, said, replaces_tags, metadata, config, webhook_url, credential, begin };
    let made = match present {
        Some(present) => door.bring_again(&headers, &present, wish).await?,
        None => door.bring(&headers, wish).await?,
    };
    let shown = if begin == Begin::InUse { whole_of(&door, &headers, &made).await? } else { whole(&made) };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// What is wanted of a connection, in our words.
struct Wish {
    key: String,
    id: Option<String>,
    said: Said,
    replaces_tags: bool,
    metadata: Option<Map<String, Value>>,
    config: Map<String, Value>,
    webhook_url: Option<String>,
    credential: Option<Value>,
    begin: Begin,
}

impl Door {
    async fn bring(&self, headers: &HeaderMap, wish: Wish) -> Result<Value, Refusal> {
        let end_user = wish.said.named().or_else(|| wish.id.clone());
        let mut asked = json!({
            "integration": wish.key,
            "end_user": end_user.unwrap_or_else(unnamed),
            "tags": wish.said.tags,
            "config": wish.config,
        });
        let more = [
            ("external_id", wish.id.map(Value::from)),
            ("metadata", wish.metadata.map(Value::from)),
            ("webhook_url", wish.webhook_url.map(Value::from)),
            ("credential", wish.credential),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                asked[name] = value;
            }
        }
        wish.begin.says(&mut asked);
        let mut made = self.call("CreateConnection", headers, asked).await.map_err(refused)?;
        Ok(made["connection"].take())
    }

    /// What is there takes the new credential, and of what is said of it what is said now.
    async fn bring_again(&self, headers: &HeaderMap, present: &Value, wish: Wish) -> Result<Value, Refusal> {
        let connection = text(present, "/id");
        if let Some(credential) = wish.credential {
            let mut asked = json!({ "connection_id": connection, "credential": credential });
            if wish.begin != Begin::InUse {
                asked["checking"] = "CHECKING_NONE".into();
            }
            self.call("PutCredential", headers, asked).await.map_err(refused)?;
        }
        let mut tags = wish.said.tags;
        if !wish.replaces_tags && !tags.is_empty() {
            let before = present["tags"].as_object().cloned().unwrap_or_default();
            for (name, value) in before {
                tags.entry(name).or_insert(value);
            }
        }
        let said = [("tags", Some(tags)), ("metadata", wish.metadata), ("config", Some(wish.config))];
        let mut asked = Map::from_iter([("connection_id".to_owned(), connection.into())]);
        for (name, value) in said {
            let value = value.filter(|value| !value.is_empty());
            asked.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        if let Some(url) = wish.webhook_url {
            // It may be cleared, too, and so it has to be named.
            let named: Vec<_> = asked.keys().filter(|name| *name != "connection_id").cloned().collect();
            asked.insert(
                "update_mask".to_owned(),
                [named, vec!["webhook_url".to_owned()]].concat().join(",").into(),
            );
            asked.insert("webhook_url".to_owned(), url.into());
        }
        if asked.len() > 1 {
            self.call("UpdateConnection", headers, Value::Object(asked)).await?;
        }
        let mut read = self.call("GetConnection", headers, json!({ "connection_id": connection })).await?;
        Ok(read["connection"].take())
    }
}

/// Why a credential is not kept.
fn refused(fault: Fault) -> Refusal {
    if fault.reason == Reason::CredentialsRejected {
        return Refusal::new(StatusCode::BAD_REQUEST, "connection_test_failed", fault.message);
    }
    let mut fault = fault;
    if let Some(field) = fault.metadata.get_mut("field") {
        // A field is named here as it was sent.
        *field = field.replacen("credential.fields.", "credentials.", 1).replacen(
            "credential.",
            "credentials.",
            1,
        );
    }
    fault.into()
}
