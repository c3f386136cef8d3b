//! What opens, and what must not.

const MADE_AT: u64 = 1_800_000_000_000;

mod refusals;
mod round_trips;
mod vectors;

use crate::{Clear, Context, DataKey, EnvelopeError, RecordType, origins_digest};
use latchkey_secret::{JsonSecret, Sealed};

const GENERATION: u64 = 7;

fn context() -> Context {
    Context {
        deployment: "main".into(),
        environment: "production".into(),
        owner: "connection/con_01hzzz".into(),
        record: RecordType::Handout,
        schema: 1,
        origins_digest: origins_digest(&["https://api.example.com".into()]),
    }
}

/// 256 bytes of secret: a record of 112 + 320 bytes.
fn secret() -> JsonSecret {
    JsonSecret::new(format!(r#"{{"access_token":"canary_{}"}}"#, "x".repeat(230)))
}

fn refusal<T: Clear>(key: &DataKey, sealed: &[u8], context: &Context) -> Option<EnvelopeError> {
    key.open::<T>(&Sealed::from_bytes(sealed.to_vec()), context, GENERATION).err()
}
