//! Finding entries, adding an operator's own, and refusing what is wrong with them.

mod support;

use latchkey_providers::{AuthMode, Catalogue, Extent, Grant, RotationClass, Trust};
use std::fs;
use support::{asked, connected, entry, texts};

const GOOD: &str = "
id: acme
name: Acme
inputs:
  - {name: host, ask: connection, label: Host, format: hostname}
  - {name: site, ask: connection, label: Site, required: false}
obtain:
  type: oauth2
  authorization_endpoint: https://acme.example.com/authorize
  token_endpoint: https://acme.example.com/token
  token_endpoint_auth_method: client_secret_basic
  code_challenge_methods: [S256]
apply: {scheme: bearer}
api: {base_url: \"https://api.example.com\", hosts: [api.example.com]}
";

fn refusal(entry: &str) -> String {
    match Catalogue::embedded().with_entry(entry, Trust::Public) {
        Err(refused) => refused.to_string(),
        Ok(_) => panic!("accepted: {entry}"),
    }
}

#[test]
fn an_unknown_provider_is_answered_with_near_names() {
    let catalogue = Catalogue::embedded();
    let near = |id: &str| catalogue.get(id).unwrap_err().to_string();
    assert_eq!(near("githb"), "there is no provider `githb`; did you mean one of github, gitlab?");
    assert_eq!(near("auth0-nobody"), "there is no provider `auth0-nobody`; did you mean `auth0`?");
    assert!(near("zzzzzz").contains("provider list"));
}

#[test]
fn an_operators_folder_adds_and_overrides() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acme.yaml"), GOOD).unwrap();
    fs::write(folder.path().join("notes.txt"), "not an entry").unwrap();
    fs::write(
        folder.path().join("github.yaml"),
        GOOD.replace("id: acme", "id: github").replace("name: Acme", "name: Ours"),
    )
    .unwrap();
    fs::write(
        folder.path().join("google-ours.yaml"),
        "{extends: google, id: google-ours, name: Drive, obtain: {issuer: null}, api: {base_url: 'https://www.googleapis.com/drive/v3'}}",
    )
    .unwrap();
    let before = Catalogue::embedded();
    let after = before.with_folder(folder.path(), Trust::Public).unwrap();
    assert_eq!(after.get("github").unwrap().name, "Ours");
    assert_eq!(before.get("github").unwrap().name, "GitHub");
    assert_eq!(after.overridden().collect::<Vec<_>>(), ["github"]);
    let drive = after.get("google-ours").unwrap();
    assert!(drive.obtain.issuer.is_none() && before.get("google").unwrap().obtain.issuer.is_some());
    let url = drive.authorization_url(&connected(texts([])), asked()).unwrap();
    assert!(url.as_str().contains("access_type=offline"));
    assert_eq!(after.ids().count(), before.ids().count() + 2);
}

#[allow(clippy::unwrap_used, reason = "a helper of tests")]
fn refused_in(folder: &std::path::Path) -> Vec<String> {
    let catalogue = Catalogue::embedded().with_folder(folder, Trust::Public).unwrap();
    catalogue.refused().map(ToString::to_string).collect()
}

#[test]
fn a_wrong_file_stops_no_other_from_loading() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acme.yaml"), GOOD).unwrap();
    fs::write(folder.path().join("broken.yaml"), "id: broken\nname: [").unwrap();
    fs::write(folder.path().join("github.yaml"), "id: github\nname: Ours\nobtain: {type: oauth3}\n").unwrap();
    fs::write(folder.path().join("orphan.yaml"), "{id: orphan, name: Orphan, extends: nobody}").unwrap();
    let after = Catalogue::embedded().with_folder(folder.path(), Trust::Public).unwrap();
    assert_eq!(after.get("acme").unwrap().name, "Acme");
    assert_eq!(after.get("github").unwrap().name, "GitHub", "the one that ships stays");
    assert!(after.get("broken").is_err());
    let refused = refused_in(folder.path());
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(
        refused.iter().any(|problem| problem.contains("broken.yaml:") && problem.contains("not valid YAML"))
    );
    assert!(
        refused.iter().any(|problem| problem
            .contains("github.yaml:3: obtain.type: unknown variant `oauth3`; did you mean `oauth")),
        "{refused:?}"
    );
    assert!(
        refused.iter().any(|problem| problem.contains("orphan.yaml:1: extends: there is no entry `nobody`"))
    );
}

