//! What goes with a token: second credentials, and what the provider says of the token's life when it is asked (RFC 7662).
//!
//! Invariant: once there is a token, nothing here loses it. A companion that cannot be renewed stays as it was.

use crate::{
    Client, Fault, FaultKind,
    app::Material,
    assemble::unrendered,
    assertions,
    carrier::Operation,
    document::Document,
    internal,
    steps::Progress,
    tokens::{self, Tokens},
    verdict,
};
use latchkey_providers::{Answers, Companion, Grant as Asked, Provider, Step, TokenResponse};
use latchkey_secret::SecretText;
use serde_json::Value;
use std::time::Duration;

/// A companion's own credential.
struct Second {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<Duration>,
}

impl Client {
    /// Brings in what goes with `tokens`.
    ///
    /// # Errors
    /// Where a companion that is not optional cannot be obtained for a new connection. Never for a renewal.
    pub(crate) async fn beside<'a>(
        &self,
        operation: Operation,
        provider: &Provider,
        rules: &TokenResponse,
        material: Material<'a>,
        mut tokens: Tokens,
    ) -> Result<(Material<'a>, Tokens), Fault> {
        let mut material = material.with_fields(&tokens.captured);
        if let Some(token) = &tokens.access_token {
            material = material.with_token("access_token", token.expose());
        }
        if let Some(life) = self.introspected(provider, &material).await {
            tokens.expires_in = Some(life);
        }
        for (name, companion) in &provider.obtain.companions {
            let second = match self.companion(operation, provider, name, companion, &mut material).await {
                Ok(second) => second,
                Err(fault) if operation == Operation::Refresh || companion.optional => {
                    tracing::info!(provider = %provider.id, companion = %name, fault = %fault, "A second credential could not be had");
                    None
                }
                Err(fault) => return Err(Fault { kind: FaultKind::Ambiguous, ..fault }),
            };
            if let Some(second) = second {
                keep(name, second, rules, &mut tokens);
            }
        }
        Ok((material, tokens))
    }

    async fn companion(
        &self,
        operation: Operation,
        provider: &Provider,
        name: &str,
        companion: &Companion,
        material: &mut Material<'_>,
    ) -> Result<Option<Second>, Fault> {
        if companion.from.is_some() {
            let given = in_answer(companion, Answers(&material.values.step));
            if given.is_some() || operation != Operation::Refresh {
                return if given.is_some() || companion.optional { Ok(given) } else { Err(missing()) };
            }
            return self.own_refresh(provider, name, companion, material).await;
        }
        let default = TokenResponse::default();
        let rules = companion.token_response.as_ref().unwrap_or(&default);
        if let Some(request) =
            provider.companion_request(companion, &material.values).map_err(|error| unrendered(&error))?
        {
            let answer = self.send(operation, provider, request).await?;
            let document = verdict::token_document(&answer, rules, &material.secrets)?;
            return read(&[document.value().clone()], provider, rules, material).map(Some);
        }
        assertions::fill(provider, &companion.assertions, material)?;
        let steps: Vec<&Step> = companion.steps.iter().collect();
        let before = std::mem::take(&mut material.values.step);
        let taken = self.take(operation, provider, material, &steps, rules, Progress::default()).await;
        let answers = std::mem::replace(&mut material.values.step, before);
        taken?;
        read(&answers, provider, rules, material).map(Some)
    }

    /// A companion with a refresh token of its own (RFC 6749 §6).
    async fn own_refresh(
        &self,
        provider: &Provider,
        name: &str,
        companion: &Companion,
        material: &Material<'_>,
    ) -> Result<Option<Second>, Fault> {
        let is_own = companion.refresh.as_ref().and_then(Value::as_str) == Some("own");
        let known = material.values.companion.get(name).and_then(|second| second.get("refresh_token"));
        let Some(refresh_token) = known.filter(|_| is_own) else { return Ok(None) };
        let asked = Asked::RefreshToken { refresh_token };
        let request = provider.token_request(&material.values, asked).map_err(|error| unrendered(&error))?;
        let answer = self.send(Operation::Refresh, provider, request).await?;
        let rules = provider.refresh_response();
        let document = verdict::token_document(&answer, rules, &material.secrets)?;
        read(&[document.value().clone()], provider, rules, material).map(Some)
    }

    /// How long the token lives, by the server that made it. That it does not say is no reason to have no token.
    async fn introspected(&self, provider: &Provider, material: &Material<'_>) -> Option<Duration> {
        let request = match provider.introspection_request(&material.values) {
            Ok(request) => request?,
            Err(error) => {
                tracing::info!(provider = %provider.id, error = %error, "A token could not be introspected");
                return None;
            }
        };
        let answer = self.send(Operation::Introspect, provider, request).await.ok()?;
        if !(200..300).contains(&answer.status) {
            tracing::info!(provider = %provider.id, status = answer.status, "A token could not be introspected");
            return None;
        }
        let read = Document::parse(answer.content_type.as_deref(), answer.text().as_bytes()).ok()?;
        let active = read.value().get("active").and_then(Value::as_bool).unwrap_or(false);
        let until = read.value().get("exp").filter(|_| active).and_then(tokens::moment)?;
        let now = u64::try_from(material.values.now_unix_ms).unwrap_or_default() / 1000;
        Some(Duration::from_secs(until.saturating_sub(now)))
    }
}

fn missing() -> Fault {
    Fault::described(FaultKind::ResponseInvalid, "the answer holds no second credential")
}

fn in_answer(companion: &Companion, answers: Answers<'_>) -> Option<Second> {
    let root = answers.find(companion.from.as_ref()?)?;
    let at = |path: &str| root.pointer(path).and_then(Value::as_str).filter(|text| tokens::is_token(text));
    let path = |pointer: &Option<latchkey_providers::Pointer>, standard: &str| {
        pointer.as_ref().map_or_else(|| standard.to_owned(), |pointer| pointer.path.clone())
    };
    let life = root.pointer(&path(&companion.expires_in, "/expires_in")).and_then(tokens::whole_number);
    Some(Second {
        access_token: at(&path(&companion.access_token, "/access_token"))?.to_owned(),
        refresh_token: at(&path(&companion.refresh_token, "/refresh_token")).map(ToOwned::to_owned),
        expires_in: life.map(Duration::from_secs),
    })
}

fn read(
    answers: &[Value],
    provider: &Provider,
    rules: &TokenResponse,
    material: &Material<'_>,
) -> Result<Second, Fault> {
    let read = tokens::read(Answers(answers), provider, rules, &material.values);
    let read = read.map_err(|unusable| Fault::described(FaultKind::ResponseInvalid, unusable.as_str()))?;
    Ok(Second {
        access_token: read.access_token.ok_or_else(missing)?.expose().to_owned(),
        refresh_token: read.refresh_token.map(|token| token.expose().to_owned()),
        expires_in: read.expires_in,
    })
}

fn keep(name: &str, second: Second, rules: &TokenResponse, tokens: &mut Tokens) {
    let counts = |which: &str| rules.lifetime_is_shortest_of.iter().any(|each| each == which);
    if let (true, Some(life)) = (counts(name), second.expires_in) {
        tokens.expires_in = Some(tokens.expires_in.map_or(life, |first| first.min(life)));
    }
    let field = |what: &str| format!("{}.{name}.{what}", internal::COMPANION);
    tokens.captured.insert(field("access_token"), SecretText::new(second.access_token));
    if let Some(token) = second.refresh_token {
        tokens.captured.insert(field("refresh_token"), SecretText::new(token));
    }
}
