use super::*;

const PEM: &str = include_str!("../../tests/keys/rsa.pem");

fn assertion<'a>(subject: &'a str, attributes: &'a [(String, String)]) -> Assertion<'a> {
    Assertion {
        id: "_0123456789abcdef",
        issuer: "www.example.com",
        subject,
        recipient: "https://api.example.com/oauth/token?a=1&b=\"2\"",
        audience: "www.example.com",
        session_index: Some("index"),
        attributes,
        issued_at: 1_700_000_000,
        lifetime: Duration::from_secs(600),
    }
}

#[test]
fn instants_are_written_and_what_is_typed_cannot_end_an_element() {
    let attributes = [("api_key".to_owned(), "</saml2:AttributeValue>\u{1}&".to_owned())];
    let (head, tail) = written(&assertion("a<b>&\r\"c\"", &attributes)).unwrap();
    assert!(head.contains("IssueInstant=\"2023-11-14T22:13:20Z\""), "{head}");
    assert!(tail.contains("NotBefore=\"2023-11-14T22:08:20Z\" NotOnOrAfter=\"2023-11-14T22:23:20Z\""));
    assert!(tail.contains(">a&lt;b&gt;&amp;&#xD;\"c\"</saml2:NameID>"), "{tail}");
    assert!(tail.contains("Recipient=\"https://api.example.com/oauth/token?a=1&amp;b=&quot;2&quot;\""));
    assert!(tail.contains("<saml2:AttributeValue>&lt;/saml2:AttributeValue&gt;&amp;</saml2:AttributeValue>"));
}

#[test]
fn an_instant_no_calendar_has_is_refused() {
    let key = PrivateKey::parse(PEM).unwrap();
    let late = Assertion { issued_at: i64::MAX, ..assertion("a", &[]) };
    assert_eq!(sign(&late, &key, Seed([0; 32])), Err(SigningError::Instant));
}

/// With `tests/with-servers`, or any Python that has `signxml`: it canonicalizes, digests and verifies for itself.
#[test]
fn another_implementation_verifies_the_signature() {
    let Ok(python) = std::env::var("LATCHKEY_TEST_PYTHON") else {
        assert!(
            std::env::var_os("LATCHKEY_TEST_SERVERS_PID").is_none(),
            "the servers are there without Python"
        );
        return;
    };
    let key = PrivateKey::parse(PEM).unwrap();
    let attributes =
        [("api_key".to_owned(), "k<&>\"é\r\t".to_owned()), ("use_email".to_owned(), "false".to_owned())];
    let signed = sign(&assertion("jane <&> \"doe\" é", &attributes), &key, Seed([3; 32])).unwrap();
    let verify = |document: &str| {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_saml.py");
        let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/rsa.pem");
        let mut child = std::process::Command::new(&python)
            .args([program, key])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), document.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    assert_eq!(verify(&signed), "verified: jane <&> \"doe\" é\n");
    assert_eq!(verify(&signed.replace("jane", "john")), "refused\n");
}