#[test]
fn every_problem_of_a_file_is_told_at_once_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = "id: acme
name: Acme
catgories: [crm]
inputs:
  - {name: key, ask: connection, label: Key, secrt: true}
  - {name: Site, ask: connection, label: Site}
obtain:
  type: oauth2
  authorization_endpoint: http://acme.example.com/authorize
  token_endpont: https://acme.example.com/token
  token_endpoint_auth_method: client_secret_bsic
  code_challenge_methods: [S256]
";
    fs::write(folder.path().join("acme.yaml"), wrong).unwrap();
    let refused = refused_in(folder.path());
    let told = [
        "acme.yaml:3: catgories: unknown field `catgories`; did you mean `categories`?",
        "acme.yaml:5: inputs[0].secrt: unknown field `secrt`; did you mean `secret`?",
        "acme.yaml:6: inputs.Site: the name must be in snake_case",
        "acme.yaml:9: obtain.authorization_endpoint: must begin with https",
        "acme.yaml:10: obtain.token_endpont: unknown field `token_endpont`; did you mean `token_endpoint`?",
        "acme.yaml:11: obtain.token_endpoint_auth_method: unknown variant `client_secret_bsic`; did you mean `client_secret_basic`?",
    ];
    for one in told {
        assert!(refused.iter().any(|problem| problem.contains(one)), "{one} is not in {refused:#?}");
    }
}

#[test]
fn a_file_is_named_after_its_provider_and_a_folder_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acme.yaml"), GOOD.replace("id: acme", "id: other")).unwrap();
    let refused = refused_in(folder.path());
    assert!(refused[0].contains("acme.yaml:2: id: must be the name of the file, `acme`"), "{refused:?}");

    let absent = Catalogue::embedded()
        .with_folder(folder.path().join("absent"), Trust::Public)
        .unwrap_err()
        .to_string();
    assert!(absent.contains("absent"));
}

#[test]
fn what_is_wrong_with_an_entry_is_said_at_its_field() {
    Catalogue::embedded().with_entry(GOOD, Trust::Public).unwrap();
    let cases = [
        (
            "https://acme.example.com/token",
            "http://acme.example.com/token",
            "obtain.token_endpoint: must begin with https",
        ),
        (
            "https://acme.example.com/token",
            "https://127.0.0.1/token",
            "obtain.token_endpoint: is not on a public host",
        ),
        (
            "https://acme.example.com/token",
            "https://user@acme.example.com/token",
            "obtain.token_endpoint: user information",
        ),
        ("https://acme.example.com/token", "/token", "obtain.token_endpoint: must be a whole URL"),
        (
            "https://acme.example.com/token",
            "https://${conn.site}/token",
            "obtain.token_endpoint: `conn.site` chooses the host",
        ),
        (
            "https://acme.example.com/token",
            "https://a.${conn.nobody}.example.com/t",
            "`conn.nobody` is never defined",
        ),
        (
            "https://acme.example.com/token",
            "https://${shout(conn.site)}.example.com/t",
            "there is no function `shout`",
        ),
        ("https://acme.example.com/token", "https://${env.HOME}.example.com/t", "`env` is neither a space"),
        ("https://acme.example.com/token", "https://a-${conn.host}/t", "a literal suffix must follow"),
        ("https://acme.example.com/token", "https://${conn.host}${conn.site}/t", "two values side by side"),
        ("  code_challenge_methods: [S256]\n", "", "obtain.code_challenge_methods: must be stated"),
        ("[S256]", "[plain]", "obtain.code_challenge_methods: `plain` protects nothing"),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  grant_type: password\n",
            "obtain.grant_type: `password` must not be used",
        ),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  grant_type: implicit\n",
            "obtain.grant_type: `implicit` must not be used",
        ),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  authorization: {params: {redirect_uri: x}}\n",
            "authorization.params.redirect_uri",
        ),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  authorization: {omit: [state]}\n",
            "`state` protects the flow",
        ),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  issuer: \"${sha256(conn.site)}\"\n",
            "obtain.issuer: bytes where text is needed",
        ),
        (
            "  type: oauth2\n",
            "  type: oauth2\n  assertions: {client: {kind: jwt, alg: ES256, key: \"${conn.site}\"}}\n",
            "inputs.site: a private key must have `format: pem`",
        ),
        ("hosts: [api.example.com]", "hosts: [\"*\"]", "api.hosts[0]"),
        ("hosts: [api.example.com]", "headers: {Bad-Name: x}", "api.headers.Bad-Name"),
        ("name: Acme", "name: \"\"", "name: must have"),
        ("id: acme", "id: Acme", "id: must be"),
        ("{scheme: bearer}", "{scheme: basic}", "apply.username: the basic scheme needs it"),
        ("name: site, ", "name: site, pattern: '[', ", "inputs.site: the pattern is not"),
        ("name: site, ", "name: host, ", "inputs: two inputs"),
        (
            "apply:",
            "probes: {verify: {url: \"https://evil.com/me\"}}\napply:",
            "`evil.com` would receive the credential",
        ),
        ("apply:", "extends: nobody\napply:", "extends: there is no entry `nobody`"),
        ("apply:", "catalog: 2\napply:", "catalog: must be 1"),
    ];
    for (from, to, said) in cases {
        assert!(GOOD.contains(from), "{from}");
        let refused = refusal(&GOOD.replacen(from, to, 1));
        assert!(refused.contains(said), "{to}: {refused}");
    }
    assert!(refusal("{").contains("is not valid YAML"));
    assert!(refusal("id: [").contains("is not valid YAML"));
}

