//! The requests and signatures are of the test suite AWS publishes with its SDKs (`aws-signing-test-suite/v4`), except where
//! said otherwise.

use super::*;
use std::time::Duration;

/// 2015-08-30T12:36:00Z.
const AT: Duration = Duration::from_secs(1_440_938_160);
const CREDENTIALS: Credentials<'_> = Credentials {
    access_key_id: "AKIDEXAMPLE",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    session_token: None,
};

fn signed(
    credentials: Credentials<'_>,
    service: &str,
    (method, target): (&str, &str),
    headers: &[(&str, &str)],
    body: Body<'_>,
) -> Vec<(String, String)> {
    let url = Url::parse(&format!("https://example.amazonaws.com{target}")).unwrap();
    let request = Request { method, url: &url, headers, body };
    let scope = Scope { region: "us-east-1", service };
    super::headers(credentials, scope, request, SystemTime::UNIX_EPOCH + AT).unwrap()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    &headers.iter().find(|(known, _)| known == name).unwrap().1
}

fn signature(headers: &[(String, String)]) -> &str {
    header(headers, "authorization").split_once("Signature=").unwrap().1
}

/// Method and target, headers, and the signature.
type Case = ((&'static str, &'static str), &'static [(&'static str, &'static str)], &'static str);

#[test]
fn the_signatures_are_those_of_the_published_test_suite() {
    let cases: [Case; 6] = [
        (("GET", "/"), &[], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            ("GET", "/?Param2=value2&Param1=value1"),
            &[],
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (("GET", "/?ሴ=bar"), &[], "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        (("GET", "/./"), &[], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            ("POST", "/?Param1=value1"),
            &[],
            "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        ),
        (
            ("POST", "/"),
            &[("My-Header1", "value1")],
            "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        ),
    ];
    for (request, headers, expected) in cases {
        let signed = signed(CREDENTIALS, "service", request, headers, Body::Bytes(b""));
        assert_eq!(signature(&signed), expected, "{request:?}");
        assert_eq!(header(&signed, "x-amz-date"), "20150830T123600Z");
    }
}

#[test]
fn a_session_token_is_sent_and_signed() {
    let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    let credentials = Credentials { session_token: Some(token), ..CREDENTIALS };
    let signed = signed(credentials, "service", ("GET", "/"), &[], Body::Bytes(b""));
    assert_eq!(signature(&signed), "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
    assert_eq!(header(&signed, "x-amz-security-token"), token);
}

/// AWS's documentation of S3, "Authenticating Requests: Using the Authorization Header", has this request's body digest.
#[test]
fn a_digest_stands_for_the_body_it_is_of() {
    let digest = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    let of = |body| signed(CREDENTIALS, "s3", ("PUT", "/a%24b"), &[], body);
    let by_digest = of(Body::Sha256(digest));
    assert_eq!(signature(&by_digest), signature(&of(Body::Bytes(b"Welcome to Amazon S3."))));
    assert_eq!(header(&by_digest, "x-amz-content-sha256"), digest);
}
