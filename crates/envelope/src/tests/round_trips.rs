use super::{GENERATION, MADE_AT, context, secret};
use crate::{Context, DataKey, EnvironmentKey, RecordType};
use latchkey_secret::{JsonSecret, SecretText};
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn what_was_sealed_opens_again() {
    let key = DataKey::generate();
    let sealed = key.seal(&secret(), &context(), GENERATION).unwrap();
    assert_eq!(key.open(&sealed, &context(), GENERATION).unwrap().expose(), secret().expose());
}

#[test]
fn a_record_costs_112_bytes_and_its_bucket_and_a_wrapped_key_144() {
    let key = DataKey::generate();
    for (length, bucket) in [(0, 64), (63, 64), (64, 128), (200, 256)] {
        let sealed = key.seal(&SecretText::new("x".repeat(length)), &context(), 1).unwrap();
        assert_eq!(sealed.as_bytes().len(), 112 + bucket);
    }
    assert_eq!(EnvironmentKey::generate(MADE_AT, None).wrap(&key, "d", "e", "o").unwrap().len(), 144);
}

#[test]
fn a_data_key_comes_back_from_its_wrap_with_its_id() {
    let (above, key) = (EnvironmentKey::generate(MADE_AT, None), DataKey::generate());
    let wrapped = above.wrap(&key, "main", "dev", "connection/con_1").unwrap();
    assert_eq!(EnvironmentKey::named_by(&wrapped), Ok(above.name()));
    let again = above.unwrap(&wrapped, "main", "dev", "connection/con_1").unwrap();
    assert_eq!(again.id(), key.id());
    assert_eq!(again.bytes, key.bytes);
}

#[test]
fn sealing_the_same_twice_repeats_neither_salt_nor_nonce() {
    let key = DataKey::generate();
    let mut seen = HashSet::new();
    for _ in 0..2_000 {
        let sealed = key.seal(&SecretText::new("canary".into()), &context(), 1).unwrap();
        assert!(seen.insert(sealed.as_bytes()[36..52].to_vec()));
        assert!(seen.insert(sealed.as_bytes()[84..96].to_vec()));
    }
}

fn record_types() -> impl Strategy<Value = RecordType> {
    use RecordType::{ClientSecret, CodeVerifier, Handout, Inputs, Journal, RegisteredClient, Renewal};
    prop::sample::select(vec![
        Handout,
        Renewal,
        ClientSecret,
        RegisteredClient,
        CodeVerifier,
        Inputs,
        Journal,
    ])
}

prop_compose! {
    fn contexts()(
        deployment in ".{0,20}", environment in ".{0,20}", owner in ".{0,60}",
        record in record_types(), schema: u16, origins_digest: [u8; 32],
    ) -> Context {
        Context { deployment, environment, owner, record, schema, origins_digest }
    }
}

proptest! {
    #[test]
    fn any_secret_in_any_context_opens_again(text in ".{0,300}", context in contexts(), generation: u64) {
        let key = DataKey::generate();
        let sealed = key.seal(&JsonSecret::new(text.clone()), &context, generation).unwrap();
        let opened = key.open(&sealed, &context, generation).unwrap();
        prop_assert_eq!(opened.expose(), text);
    }

    #[test]
    fn two_contexts_that_differ_have_different_bytes(one in contexts(), other in contexts()) {
        prop_assert_eq!(one == other, one.encode().unwrap() == other.encode().unwrap());
    }

    #[test]
    fn any_bytes_at_all_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (above, key) = (EnvironmentKey::generate(MADE_AT, None), DataKey::generate());
        prop_assert!(super::refusal::<JsonSecret>(&key, &bytes, &context()).is_some());
        prop_assert!(above.unwrap(&bytes, "d", "e", "o").is_err());
        prop_assert!(crate::descriptor::Descriptor::parse(&bytes).is_err());
    }
}