#[test]
fn only_a_renewal_of_the_vendors_own_names_its_grant_type() {
    let renewing = |how: &str| GOOD.replace("apply:", &format!("  refresh: {{{how}}}\napply:"));
    let grant = "params: {grant_type: vendor_exchange_token}";
    let refused = refusal(&renewing(grant));
    assert!(refused.contains("obtain: grant_type is set by the grant"), "{refused}");
    let own = renewing(&format!("mode: access_token, {grant}"));
    Catalogue::embedded().with_entry(&own, Trust::Public).unwrap();
}

#[test]
fn plain_http_is_for_loopback_and_only_by_trust() {
    let local = GOOD
        .replace("https://acme.example.com", "http://127.0.0.1:4711")
        .replace("https://api.example.com", "http://127.0.0.1:4711")
        .replace("hosts: [api.example.com]", "hosts: []");
    let catalogue = Catalogue::embedded().with_entry(&local, Trust::Loopback).unwrap();
    let provider = catalogue.get("acme").unwrap();
    let url = provider.authorization_url(&connected(texts([])), asked()).unwrap();
    assert!(url.as_str().starts_with("http://127.0.0.1:4711/authorize?"), "{url}");
    assert_eq!(provider.origins(&connected(texts([]))).unwrap(), ["http://127.0.0.1:4711"]);
    assert!(refusal(&local).contains("must begin with https"));
    let elsewhere = local.replace("127.0.0.1:4711/token", "192.168.0.1/token");
    Catalogue::embedded().with_entry(&elsewhere, Trust::Loopback).unwrap_err();
    let six = local.replace("127.0.0.1", "[::1]");
    let six = Catalogue::embedded().with_entry(&six, Trust::Loopback).unwrap().get("acme").unwrap();
    assert_eq!(six.base_url(&connected(texts([]))).unwrap().unwrap().as_str(), "http://[::1]:4711/");
}

