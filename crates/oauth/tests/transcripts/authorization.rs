//! Credentials that are more than a text: what stands in the signed, encoded and encrypted parts of a request.

use crate::{
    compare::fits,
    transcript::{Expected, Jwt, OAuth, SigV4},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use latchkey_providers::HttpRequest;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Adds differences to `found`, and names the headers that are explained.
pub fn differences(expected: &Expected, sent: &HttpRequest, found: &mut Vec<String>) -> Vec<String> {
    let mut explained = vec![];
    let header = header(sent, "authorization").unwrap_or_default();
    if let Some(basic) = &expected.basic {
        explained.push("authorization".to_owned());
        let wanted = format!("{}:{}", basic.user, basic.password);
        let text = header.strip_prefix("Basic ").and_then(|text| STANDARD.decode(text).ok());
        match text.and_then(|text| String::from_utf8(text).ok()) {
            Some(text) if fits(&wanted.as_str().into(), &text.as_str().into()) => {}
            Some(text) => found.push(format!("basic: `{wanted}` on the page, `{text}` sent")),
            None => found.push(format!("basic: not sent, but `{header}`")),
        }
    }
    if !expected.client.is_empty() {
        explained.push("authorization".to_owned());
    }
    if let Some(oauth) = &expected.oauth {
        explained.push("authorization".to_owned());
        found.extend(of_oauth(oauth, &expected.may, header));
    }
    if let Some(sigv4) = &expected.sigv4 {
        explained.extend(["authorization", "x-amz-date", "x-amz-content-sha256"].map(str::to_owned));
        found.extend(of_sigv4(sigv4, header));
    }
    if let Some(jwt) = &expected.jwt {
        explained.push(jwt.place.clone());
        found.extend(of_jwt(jwt, expected, sent));
    }
    explained
}

fn header<'a>(sent: &'a HttpRequest, name: &str) -> Option<&'a str> {
    sent.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// RFC 5849 §3.5.1.
fn of_oauth(page: &OAuth, may: &BTreeSet<String>, header: &str) -> Vec<String> {
    let Some(parameters) = header.strip_prefix("OAuth ") else {
        return vec![format!("oauth: not sent, but `{header}`")];
    };
    let pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
    let sent: BTreeMap<&str, &str> = pairs.map(|(name, value)| (name, value.trim_matches('"'))).collect();
    let mut found = vec![];
    for name in page.names.iter().filter(|name| !may.contains(*name)) {
        if !sent.contains_key(name.as_str()) {
            found.push(format!("oauth.{name}: not sent"));
        }
    }
    for name in sent.keys().filter(|name| !page.names.contains(**name) && !may.contains(**name)) {
        found.push(format!("oauth.{name}: sent, and not on the page"));
    }
    for (name, wanted) in [("realm", &page.realm), ("oauth_signature_method", &page.signature_method)] {
        let given = sent.get(name).copied().unwrap_or_default();
        if wanted.as_ref().is_some_and(|wanted| wanted != given) {
            let wanted = wanted.as_deref().unwrap_or_default();
            found.push(format!("oauth.{name}: `{wanted}` on the page, `{given}` sent"));
        }
    }
    found
}

/// `AWS4-HMAC-SHA256 Credential=key/date/region/service/aws4_request, SignedHeaders=a;b, Signature=…`
fn of_sigv4(page: &SigV4, header: &str) -> Vec<String> {
    let Some(parameters) = header.strip_prefix("AWS4-HMAC-SHA256 ") else {
        return vec![format!("sigv4: not sent, but `{header}`")];
    };
    let pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
    let sent: BTreeMap<&str, &str> = pairs.collect();
    let mut found = vec![];
    let scope = format!("{}/*/{}/{}/aws4_request", page.access_key_id, page.region, page.service);
    let credential = sent.get("Credential").copied().unwrap_or_default();
    if !fits(&scope.as_str().into(), &credential.into()) {
        found.push(format!("sigv4: `{scope}` on the page, `{credential}` sent"));
    }
    let signed: BTreeSet<&str> = sent.get("SignedHeaders").copied().unwrap_or_default().split(';').collect();
    for name in page.signed.iter().filter(|name| !signed.contains(name.as_str())) {
        found.push(format!("sigv4: header {name} is not signed"));
    }
    found
}

/// RFC 7519. The signature is not looked at: its key is the test's own, and crates/signing tests signing.
fn of_jwt(page: &Jwt, expected: &Expected, sent: &HttpRequest) -> Vec<String> {
    let parameter = || sent.parts().get("body").cloned().unwrap_or_default();
    let text = header(sent, &page.place).map(str::to_owned).or_else(|| {
        let body = parameter();
        let mut pairs = url::form_urlencoded::parse(body.as_bytes());
        pairs.find(|(name, _)| *name == page.place.as_str()).map(|(_, value)| value.into_owned())
    });
    let Some(text) = text else { return vec![format!("jwt: nothing is sent in `{}`", page.place)] };
    let prefix = page.prefix.as_ref().map(|prefix| format!("{prefix} ")).unwrap_or_default();
    let Some(token) = text.strip_prefix(&prefix) else {
        return vec![format!("jwt: `{}` does not begin with `{prefix}`", page.place)];
    };
    let mut parts = token.split('.').map(|part| {
        let decoded = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
        serde_json::from_slice::<Map<String, Value>>(&decoded).ok()
    });
    let (Some(Some(header)), Some(Some(claims))) = (parts.next(), parts.next()) else {
        return vec![format!("jwt: what is sent in `{}` is none", page.place)];
    };
    let mut found = members("jwt.header", &page.header, &header, &expected.may);
    found.extend(members("jwt.claims", &page.claims, &claims, &expected.may));
    let moment = |name: &str| claims.get(name).and_then(Value::as_u64);
    if let (Some(max), Some(until)) = (page.lifetime_at_most, moment("exp")) {
        let from = moment("iat").unwrap_or_else(crate::engine::now);
        if until.saturating_sub(from) > max {
            found.push(format!("jwt: lives {} seconds, {max} are allowed", until.saturating_sub(from)));
        }
    }
    found
}

fn members(
    place: &str,
    page: &BTreeMap<String, Value>,
    sent: &Map<String, Value>,
    may: &BTreeSet<String>,
) -> Vec<String> {
    let mut found = vec![];
    for (name, wanted) in page {
        match sent.get(name) {
            Some(given) if fits(wanted, given) => {}
            Some(given) => found.push(format!("{place}.{name}: {wanted} on the page, {given} sent")),
            None if may.contains(name) => {}
            None => found.push(format!("{place}.{name}: not sent")),
        }
    }
    for name in sent.keys().filter(|name| !page.contains_key(*name) && !may.contains(*name)) {
        found.push(format!("{place}.{name}: sent, and not on the page"));
    }
    found
}
