use super::*;

const SEED: Seed = Seed([1; 32]);

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parameter(header: &str, name: &str) -> String {
    let start = header.split_once(&format!("{name}=\"")).unwrap().1;
    let encoded = start.split('"').next().unwrap();
    percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap().into_owned()
}

#[test]
fn the_base_string_is_the_one_of_rfc_5849_3_4_1_1() {
    let url = Url::parse("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
    let form = pairs(&[("c2", ""), ("a3", "2 q")]);
    let protocol = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
    ];
    assert_eq!(
        base_string(Request { method: "post", url: &url, form: &form }, &protocol).as_str(),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D\
         %26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
         %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
}

/// The three requests of §1.2 have no `oauth_version`, which §3.1 leaves to the client: so the base string is made here.
fn signed_as_in_1_2(
    method: &str,
    url: &str,
    protocol: &[(&str, &str)],
    token_secret: Option<&str>,
) -> String {
    let url = Url::parse(url).unwrap();
    let base = base_string(Request { method, url: &url, form: &[] }, protocol);
    let credentials = Credentials {
        client_key: "dpf43f3p2l4k3l03",
        client_secret: "kd94hf93k423kf44",
        token: None,
        token_secret,
        realm: None,
    };
    signature(SignatureMethod::HmacSha1, credentials, &base, SEED).unwrap()
}

#[test]
fn the_signatures_are_those_of_rfc_5849_1_2() {
    let temporary = [
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131200"),
        ("oauth_nonce", "wIjqoS"),
        ("oauth_callback", "http://printer.example.com/ready"),
    ];
    let token = [
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_token", "hh5s93j4hdidpola"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "walatlh"),
        ("oauth_verifier", "hfdp7dh39dks9884"),
    ];
    let resource = [
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_token", "nnch734d00sl2jdk"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131202"),
        ("oauth_nonce", "chapoH"),
    ];
    assert_eq!(
        signed_as_in_1_2("POST", "https://photos.example.net/token", &token, Some("hdhd0244k9j7ao03")),
        "gKgrFCywp7rO0OXSjdot/IHF7IU="
    );
    assert_eq!(
        signed_as_in_1_2(
            "GET",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
            &resource,
            Some("pfkkdhi9sl3r4s00")
        ),
        "MdpQcU8iPSUjWoN/UDMsK2sui9I="
    );
    assert_eq!(
        signed_as_in_1_2("POST", "https://photos.example.net/initiate", &temporary, None),
        "74KNZJeDHnMBp0EMJ9ZHt/XKycU="
    );
}

#[test]
fn a_header_names_what_it_signs_and_the_realm_first() {
    let url = Url::parse("https://api.example.com/x").unwrap();
    let credentials = Credentials {
        client_key: "key",
        client_secret: "s&cret",
        token: Some("tok en"),
        token_secret: Some("t/s"),
        realm: Some("ACCT_SB1"),
    };
    let request = Request { method: "GET", url: &url, form: &[] };
    let occasion = Occasion { timestamp: 1_700_000_000, nonce: "n" };
    let header =
        authorization(SignatureMethod::Plaintext, credentials, request, &[], occasion, SEED).unwrap();
    assert!(header.starts_with("OAuth realm=\"ACCT_SB1\", oauth_consumer_key=\"key\", "), "{header}");
    assert_eq!(parameter(&header, "oauth_token"), "tok en");
    assert_eq!(parameter(&header, "oauth_signature"), "s%26cret&t%2Fs");
    assert_eq!(parameter(&header, "oauth_timestamp"), "1700000000");
}

#[test]
fn a_signature_of_rsa_sha1_verifies_with_the_public_key() {
    use rsa::pkcs8::DecodePublicKey as _;
    use rsa::signature::Verifier as _;
    let pem = include_str!("../../tests/keys/rsa.pem");
    let url = Url::parse("https://api.example.com/x?a=1").unwrap();
    let credentials =
        Credentials { client_key: "key", client_secret: pem, token: None, token_secret: None, realm: None };
    let request = Request { method: "GET", url: &url, form: &[] };
    let occasion = Occasion { timestamp: 1, nonce: "n" };
    let header = authorization(SignatureMethod::RsaSha1, credentials, request, &[], occasion, SEED).unwrap();
    let protocol = [
        ("oauth_consumer_key", "key"),
        ("oauth_nonce", "n"),
        ("oauth_signature_method", "RSA-SHA1"),
        ("oauth_timestamp", "1"),
        ("oauth_version", "1.0"),
    ];
    let signature = STANDARD.decode(parameter(&header, "oauth_signature")).unwrap();
    let public = PrivateKey::parse(pem).unwrap().public_key_der().unwrap();
    let public = rsa::PublicKey::from_public_key_der(&public).unwrap();
    let verifier = rsa::pkcs1v15::VerifyingKey::<sha1::Sha1>::new(public);
    let signature = rsa::pkcs1v15::Signature::try_from(signature.as_slice()).unwrap();
    verifier.verify(base_string(request, &protocol).as_bytes(), &signature).unwrap();
}
