use super::*;
use latchkey_signing::jwt::{Key as Signer, sign};
use latchkey_signing::{Algorithm as Signs, PrivateKey, Seed};
use serde_json::json;

const NOW: i64 = 1_800_000_000;
const AUDIENCE: &str = "https://latchkey.example.com";
const SEED: Seed = Seed([7; 32]);

/// RFC 7515 A.2.1 and A.3.1.
const RSA: &str = r#"{"kty":"RSA","kid":"rsa","e":"AQAB",
"n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
"d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
"p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
"q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}"#;
const EC: &str = r#"{"kty":"EC","kid":"ec","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
"x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

fn claims() -> Value {
    json!({"iss": "https://issuer.example.com", "sub": "billing", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 600})
}

fn public(jwk: &str) -> Key {
    Key::parse(serde_json::from_str(jwk).unwrap()).unwrap()
}

fn token(algorithm: Signs, jwk: &str, header: Value, claims: Value) -> SecretText {
    let key = Signer::Private(PrivateKey::parse(jwk).unwrap());
    let object = |value: Value| value.as_object().unwrap().clone();
    sign(algorithm, &key, object(header), &object(claims), SEED).unwrap().into()
}

fn verified(claims: Value) -> Result<Verified, JwtError> {
    let token = token(Signs::ES256, EC, json!({}), claims);
    Unverified::parse(&token)?.verify(&public(EC), AUDIENCE, NOW)
}

fn with(name: &str, value: Value) -> Value {
    let mut changed = claims();
    changed[name] = value;
    changed
}

#[test]
fn tokens_of_both_algorithms_are_believed_when_they_are_whole() {
    for (algorithm, jwk, kid) in [(Signs::RS256, RSA, "rsa"), (Signs::ES256, EC, "ec")] {
        let token = token(algorithm, jwk, json!({}), claims());
        let parsed = Unverified::parse(&token).unwrap();
        assert_eq!(parsed.kid.as_deref(), Some(kid));
        assert_eq!(parsed.issuer().as_deref(), Some("https://issuer.example.com"));
        assert_eq!(parsed.verify(&public(jwk), AUDIENCE, NOW).unwrap().subject, "billing");
    }
}

#[test]
fn a_token_that_was_changed_or_is_anothers_is_not_believed() {
    let token = token(Signs::ES256, EC, json!({}), claims());
    let text = token.expose();
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(with("sub", "admin".into()).to_string());
    let changed: SecretText = format!("{header}.{other}.{signature}").into();
    let refused =
        |token: &SecretText, key: &Key| Unverified::parse(token).unwrap().verify(key, AUDIENCE, NOW).err();
    assert_eq!(refused(&changed, &public(EC)), Some(JwtError::Signature));
    assert_eq!(refused(&token, &public(RSA)), Some(JwtError::Algorithm), "a key is for one algorithm");
    // So much that what is left is still base64.
    let cut: SecretText = text[..text.len() - 6].to_owned().into();
    assert_eq!(refused(&cut, &public(EC)), Some(JwtError::Signature));
}

#[test]
fn unsigned_shared_and_extended_tokens_are_refused_before_anything_else() {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    for (header, error) in [
        (json!({"alg": "none"}), JwtError::Algorithm),
        (json!({"alg": "HS256"}), JwtError::Algorithm),
        (json!({"alg": "ES256", "crit": ["exp"]}), JwtError::Malformed),
        (json!({"typ": "JWT"}), JwtError::Malformed),
    ] {
        let token: SecretText = format!("{}.{}.", encode(&header), encode(&claims())).into();
        assert_eq!(Unverified::parse(&token).err(), Some(error), "{header}");
    }
    for text in ["", ".", "..", "a.b.c", "e30.e30.", &"x".repeat(TOKEN_MAX + 1)] {
        assert!(Unverified::parse(&text.to_owned().into()).is_err(), "{text:.10}");
    }
}

#[test]
fn a_token_is_good_for_its_audience_and_its_time_alone() {
    assert!(verified(claims()).is_ok());
    assert!(verified(with("aud", json!(["x", AUDIENCE]))).is_ok());
    for aud in [json!("x"), json!([]), Value::Null] {
        assert_eq!(verified(with("aud", aud)), Err(JwtError::Audience));
    }
    assert_eq!(verified(with("exp", json!(NOW - SKEW))), Err(JwtError::Expired));
    assert!(verified(with("exp", json!(NOW - SKEW + 1))).is_ok(), "clocks differ");
    assert_eq!(verified(with("exp", Value::Null)), Err(JwtError::Unlimited));
    assert_eq!(verified(with("exp", json!(NOW + LIFE_MAX + 1))), Err(JwtError::Unlimited));
    assert_eq!(verified(with("nbf", json!(NOW + SKEW + 1))), Err(JwtError::NotYet));
    assert_eq!(verified(with("iat", json!(NOW + SKEW + 1))), Err(JwtError::NotYet));
    assert_eq!(verified(with("sub", json!(""))), Err(JwtError::Malformed));
}

#[test]
fn a_spiffe_token_without_issuer_is_its_trust_domains() {
    let mut claims = with("sub", "spiffe://example.org/ns/billing/sa/worker".into());
    claims.as_object_mut().unwrap().remove("iss");
    let token = token(Signs::ES256, EC, json!({}), claims);
    assert_eq!(Unverified::parse(&token).unwrap().issuer().as_deref(), Some("spiffe://example.org"));
}

#[test]
fn keys_of_other_kinds_and_purposes_are_left_out() {
    for key in [
        json!({"kty": "oct", "k": "AAAA"}),
        json!({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}),
        json!({"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "n": "no base64 !", "e": "AQAB"}),
        json!({}),
    ] {
        assert_eq!(Key::parse(key.clone()), None, "{key}");
    }
}
