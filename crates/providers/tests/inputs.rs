//! The form's check: what people paste is tidied, what cannot be right is refused by field.

mod support;

use latchkey_providers::Provider;
use std::collections::BTreeMap;
use std::sync::Arc;
use support::{provider, texts};

fn form() -> Arc<Provider> {
    let entry = r#"
id: form
name: Form
inputs:
  - {name: region, ask: connection, label: Region, one_of: [eu, us], default: eu}
  - {name: host, ask: connection, label: Host, format: hostname, required: false}
  - {name: address, ask: connection, label: Address, format: uri, required: false}
  - {name: account, ask: connection, label: Account, format: uuid, required: false}
  - {name: mail, ask: connection, label: Mail, format: email, required: false}
  - {name: key, ask: connection, label: Key, format: pem, secret: true, required: false}
  - {name: hint, ask: connection, label: Hint, secret: true, required: false, pattern: "^sk_[a-z]+$"}
  - {name: detail, ask: connection, label: Detail, when: {input: region, is: us}}
  - {name: tier, ask: integration, label: Tier}
obtain: {type: given}
apply: {scheme: none, headers: {x-key: "${conn.hint}"}}
api: {base_url: "https://${conn.region}.example.com"}
"#;
    support::entry("form", entry)
}

fn one(name: &str, value: &str) -> Result<BTreeMap<String, String>, String> {
    form().check_inputs(&texts([(name, value)])).map_err(|refused| refused.to_string())
}

#[test]
fn pasted_affixes_are_stripped() {
    let zendesk = provider("zendesk");
    for pasted in [
        "acme",
        "ACME",
        " acme ",
        "https://acme.zendesk.com",
        "https://acme.zendesk.com/",
        "acme.zendesk.com",
    ] {
        let checked = zendesk.check_inputs(&texts([("subdomain", pasted)])).unwrap();
        assert_eq!(checked, texts([("subdomain", "acme")]), "{pasted}");
    }
}

#[test]
fn a_whole_host_is_completed_from_its_first_label() {
    let salesforce = provider("salesforce");
    for (typed, host) in [
        ("Acme", "acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "acme.my.salesforce.com"),
        ("test.salesforce.com", "test.salesforce.com"),
    ] {
        assert_eq!(salesforce.check_inputs(&texts([("hostname", typed)])).unwrap()["hostname"], host);
    }
    assert_eq!(salesforce.check_inputs(&texts([])).unwrap(), texts([]));
    salesforce.check_inputs(&texts([("hostname", "acme.example.com")])).unwrap_err();
}

#[test]
fn defaults_fill_in_and_empty_optional_values_are_left_out() {
    let checked = form().check_inputs(&texts([("host", ""), ("hint", "  ")])).unwrap();
    assert_eq!(checked, texts([("region", "eu")]));
    assert_eq!(
        provider("zendesk").check_inputs(&texts([])).unwrap_err().to_string(),
        "subdomain: is missing"
    );
    assert_eq!(one("colour", "red").unwrap_err(), "colour: is not a field of this provider");
    assert_eq!(one("tier", "gold").unwrap_err(), "tier: is not a field of this provider");
    assert_eq!(
        form().check_integration_inputs(&texts([("tier", "gold")])).unwrap(),
        texts([("tier", "gold")])
    );
}

#[test]
fn a_field_is_needed_only_when_its_condition_holds() {
    one("region", "eu").unwrap();
    assert_eq!(one("region", "us").unwrap_err(), "detail: is missing");
    form().check_inputs(&texts([("region", "us"), ("detail", "x")])).unwrap();
    assert!(one("region", "mars").unwrap_err().contains("must be one of eu, us"));
}

#[test]
fn formats_are_held_to() {
    let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    let good = [
        ("host", "shop.example.com"),
        ("address", "https://shop.example.com/path"),
        ("account", "123e4567-e89b-12d3-a456-426614174000"),
        ("mail", "ada@example.com"),
        ("key", pem),
    ];
    for (name, value) in good {
        assert_eq!(one(name, value).unwrap()[name], value);
    }
    let bad = [
        ("host", "https://shop.example.com"),
        ("host", "shop"),
        ("host", "10.0.0.1"),
        ("host", "a.example.com."),
        ("host", "printer.local"),
        ("address", "http://shop.example.com"),
        ("address", "https://a@shop.example.com"),
        ("address", "https://localhost/"),
        ("address", "https://shop.example.com/#x"),
        ("address", "shop.example.com"),
        ("account", "123e4567-xyz"),
        ("mail", "ada"),
        ("mail", "a@b@example.com"),
        ("mail", "a b@example.com"),
        ("key", "AAAA"),
    ];
    for (name, value) in bad {
        let refused = one(name, value).expect_err(value);
        assert!(refused.starts_with(name) && !refused.contains(value), "{refused}");
    }
}

#[test]
fn the_pattern_of_a_secret_is_a_hint() {
    assert_eq!(one("hint", "a new shape of key").unwrap()["hint"], "a new shape of key");
    assert_eq!(one("hint", "sk_abc\n").unwrap()["hint"], "sk_abc");
    one("hint", "sk_a\nbc").unwrap_err();
}
