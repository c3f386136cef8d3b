use super::*;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

const KEY: &str = include_str!("../../../signing/tests/keys/rsa.pem");

fn provider(obtain: &str) -> Provider {
    let yaml = format!("id: sample\nname: Sample\nobtain:\n{obtain}");
    serde_yaml_ng::from_str(&yaml).unwrap()
}

fn values(conn: &[(&str, &str)]) -> Values {
    let mut values = Values::at(1_700_000_000_999);
    values.conn = conn.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    values.randomness = Some([4; 32]);
    values
}

fn minted(provider: &Provider, values: &Values) -> Result<String, RenderError> {
    provider.assertion("token", &provider.obtain.assertions["token"], values)
}

fn part(token: &str, number: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_jwt_has_the_claims_with_a_value_and_its_lifetime() {
    let entry = "  type: minted
  assertions:
    token:
      alg: HS256
      key: ${from_hex(split(conn.key, \":\", 1))}
      key_encoding: hex
      header: {kid: '${split(conn.key, \":\", 0)}'}
      claims: {aud: /admin/, sub: '${conn.nobody}', scope: ['${conn.nothing}']}
      lifetime_seconds: 60
";
    let token = minted(&provider(entry), &values(&[("key", "abc:00ff")])).unwrap();
    assert_eq!(part(&token, 0), json!({"alg": "HS256", "typ": "JWT", "kid": "abc"}));
    assert_eq!(part(&token, 1), json!({"aud": "/admin/", "iat": 1_700_000_000, "exp": 1_700_000_060}));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[0, 255]);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    ring::hmac::verify(&key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
}

#[test]
fn a_key_that_is_none_is_named_and_not_shown() {
    let entry = "  type: minted\n  assertions: {token: {alg: RS256, key: \"${conn.private_key}\"}}\n";
    let error = minted(&provider(entry), &values(&[("private_key", "canary")])).unwrap_err();
    assert!(matches!(&error, RenderError::Refused { reference, .. } if reference == "conn.private_key"));
    assert!(!error.to_string().contains("canary"), "{error}");
    let error = minted(&provider(entry), &values(&[])).unwrap_err();
    assert!(matches!(error, RenderError::Undefined { reference, .. } if reference == "conn.private_key"));
}

#[test]
fn a_client_proves_itself_to_its_token_endpoint() {
    let entry = "  type: oauth2
  grant_type: client_credentials
  token_endpoint: https://auth.example.com/token
  token_endpoint_auth_method: private_key_jwt
  client: {id: '${conn.client_id}', key_jwk: '${conn.key}'}
  client_assertion: {alg: RS256, lifetime_seconds: 300}
";
    let (provider, values) = (provider(entry), values(&[("client_id", "me"), ("key", KEY)]));
    let (name, token) = provider.client_assertion(&values).unwrap().unwrap();
    let claims = part(&token, 1);
    assert_eq!(name, "client");
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("me"), &json!("me")));
    assert_eq!(claims["aud"], "https://auth.example.com/token");
    assert_eq!(claims["exp"], 1_700_000_300);
    assert!(claims["jti"].as_str().unwrap().len() == 32);
}

#[test]
fn a_saml_assertion_is_handed_over_in_base64() {
    let entry = "  type: exchange
  assertions:
    token:
      kind: saml2
      key: ${conn.key}
      issuer: www.example.com
      audience: www.example.com
      subject: ${conn.user}
      recipient: https://api.example.com/oauth/token
      attributes: {api_key: k, use_username: true}
      lifetime_seconds: 600
";
    let encoded = minted(&provider(entry), &values(&[("user", "a<b"), ("key", KEY)])).unwrap();
    let document = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    assert!(
        document.contains(
            "<saml2:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified\">a&lt;b<"
        )
    );
    assert!(document.contains("Name=\"use_username\"><saml2:AttributeValue>true<"), "{document}");
}

#[test]
fn a_username_token_is_another_one_at_each_request() {
    let entry = "  type: minted\n  assertions: {token: {kind: wsse, username: \"${conn.user}\", secret: \"${conn.secret}\"}}\n";
    let mut values = values(&[("user", "bob"), ("secret", "canary")]);
    let first = minted(&provider(entry), &values).unwrap();
    values.randomness = Some([5; 32]);
    let second = minted(&provider(entry), &values).unwrap();
    assert!(first.starts_with("UsernameToken Username=\"bob\", PasswordDigest=\""), "{first}");
    assert!(first != second && !first.contains("canary"));
}

#[test]
fn a_private_key_has_the_fingerprint_of_its_public_half() {
    let fingerprint = crate::format::template::Template::parse("${spki_fingerprint(conn.key)}").unwrap();
    let of = |key: &str| Scope::of(&values(&[("key", key)])).template(&fingerprint).unwrap();
    let public = PrivateKey::parse(KEY).unwrap().public_key_der().unwrap();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(public));
    assert_eq!(of(KEY), of(&pem));
}
