//! Whatever a user types, the host that receives the secret is the provider's own.

mod support;

use latchkey_providers::{Catalogue, Provider, Values};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use support::plausible::honest_values;
use support::written::{Hosts, documents};
use support::{connected, every_url, honest, texts};
use url::Url;

const NASTY: [&str; 84] = [
    "evil.com/",
    "evil.com",
    "evil.com%2F",
    "evil.com%252F",
    "evil.com#",
    "evil.com?",
    "evil.com#.",
    "evil.com?x=",
    "a@evil.com",
    "a:b@evil.com",
    "a@evil.com/",
    "@evil.com",
    "evil.com\\",
    "evil.com\\@x",
    "\\evil.com",
    "\\\\evil.com",
    "..",
    ".",
    "../..",
    "..%2f",
    "a/../b",
    "/",
    "//",
    "//evil.com",
    "///evil.com/",
    "%2e%2e",
    "%2E",
    "a%00b",
    "a\0b",
    "\0",
    "a\r\nhost: evil.com",
    "a\nb",
    "a\rb",
    "a\tb",
    "evil.com\r\n",
    " ",
    "a b",
    "evil.com ",
    "acme。evil。com",
    "acme．evil",
    "acme｡evil",
    "xn--80ak6aa92e",
    "xn--",
    "xn--acme-",
    "ａｃｍｅ",
    "ácme",
    "аcme",
    "acme\u{200b}",
    "acme\u{202e}moc.live",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "",
    "-",
    "-acme",
    "acme-",
    "a_b",
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "1.1",
    "[::1]",
    "::1",
    "[::ffff:127.0.0.1]",
    "localhost",
    "localhost.",
    "foo.localhost",
    "acme.",
    "acme..",
    ".acme",
    "acme:443",
    "acme:80@evil.com",
    "evil.com:443",
    "https://evil.com",
    "https://evil.com/",
    "http://evil.com",
    "javascript:alert(1)",
    "${conn.subdomain}",
    "${app.client_secret}",
    "$${x}",
    "a;b",
    "evil.com&x=.zendesk.com",
    "metadata.google.internal",
];

/// Whether a rendered URL is one this entry could have made from honest values.
fn is_sound(provider: &Provider, url: &Url, known: &Known) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default();
    let fail = |what: &str| Err(format!("{}: {what}: {url}", provider.id));
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return fail("not plain https");
    }
    if url.port().is_some() && known.honest.iter().all(|honest| honest.port().is_none()) {
        return fail("another port");
    }
    if !known.hosts.allow(host) || url.domain().is_none() {
        return fail("somebody else's host");
    }
    let segments = |url: &Url| url.path().split('/').count();
    if !known.honest.iter().any(|honest| segments(honest) == segments(url)) {
        return fail("another path");
    }
    Ok(())
}

/// An entry with what an honest user makes of it.
struct Known {
    provider: Arc<Provider>,
    values: Values,
    honest: Vec<Url>,
    hosts: Hosts,
}

#[allow(clippy::unwrap_used)] // Only tests ask for it.
static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    let documents = documents();
    let known = |provider: Arc<Provider>| {
        let values = honest_values(&provider).unwrap();
        let honest = every_url(&provider, &values).into_iter().flatten().collect();
        let hosts = Hosts::of(&provider.id, &documents);
        (provider.id.clone(), Known { provider, values, honest, hosts })
    };
    Catalogue::embedded().list().map(known).collect()
});

/// Tries one value in one input, through the form's check and around it. Says how often a URL came out.
fn try_value(known: &Known, input: &str, value: &str) -> Result<usize, String> {
    let provider = &known.provider;
    let asked = |name: &String| provider.connection_inputs().any(|input| input.name == *name);
    let mut typed: BTreeMap<String, String> =
        known.values.conn.clone().into_iter().filter(|(name, _)| asked(name)).collect();
    typed.insert(input.to_owned(), value.to_owned());
    let mut rendered = 0;
    // Around the form, and through it where that changes what was typed.
    let checked = provider.check_inputs(&typed).ok().filter(|checked| *checked != typed);
    for conn in checked.into_iter().chain([typed]) {
        let mut values = known.values.clone();
        values.conn.extend(conn);
        for url in every_url(provider, &values).into_iter().flatten() {
            is_sound(provider, &url, known)?;
            rendered += 1;
        }
    }
    Ok(rendered)
}

#[test]
fn no_nasty_input_moves_a_secret_to_another_host() {
    let mut tried = 0;
    let mut moved = vec![];
    for known in KNOWN.values() {
        for input in known.provider.connection_inputs() {
            for nasty in NASTY {
                moved.extend(try_value(known, &input.name, nasty).err());
                tried += 1;
            }
        }
    }
    assert!(moved.is_empty(), "{}", moved.join("\n"));
    assert!(tried >= 1000 * NASTY.len(), "the catalogue asks for too little to prove anything: {tried}");
}

#[test]
fn the_form_refuses_every_nasty_subdomain_by_name() {
    for id in ["zendesk", "shopify", "jira-basic"] {
        let provider = support::provider(id);
        // These mean this machine or an address only as a whole host; before a suffix they are labels like any other.
        for nasty in
            NASTY.into_iter().filter(|nasty| !["0x7f000001", "2130706433", "localhost"].contains(nasty))
        {
            let mut typed = honest(id);
            typed.insert("subdomain".into(), nasty.into());
            let refused = provider.check_inputs(&typed).expect_err(nasty);
            assert_eq!(refused.field, "subdomain", "{nasty:?}");
        }
    }
}

