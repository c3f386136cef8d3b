//! What a provider sends by itself: how such a request is told from a forged one, and what it is about. Data for whoever
//! receives webhooks; nothing here does.

use super::host::HostPattern;
use serde::Deserialize;
use std::fmt;

/// How a provider's webhooks are received.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    pub verify: Option<Verification>,
    pub route: Option<Route>,
    /// Where the list of events is in one request; empty where the body itself is the list.
    pub each: Option<String>,
    pub handshake: Option<Handshake>,
    /// Whether the secret is chosen by whoever sets the webhook up, and not given by the provider.
    pub user_sets_secret: bool,
}

/// How a request proves where it comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub alg: WebhookAlgorithm,
    /// Where the signature is, in lower case.
    pub header: Option<String>,
    /// Where the secret is in each event, for `equals`.
    pub each_field: Option<String>,
    /// What stands before the signature in its header.
    pub prefix: Option<String>,
    /// What stands between several signatures, one of which must be right.
    pub list: Option<String>,
    /// How the header holds more than the signature: `t=<ts>,v1=<sig>`.
    pub parse: Option<String>,
    /// Where the moment of signing is, where it has a header of its own.
    pub timestamp_header: Option<String>,
    /// What is signed, of `<body>`, `<ts>` and `<secret>`; the body unless stated.
    pub signed: Option<String>,
    pub encoding: Option<SignatureEncoding>,
    pub key: Option<WebhookKey>,
    pub key_url: Option<KeyUrl>,
    /// How old a signature may be, in seconds.
    pub tolerance_seconds: Option<u64>,
    /// What to check where the provider did not sign.
    pub fallback: Option<Box<Verification>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookAlgorithm {
    HmacSha256,
    HmacSha1,
    /// A plain digest over the secret and the body.
    Sha256,
    Sha1,
    RsaSha256,
    /// The convention of standardwebhooks.com, with headers of its own.
    StandardWebhooks,
    /// The secret itself.
    Equals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    Hex,
    Base64,
}

/// Which secret, or public key, a signature is checked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookKey {
    /// The OAuth app's own.
    ClientSecret,
    /// One for webhooks alone.
    WebhookSecret,
    WebhookPublicKey,
    /// Made of the app's private parts.
    DerivedAppSecret,
    /// SHA-256 of a key that is fetched from where the event says.
    FetchedKeySha256,
}

/// Where a signing key is fetched from, and the hosts that may be believed: the event is not, before it is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyUrl {
    pub from: String,
    pub allowed_hosts: Vec<HostPattern>,
}

/// Whose an event is: the value at `by` is that of the connection's field `to`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    pub by: Option<String>,
    pub to: Option<String>,
    /// Where the kind of the event is.
    pub r#type: Option<String>,
    pub r#else: Option<Box<Route>>,
}

/// What a provider asks before it sends anything: a value that is to be sent back, or kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handshake {
    pub query: Option<String>,
    pub body: Option<String>,
    pub when: Option<String>,
    pub echo: bool,
}

impl Webhooks {
    /// What is wrong with it, as field and fix.
    pub(super) fn objections(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if let Some(verify) = &self.verify {
            verify.object("webhooks.verify", &mut found);
        }
        if let Some(route) = &self.route {
            route.object("webhooks.route", &mut found);
        }
        if self.each.as_ref().is_some_and(|each| !each.is_empty() && !each.starts_with('/')) {
            found.push((
                "webhooks.each".into(),
                "must be a JSON pointer, or empty for the body itself".into(),
            ));
        }
        let asked = |it: &Handshake| it.query.is_some() != it.body.is_some();
        if !self.handshake.as_ref().is_none_or(asked) {
            found.push(("webhooks.handshake".into(), "the value is either in `query` or in `body`".into()));
        }
        found
    }
}

impl Verification {
    fn object(&self, field: &str, found: &mut Vec<(String, String)>) {
        let mut find = |name: &str, fix: &str| found.push((format!("{field}.{name}"), fix.to_owned()));
        let is_name = |name: &String| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        for (name, header) in [("header", &self.header), ("timestamp_header", &self.timestamp_header)] {
            if !header.as_ref().is_none_or(is_name) {
                find(name, "must be a header's name in lower case");
            }
        }
        match self.alg {
            WebhookAlgorithm::StandardWebhooks if self.header.is_some() || self.encoding.is_some() => {
                find("header", "the convention has headers and an encoding of its own");
            }
            WebhookAlgorithm::StandardWebhooks => {}
            WebhookAlgorithm::Equals if self.header.is_none() == self.each_field.is_none() => {
                find("header", "the secret is either in a header or in `each_field`");
            }
            WebhookAlgorithm::Equals => {}
            _ if self.header.is_none() => find("header", "is missing: where is the signature?"),
            _ if self.encoding.is_none() => find("encoding", "is missing: hex or base64"),
            _ => {}
        }
        if self.key.is_none() && !field.ends_with("fallback") {
            find("key", "is missing: which secret is it checked with?");
        }
        if (self.key == Some(WebhookKey::FetchedKeySha256)) != self.key_url.is_some() {
            find("key_url", "goes with the key `fetched_key_sha256`, and with no other");
        }
        if self.key_url.as_ref().is_some_and(|url| url.allowed_hosts.is_empty()) {
            find(
                "key_url.allowed_hosts",
                "must name the hosts: the event that names the address is not checked yet",
            );
        }
        let dated = [&self.parse, &self.signed].into_iter().flatten().any(|text| text.contains("<ts>"));
        if dated && self.tolerance_seconds.is_none() {
            find("tolerance_seconds", "is missing: a signature with a moment is good for a while only");
        }
        if self.parse.as_ref().is_some_and(|text| !text.contains("<sig>")) {
            find("parse", "must say where the signature is: <sig>");
        }
        if self.signed.as_ref().is_some_and(|text| !text.contains("<body>")) {
            find("signed", "must hold <body>, or anybody could change what was signed");
        }
        let keyless = matches!(self.alg, WebhookAlgorithm::Sha256 | WebhookAlgorithm::Sha1);
        if keyless && !self.signed.as_ref().is_some_and(|text| text.contains("<secret>")) {
            find("signed", "must hold <secret>: a digest without one proves nothing");
        }
        if let Some(fallback) = &self.fallback {
            fallback.object(&format!("{field}.fallback"), found);
        }
    }
}

