use super::*;

/// The example that the specification's own libraries are tested with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = r#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn message(body: &str) -> Message<'_> {
    Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: body.as_bytes() }
}

fn private_key() -> String {
    // RFC 8032 §7.1, test 1.
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    format!("{PRIVATE_KEY_PREFIX}{}", STANDARD.encode(seed))
}

#[test]
fn the_specifications_example_is_signed_as_it_says() {
    assert_eq!(message(BODY).sign_with_secret(SECRET).unwrap(), SIGNATURE);
    assert_eq!(message(BODY).is_signed(SIGNATURE, SECRET), Ok(true));
}

#[test]
fn another_message_or_key_is_not_what_was_signed() {
    let older = Message { timestamp: 1_614_265_331, ..message(BODY) };
    let other = Message { id: "msg_other", ..message(BODY) };
    for changed in [message("{}"), older, other] {
        assert_eq!(changed.is_signed(SIGNATURE, SECRET), Ok(false));
    }
    let key = format!("{SECRET_PREFIX}{}", STANDARD.encode([7; 32]));
    assert_eq!(message(BODY).is_signed(SIGNATURE, &key), Ok(false));
    assert_eq!(message(BODY).is_signed("", SECRET), Ok(false));
    assert_eq!(message(BODY).is_signed(&SIGNATURE.replace("v1,", "v1a,"), SECRET), Ok(false));
}

#[test]
fn of_several_signatures_one_is_enough() {
    let other = message(BODY).sign_with_private_key(&private_key()).unwrap();
    let both = format!("{other} v9,AAAA nonsense {SIGNATURE}");
    assert_eq!(message(BODY).is_signed(&both, SECRET), Ok(true));
    assert_eq!(message(BODY).is_signed(&both, &public_key_of(&private_key()).unwrap()), Ok(true));
    assert_eq!(message("{}").is_signed(&both, &public_key_of(&private_key()).unwrap()), Ok(false));
}

#[test]
fn a_public_key_is_its_private_keys_other_half() {
    let public = hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
    let expected = format!("{PUBLIC_KEY_PREFIX}{}", STANDARD.encode(public));
    assert_eq!(public_key_of(&private_key()), Ok(expected));
}

#[test]
fn what_is_no_key_signs_nothing() {
    for text in ["", "whsec_", "whsec_!", "whsk_", "whsk_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        assert_eq!(message(BODY).is_signed(SIGNATURE, text), Err(SigningError::KeyUnreadable), "{text}");
        assert_eq!(message(BODY).sign_with_private_key(text), Err(SigningError::KeyUnreadable), "{text}");
    }
}

#[test]
fn the_bodys_digest_is_that_of_rfc_4231() {
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(body_digest("Jefe", b"what do ya want for nothing?"), expected);
}