#[test]
fn the_check_notices_a_foreign_host() {
    let zendesk = support::provider("zendesk");
    let known = &KNOWN["zendesk"];
    for foreign in [
        "https://evil.com/oauth/tokens",
        "https://a.b.zendesk.com/oauth/tokens",
        "https://zendesk.com/oauth/tokens",
    ] {
        is_sound(&zendesk, &Url::parse(foreign).unwrap(), known).unwrap_err();
    }
}

#[test]
fn a_captured_host_must_be_one_of_the_providers_own() {
    let salesforce = support::provider("salesforce");
    for stolen in [
        "https://evil.com",
        "https://evil.com/.salesforce.com",
        "https://salesforce.com.evil.com",
        "https://a@b.salesforce.com",
        "http://a.salesforce.com",
        "https://127.0.0.1",
        "https://a.salesforce.com:8443@evil.com",
    ] {
        let values = connected(texts([("instance_url", stolen)]));
        salesforce.base_url(&values).expect_err(stolen);
        salesforce.origins(&values).expect_err(stolen);
        salesforce.verify_probes(&values).map(|probes| probes.into_iter().next()).expect_err(stolen);
    }
}

/// An entry with holes in its path, its query and a header.
static PLACED: LazyLock<Arc<Provider>> = LazyLock::new(placed);

fn placed() -> Arc<Provider> {
    let entry = r#"
id: placed
name: Placed
inputs:
  - {name: account, ask: connection, label: Account}
  - {name: value, ask: connection, label: Value}
obtain: {type: given}
apply: {scheme: none, headers: {x-key: "${conn.value}"}}
api: {base_url: "https://${conn.account}.fixed.example.com/base/${conn.value}/end"}
probes:
  verify: {url: "/a/${conn.value}/b?q=${conn.value}&r=1"}
  identity: {url: "/pre-${conn.value}-post"}
"#;
    support::entry("placed", entry)
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        r"[a-z0-9./\\@:#?%&=\-\[\] ]{0,24}",
        r"[a-z]{1,5}(\.|。|%2e|/|\\|@|#|\?|:){1,3}evil\.com.{0,3}",
        prop::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
        (prop::sample::select(NASTY.to_vec()), prop::sample::select(NASTY.to_vec()))
            .prop_map(|(a, b)| format!("{a}{b}")),
        "[a-z0-9]{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_subdomain_is_refused_or_stays_under_the_suffix(value in hostile()) {
        for id in ["zendesk", "shopify", "jira-basic"] {
            try_value(&KNOWN[id], "subdomain", &value).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn any_whole_host_is_refused_or_allowed(value in hostile()) {
        for (id, input) in [("salesforce", "hostname"), ("auth0", "tenant")] {
            try_value(&KNOWN[id], input, &value).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn a_value_changes_neither_the_paths_structure_nor_the_querys(value in hostile()) {
        let provider = &*PLACED;
        let mut values = connected(texts([("account", "acme"), ("value", "acme")]));
        // The host keeps its honest label; path and query take the hostile value.
        let honest = provider.verify_probes(&values).map(|probes| probes.into_iter().next()).unwrap().unwrap().request.url;
        prop_assert_eq!(honest.as_str(), "https://acme.fixed.example.com/base/acme/end/a/acme/b?q=acme&r=1");
        values.conn.insert("value".into(), value.clone());
        for probe in [provider.verify_probes(&values).map(|probes| probes.into_iter().next()), provider.identity_probe(&values)] {
            let Ok(Some(probe)) = probe else { continue };
            let url = probe.request.url;
            prop_assert_eq!(url.host_str(), Some("acme.fixed.example.com"));
            let expected = if url.query().is_some() { 7 } else { 5 };
            prop_assert_eq!(url.path().split('/').count(), expected, "{}", url);
            prop_assert!(url.query_pairs().count() <= 2 && url.fragment().is_none());
        }
    }

    #[test]
    fn a_value_ends_no_header_and_begins_none(value in any::<String>()) {
        let provider = &*PLACED;
        if let Ok(headers) = provider.headers(&connected(texts([("value", &value)]))) {
            prop_assert!(headers.values().all(|value| value.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b))));
            prop_assert!(headers.len() <= 1);
        }
    }
}

#[test]
fn line_breaks_never_reach_a_header() {
    let stripe = support::provider("stripe");
    for injected in ["acct_1\r\nx-evil: 1", "acct_1\nx: 1", "acct_1\0", "acct_1\r"] {
        let values = connected(texts([("api_key", "rk_test_1"), ("context", injected)]));
        stripe.headers(&values).expect_err(injected);
        let typed = texts([("api_key", "rk_test_1"), ("context", injected)]);
        // A trailing line break is what people paste; anything inside is refused.
        if let Ok(checked) = stripe.check_inputs(&typed) {
            assert_eq!(checked["context"], "acct_1");
        }
    }
    let mut values = connected(honest("stripe"));
    values.token.insert("access_token".into(), "token\r\nx-evil: 1".into());
    support::provider("github").headers(&values).unwrap_err();
}
