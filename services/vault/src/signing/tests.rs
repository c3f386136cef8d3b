use super::*;

fn now() -> Timestamp {
    Timestamp(1_700_000_000_000)
}

fn handout() -> Handout {
    let parameters = [
        ("signature_method", "HMAC-SHA1"),
        ("client_key", "key"),
        ("client_secret", "canary_client"),
        ("token", "token"),
        ("token_secret", "canary_token"),
    ];
    let parameters =
        parameters.map(|(name, value)| (name.to_owned(), SecretText::new(value.to_owned()))).into();
    Handout { signer: Some(Signer { scheme: "oauth1".into(), parameters }), ..Handout::default() }
}

fn to_sign(url: &str) -> ToSign {
    ToSign::parse("get".into(), url, vec![], String::new(), BTreeMap::new()).unwrap()
}

#[test]
fn a_request_to_the_providers_api_is_signed_each_time_anew() {
    let origins = ["https://api.example.com".to_owned()];
    let request = to_sign("https://api.example.com/me?a=1");
    let [first, second] = [(); 2].map(|()| {
        let mut handout = handout();
        sign(&mut handout, &origins, Some(&request), now()).unwrap();
        handout.headers["authorization"].expose().to_owned()
    });
    assert!(first.starts_with("OAuth oauth_consumer_key=\"key\""), "{first}");
    assert!(first.contains("oauth_timestamp=\"1700000000\"") && !first.contains("canary"));
    assert_ne!(first, second);
}

#[test]
fn without_a_request_the_caller_is_told_what_to_set() {
    let error = sign(&mut handout(), &[], None, now()).unwrap_err();
    let Error::Fault(fault) = error else { panic!("{error}") };
    assert_eq!((fault.kind, fault.reason), (Kind::Refused, Reason::RequestNeeded));
    assert!(fault.message.contains("`request`"), "{}", fault.message);
}

#[test]
fn nothing_is_signed_for_another_origin() {
    let origins = ["https://api.example.com".to_owned(), "https://*.vendor.example".to_owned()];
    for (url, may) in [
        ("https://api.example.com:443/x", true),
        ("https://eu.vendor.example/x", true),
        ("https://a.eu.vendor.example/x", true),
        ("https://vendor.example/x", false),
        ("https://evilvendor.example/x", false),
        ("https://eu.vendor.example:8443/x", false),
        ("http://api.example.com/x", false),
        ("https://api.example.com.evil.example/x", false),
        ("https://evil.example/https://api.example.com", false),
    ] {
        let outcome = sign(&mut handout(), &origins, Some(&to_sign(url)), now());
        assert_eq!(outcome.is_ok(), may, "{url}");
    }
}

#[test]
fn a_hand_out_that_needs_no_signature_is_left_as_it_is() {
    let mut plain = Handout::default();
    sign(&mut plain, &[], None, now()).unwrap();
    assert!(plain.headers.is_empty());
}

#[test]
fn a_certificate_is_shown_and_signs_nothing() {
    let signer = Some(Signer { scheme: Signer::MUTUAL_TLS.into(), ..Signer::default() });
    let mut certified = Handout { signer, ..Handout::default() };
    sign(&mut certified, &[], None, now()).unwrap();
    assert!(certified.headers.is_empty() && certified.signer.is_some());
}

#[test]
fn a_request_that_is_none_is_refused_by_its_field() {
    let digest = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    let form = || vec![("a".to_owned(), "b".to_owned())];
    for (method, url, form, digest, expected) in [
        ("", "https://a.example/", vec![], "", "request.method"),
        ("GET\r\n", "https://a.example/", vec![], "", "request.method"),
        ("GET", "/me", vec![], "", "request.url"),
        ("GET", "https://user@a.example/", vec![], "", "request.url"),
        ("POST", "https://a.example/", vec![], "abc", "request.body_sha256"),
        ("POST", "https://a.example/", form(), digest, "request.body_sha256"),
    ] {
        let parsed = ToSign::parse(method.into(), url, form, digest.into(), BTreeMap::new());
        let Err(Error::Field { field, .. }) = parsed else { panic!("{method} {url} was taken") };
        assert_eq!(field, expected);
    }
}
