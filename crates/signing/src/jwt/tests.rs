use super::*;
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};
use p256::pkcs8::DecodePublicKey as _;

const SEED: Seed = Seed([7; 32]);
/// RFC 7515 A.1.1: the payload of A.1, A.2 and A.3.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
/// RFC 7515 A.2.1, without the members that can be computed.
const RSA_JWK: &str = r#"{"kty":"RSA","kid":"the-key","e":"AQAB",
"n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
"d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
"p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
"q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}"#;
/// RFC 7515 A.3.1.
const EC_JWK: &str = r#"{"kty":"EC","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

fn private(jwk: &str) -> Key {
    Key::Private(PrivateKey::parse(jwk).unwrap())
}

fn parts(token: &str) -> (String, Vec<u8>) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    (signed.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
}

fn public_key(key: &Key) -> Vec<u8> {
    let Key::Private(key) = key else { panic!("a secret has no public half") };
    key.public_key_der().unwrap()
}

#[test]
fn hs256_gives_the_signature_of_rfc_7515_a_1() {
    let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let key = Key::Secret(Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).unwrap()));
    let signed = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}");
    let token = compact(Algorithm::HS256, &key, signed, SEED).unwrap();
    assert!(token.ends_with(".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "{token}");
}

#[test]
fn rs256_gives_the_signature_of_rfc_7515_a_2_whatever_the_seed() {
    for seed in [SEED, Seed([0; 32])] {
        let signed = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}");
        let token = compact(Algorithm::RS256, &private(RSA_JWK), signed, seed).unwrap();
        assert!(token.ends_with(
            ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ));
    }
}

#[test]
fn the_key_of_rfc_7515_a_3_verifies_its_signature_and_ours() {
    let key = private(EC_JWK);
    let verifier = VerifyingKey::from_public_key_der(&public_key(&key)).unwrap();
    let signed = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}");
    let given = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let ours = parts(&compact(Algorithm::ES256, &key, signed.clone(), SEED).unwrap()).1;
    for signature in [URL_SAFE_NO_PAD.decode(given).unwrap(), ours] {
        verifier.verify(signed.as_bytes(), &Signature::from_slice(&signature).unwrap()).unwrap();
    }
}

#[test]
fn es256_gives_the_signature_of_rfc_6979_a_2_5() {
    let d = hex::decode("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721").unwrap();
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","d":"{}"}}"#, URL_SAFE_NO_PAD.encode(d));
    let signature = PrivateKey::parse(&jwk).unwrap().sign(Algorithm::ES256, b"sample", SEED).unwrap();
    assert_eq!(
        hex::encode_upper(signature),
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    );
}

#[test]
fn ps256_verifies_and_its_salt_is_the_seeds() {
    let key = private(RSA_JWK);
    let public = rsa::PublicKey::from_public_key_der(&public_key(&key)).unwrap();
    let verifier = rsa::pss::VerifyingKey::<sha2_signing::Sha256>::new(public);
    let token = |seed| compact(Algorithm::PS256, &key, "a.b".into(), seed).unwrap();
    assert_eq!(token(SEED), token(SEED));
    assert_ne!(token(SEED), token(Seed([8; 32])));
    let (signed, signature) = parts(&token(SEED));
    let signature = rsa::pss::Signature::try_from(signature.as_slice()).unwrap();
    rsa::signature::Verifier::verify(&verifier, signed.as_bytes(), &signature).unwrap();
}

#[test]
fn a_header_may_say_more_and_never_another_algorithm() {
    let header = Map::from_iter([("alg".into(), "none".into()), ("x5t#S256".into(), "thumb".into())]);
    let claims = Map::from_iter([("iss".into(), "joe".into())]);
    let token = sign(Algorithm::RS256, &private(RSA_JWK), header, &claims, SEED).unwrap();
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(
        header,
        serde_json::json!({"alg": "RS256", "typ": "JWT", "kid": "the-key", "x5t#S256": "thumb"})
    );
}

#[test]
fn a_key_is_read_however_it_was_pasted() {
    let Key::Private(key) = private(RSA_JWK) else { unreachable!() };
    let expected = key.public_key_der().unwrap();
    let pem = key.to_pkcs8_pem_for_tests();
    let forms = [
        pem.clone(),
        pem.replace('\n', "\\n"),
        pem.replace('\n', " "),
        pem.replace('\n', "\r\n"),
        pem.lines().filter(|line| !line.starts_with('-')).collect::<String>(),
    ];
    for form in forms {
        assert_eq!(PrivateKey::parse(&form).unwrap().public_key_der().unwrap(), expected);
    }
}

#[test]
fn what_is_no_usable_key_is_refused_with_the_reason() {
    let refused = |text: &str| PrivateKey::parse(text).unwrap_err();
    assert_eq!(refused("not a key!"), SigningError::KeyUnreadable);
    assert_eq!(refused("YWJj"), SigningError::KeyKind);
    assert_eq!(refused("{\"kty\":\"oct\",\"k\":\"AA\"}"), SigningError::KeyKind);
    assert_eq!(
        refused("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIC\n-----END ENCRYPTED PRIVATE KEY-----"),
        SigningError::KeyEncrypted
    );
    let wrong = compact(Algorithm::RS256, &private(EC_JWK), "a.b".into(), SEED);
    assert_eq!(wrong.unwrap_err(), SigningError::KeyMismatch);
}