#[test]
fn what_the_engine_cannot_do_yet_still_parses_and_says_so() {
    let by_webhook = "
id: acme-by-webhook
name: Acme
obtain:
  type: oauth2
  authorization_endpoint: https://acme.example/authorize
  token_endpoint: https://acme.example/token
  token_endpoint_auth_method: client_secret_post
  code_challenge_methods: [S256]
  callback: {via: webhook}
apply: {scheme: bearer}
api: {base_url: \"https://acme.example\"}
";
    let provider = entry("acme-by-webhook", by_webhook);
    let AuthMode::Unsupported(what) = provider.auth_mode() else { panic!("{:?}", provider.auth_mode()) };
    assert!(what.contains("webhook"));
    let values = connected(texts([]));
    let refused = provider.token_request(&values, Grant::ClientCredentials { scopes: &[] }).unwrap_err();
    assert_eq!(refused.to_string(), format!("not supported yet: {what}"));
    assert_eq!(provider.authorization_url(&values, asked()).unwrap_err(), refused);
}

#[test]
fn what_a_vendor_does_with_its_tokens_is_said_with_a_source() {
    let catalogue = Catalogue::embedded();
    let xero = catalogue.get("xero").unwrap();
    let token = xero.behaviour().refresh_token;
    assert_eq!(token.rotation, Some(RotationClass::Grace));
    assert_eq!(token.grace_seconds, Some(1800));
    assert!(!xero.behaviour().sources.is_empty());
    let inherited = catalogue.get("google-drive").unwrap().behaviour().clone();
    assert_eq!(&inherited, catalogue.get("google").unwrap().behaviour());
    assert_eq!(inherited.refresh_token.rotation, Some(RotationClass::None));
    assert!(!catalogue.get("auth0-oauth").unwrap().behaviour().is_stated());
    let known = catalogue.list().filter(|provider| provider.behaviour().is_stated()).count();
    assert!(known >= 80, "{known}");
}

#[test]
fn a_behaviour_without_a_page_of_the_vendors_is_refused() {
    let with = |behaviour: &str| format!("{GOOD}behaviour: {behaviour}\n");
    let own = "sources: ['https://docs.example.com/tokens']";
    let good = with(&format!("{{refresh_token: {{rotation: grace, grace_seconds: 30}}, {own}}}"));
    Catalogue::embedded().with_entry(&good, Trust::Public).unwrap();
    let rfc = with("{access_token_seconds: 60, sources: ['https://www.rfc-editor.org/rfc/rfc6749']}");
    Catalogue::embedded().with_entry(&rfc, Trust::Public).unwrap();
    let cases = [
        (with("{access_token_seconds: 60}"), "behaviour.sources: must name a page"),
        (
            with("{access_token_seconds: 60, sources: ['https://blog.example.org/tokens']}"),
            "is neither on a domain of the vendor's (example.com) nor an RFC",
        ),
        (with("{access_token_seconds: 60, sources: ['http://docs.example.com/']}"), "nor an RFC"),
        (
            with(&format!("{{refresh_token: {{rotation: grace}}, {own}}}")),
            "behaviour.refresh_token.grace_seconds: `rotation: grace` must say for how long",
        ),
        (
            with(&format!("{{refresh_token: {{rotation: strict, grace_seconds: 5}}, {own}}}")),
            "grace_seconds: is only for `rotation: grace`",
        ),
        (with(&format!("{{access_token_seconds: 0, {own}}}")), "must be more than 0"),
    ];
    for (entry, telling) in cases {
        let refused = refusal(&entry);
        assert!(refused.contains(telling), "{refused} should say {telling}");
    }
}

#[test]
fn guidance_is_plain_sentences_that_link_to_the_vendor_alone() {
    let with = |step: &str| format!("{GOOD}guidance: {{app_setup: [\"{step}\"]}}\n");
    let good = "Open https://docs.example.com/apps. Enter {redirect_url} as the redirect URL.";
    Catalogue::embedded().with_entry(&with(good), Trust::Public).unwrap();
    let long = "word ".repeat(20) + "word.";
    let cases = [
        ("Open the page", "full stop"),
        ("The best app ever!.", "plain sentences"),
        ("Enter ${app.client_id}.", "no template but {redirect_url}"),
        ("Open https://elsewhere.example.org/apps.", "is not an https page of the vendor's"),
        ("The key is sk0123456789abcdef0123456789abcdef.", "looks like a secret"),
        (long.as_str(), "20 words at most"),
    ];
    for (step, telling) in cases {
        let refused = refusal(&with(step));
        assert!(refused.contains("guidance.app_setup[0]"), "{refused}");
        assert!(refused.contains(telling), "{refused} should say {telling}");
    }
}

#[test]
fn what_ends_with_a_grant_is_known_of_those_that_end_more() {
    let catalogue = Catalogue::embedded();
    let ends = |id: &str| catalogue.get(id).unwrap().revocation();
    for id in ["google", "google-drive", "discord", "intercom", "squareup", "xero"] {
        assert_eq!(ends(id), Some(Extent::Account), "{id}");
    }
    assert_eq!(ends("gitlab"), Some(Extent::Grant));
    assert_eq!(ends("slack"), None);
}
