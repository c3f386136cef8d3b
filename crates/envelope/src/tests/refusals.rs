use super::{GENERATION, MADE_AT, context, refusal, secret};
use crate::header::{KeyName, Kind};
use crate::message::{self, Label, Once};
use crate::{Context, DataKey, EnvelopeError, EnvironmentKey, HeaderFault, RecordType};
use latchkey_secret::{JsonSecret, Sealed};

fn sealed(key: &DataKey) -> Vec<u8> {
    key.seal(&secret(), &context(), GENERATION).unwrap().as_bytes().to_vec()
}

#[test]
fn every_flipped_bit_is_found_and_told_by_its_place() {
    let key = DataKey::generate();
    let whole = sealed(&key);
    assert_eq!(whole.len(), 432);
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let expected = match bit / 8 {
            0..2 => EnvelopeError::CorruptHeader(HeaderFault::Magic),
            2 => EnvelopeError::CorruptHeader(HeaderFault::Format),
            3 => EnvelopeError::CorruptHeader(HeaderFault::Suite),
            4 => EnvelopeError::CorruptHeader(HeaderFault::Kind),
            5 => EnvelopeError::CorruptHeader(HeaderFault::Flags),
            6..8 => EnvelopeError::CorruptHeader(HeaderFault::Reserved),
            // Key name, generation, salt and commitment: the message key no longer matches its commitment.
            8..84 => EnvelopeError::WrongKey,
            _ => EnvelopeError::Tampered,
        };
        assert_eq!(refusal::<JsonSecret>(&key, &flipped, &context()), Some(expected), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_a_wrapped_key_is_found() {
    let above = EnvironmentKey::generate(MADE_AT, None);
    let whole = above.wrap(&DataKey::generate(), "main", "dev", "connection/con_1").unwrap();
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(above.unwrap(&flipped, "main", "dev", "connection/con_1").is_err(), "bit {bit}");
    }
}

#[test]
fn a_record_cut_or_extended_anywhere_is_refused() {
    let key = DataKey::generate();
    let whole = sealed(&key);
    for end in 0..whole.len() {
        let found = refusal::<JsonSecret>(&key, &whole[..end], &context());
        // A cut by whole buckets has a possible length; its tag does not fit.
        let expected = match end.checked_sub(112) {
            Some(length) if length > 0 && length % 64 == 0 => EnvelopeError::Tampered,
            _ => EnvelopeError::CorruptHeader(HeaderFault::Length),
        };
        assert_eq!(found, Some(expected), "{end}");
    }
    for more in [1, 16, 64] {
        let extended = [whole.as_slice(), &vec![0; more]].concat();
        assert!(refusal::<JsonSecret>(&key, &extended, &context()).is_some());
    }
}

#[test]
fn a_record_does_not_open_in_any_other_context() {
    let key = DataKey::generate();
    let whole = sealed(&key);
    let changes: [fn(&mut Context); 10] = [
        |context| context.deployment = "other".into(),
        |context| context.environment = "staging".into(),
        |context| context.owner = "connection/con_01hzzy".into(),
        |context| context.record = RecordType::Renewal,
        |context| context.record = RecordType::ClientSecret,
        |context| context.record = RecordType::CodeVerifier,
        |context| context.record = RecordType::Inputs,
        |context| context.schema = 2,
        |context| context.origins_digest[0] ^= 1,
        |context| std::mem::swap(&mut context.deployment, &mut context.environment),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut other = context();
        change(&mut other);
        assert_eq!(refusal::<JsonSecret>(&key, &whole, &other), Some(EnvelopeError::Tampered), "{number}");
    }
    let journal = Context { record: RecordType::Journal, ..context() };
    let not_a_journal = EnvelopeError::CorruptHeader(HeaderFault::Kind);
    assert_eq!(refusal::<JsonSecret>(&key, &whole, &journal), Some(not_a_journal));
}

#[test]
fn a_record_moved_to_another_owner_is_refused_under_its_own_key_and_under_theirs() {
    let (ours, theirs) = (DataKey::generate(), DataKey::generate());
    let whole = sealed(&ours);
    let elsewhere = Context { owner: "connection/con_theirs".into(), ..context() };
    assert_eq!(refusal::<JsonSecret>(&ours, &whole, &elsewhere), Some(EnvelopeError::Tampered));
    assert_eq!(refusal::<JsonSecret>(&theirs, &whole, &elsewhere), Some(EnvelopeError::WrongKey));
}

#[test]
fn an_older_generation_put_back_is_told_apart_from_damage() {
    let key = DataKey::generate();
    let older = key.seal(&secret(), &context(), GENERATION - 1).unwrap();
    let found = key.open(&older, &context(), GENERATION).err();
    assert_eq!(found, Some(EnvelopeError::WrongGeneration { sealed: GENERATION - 1, asked: GENERATION }));
}

#[test]
fn a_key_that_claims_the_name_but_did_not_seal_is_found_by_the_commitment() {
    let name = KeyName { id: uuid::Uuid::from_u128(1), version: 1 };
    let label = Label { kind: Kind::Record, key: name, generation: 1 };
    let sealed = message::seal(&[1; 32], label, Once::fresh(), b"context", b"canary").unwrap();
    assert!(message::open(&[1; 32], label, b"context", &sealed).is_ok());
    assert_eq!(message::open(&[2; 32], label, b"context", &sealed).err(), Some(EnvelopeError::WrongKey));
    let later = Label { key: KeyName { version: 2, ..name }, ..label };
    assert_eq!(message::open(&[1; 32], later, b"context", &sealed).err(), Some(EnvelopeError::WrongKey));
}

#[test]
fn a_wrapped_key_opens_for_its_owner_under_its_environment_key_alone() {
    let (above, other) = (EnvironmentKey::generate(MADE_AT, None), EnvironmentKey::generate(MADE_AT, None));
    let wrapped = above.wrap(&DataKey::generate(), "main", "dev", "connection/con_1").unwrap();
    for place in [
        ("other", "dev", "connection/con_1"),
        ("main", "prod", "connection/con_1"),
        ("main", "dev", "connection/con_2"),
        ("main", "devconnection", "/con_1"),
    ] {
        let found = above.unwrap(&wrapped, place.0, place.1, place.2).err();
        assert_eq!(found, Some(EnvelopeError::Tampered), "{place:?}");
    }
    let found = other.unwrap(&wrapped, "main", "dev", "connection/con_1").err();
    assert_eq!(found, Some(EnvelopeError::WrongKey));
}

#[test]
fn a_record_is_not_a_wrapped_key_nor_the_other_way_round() {
    let (above, key) = (EnvironmentKey::generate(MADE_AT, None), DataKey::generate());
    let wrapped = above.wrap(&key, "main", "dev", "o").unwrap();
    let kind = Some(EnvelopeError::CorruptHeader(HeaderFault::Kind));
    assert_eq!(refusal::<JsonSecret>(&key, &wrapped, &context()), kind);
    assert_eq!(above.unwrap(&sealed(&key), "main", "dev", "o").err(), kind);
    assert_eq!(EnvironmentKey::named_by(&sealed(&key)).err(), kind);
}

#[test]
fn bytes_that_are_not_text_do_not_open_as_text() {
    struct Bytes;
    impl crate::Clear for Bytes {
        fn bytes(&self) -> &[u8] {
            &[0xff, 0xfe]
        }
        fn from_bytes(_: &[u8]) -> Option<Self> {
            Some(Self)
        }
    }
    let key = DataKey::generate();
    let sealed = key.seal(&Bytes, &context(), GENERATION).unwrap();
    let found = refusal::<JsonSecret>(&key, sealed.as_bytes(), &context());
    assert_eq!(found, Some(EnvelopeError::WrongContent));
}

#[test]
fn a_context_too_long_to_encode_is_refused_on_both_ways() {
    let key = DataKey::generate();
    let long = Context { owner: "x".repeat(65_536), ..context() };
    assert_eq!(key.seal(&secret(), &long, 1).err(), Some(EnvelopeError::ContextTooLong));
    let sealed: Sealed<JsonSecret> = Sealed::from_bytes(sealed(&key));
    assert_eq!(key.open(&sealed, &long, 1).err(), Some(EnvelopeError::ContextTooLong));
}

#[test]
fn no_refusal_shows_what_was_sealed() {
    let key = DataKey::generate();
    let mut flipped = sealed(&key);
    flipped[100] ^= 1;
    let error = refusal::<JsonSecret>(&key, &flipped, &context()).unwrap();
    assert!(!format!("{error} {error:?}").contains("canary"));
}