impl Route {
    fn object(&self, field: &str, found: &mut Vec<(String, String)>) {
        let place = |text: &String| {
            text.split(" + ").all(|part| {
                let inner = part.split_once('(').map_or(part, |(_, inner)| inner.trim_end_matches(')'));
                ["body:/", "header:", "query:"].iter().any(|source| inner.starts_with(source))
            })
        };
        for (name, text) in [("by", &self.by), ("type", &self.r#type)] {
            if !text.as_ref().is_none_or(place) {
                let fix = "must begin with body:/, header: or query:";
                found.push((format!("{field}.{name}"), fix.to_owned()));
            }
        }
        if self.by.is_some() != self.to.is_some() {
            found.push((format!("{field}.to"), "`by` and `to` go together".to_owned()));
        }
        if let Some(other) = &self.r#else {
            other.object(&format!("{field}.else"), found);
        }
    }
}

macro_rules! words {
    ($($name:ident { $($variant:ident => $word:literal),+ })+) => {$(
        impl $name {
            /// The word it is written as.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    )+};
}

words! {
    WebhookAlgorithm {
        HmacSha256 => "hmac_sha256", HmacSha1 => "hmac_sha1", Sha256 => "sha256", Sha1 => "sha1",
        RsaSha256 => "rsa_sha256", StandardWebhooks => "standard_webhooks", Equals => "equals"
    }
    SignatureEncoding { Hex => "hex", Base64 => "base64" }
    WebhookKey {
        ClientSecret => "client_secret", WebhookSecret => "webhook_secret",
        WebhookPublicKey => "webhook_public_key", DerivedAppSecret => "derived_app_secret",
        FetchedKeySha256 => "fetched_key_sha256"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn objections(webhooks: Value) -> Vec<String> {
        let read: Webhooks = serde_json::from_value(webhooks).unwrap();
        read.objections().into_iter().map(|(field, _)| field).collect()
    }

    fn verify(verify: Value) -> Vec<String> {
        objections(json!({ "verify": verify }))
    }

    #[test]
    fn a_recipe_that_could_not_be_followed_is_found() {
        let cases = [
            (json!({"alg": "hmac_sha256", "encoding": "hex", "key": "webhook_secret"}), "header"),
            (json!({"alg": "hmac_sha256", "header": "x-sig", "key": "webhook_secret"}), "encoding"),
            (json!({"alg": "hmac_sha256", "header": "x-sig", "encoding": "hex"}), "key"),
            (
                json!({"alg": "hmac_sha256", "header": "X-Sig", "encoding": "hex", "key": "webhook_secret"}),
                "header",
            ),
            (json!({"alg": "standard_webhooks", "header": "x-sig", "key": "webhook_secret"}), "header"),
            (json!({"alg": "equals", "key": "webhook_secret"}), "header"),
            (json!({"alg": "equals", "header": "x-key", "key": "fetched_key_sha256"}), "key_url"),
        ];
        for (recipe, field) in cases {
            assert_eq!(verify(recipe.clone()), [format!("webhooks.verify.{field}")], "{recipe}");
        }
        assert!(verify(json!({"alg": "equals", "header": "x-key", "key": "webhook_secret"})).is_empty());
    }

    #[test]
    fn a_recipe_that_would_prove_nothing_is_found() {
        let signed = |text: &str, alg: &str| {
            verify(
                json!({"alg": alg, "header": "x-sig", "encoding": "hex", "key": "client_secret", "signed": text}),
            )
        };
        assert_eq!(signed("<body>", "sha256"), ["webhooks.verify.signed"]);
        assert_eq!(signed("<secret>", "sha256"), ["webhooks.verify.signed"]);
        assert_eq!(signed("<ts>.<body>", "hmac_sha256"), ["webhooks.verify.tolerance_seconds"]);
        assert!(signed("<secret><body>", "sha256").is_empty());
        let anywhere = json!({"alg": "hmac_sha256", "header": "x-sig", "encoding": "hex", "key": "fetched_key_sha256",
            "key_url": {"from": "body:/url", "allowed_hosts": []}});
        assert_eq!(verify(anywhere), ["webhooks.verify.key_url.allowed_hosts"]);
    }

    #[test]
    fn a_route_begins_in_the_request_and_ends_in_the_connection() {
        let route = |route: Value| objections(json!({ "route": route }));
        assert_eq!(route(json!({"by": "/team", "to": "team"})), ["webhooks.route.by"]);
        assert_eq!(route(json!({"by": "body:/team"})), ["webhooks.route.to"]);
        assert_eq!(route(json!({"else": {"to": "team"}})), ["webhooks.route.else.to"]);
        assert!(
            route(json!({"by": "first_label(header:x-shop)", "to": "shop", "type": "body:/a + body:/b"}))
                .is_empty()
        );
    }
}
