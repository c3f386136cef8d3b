//! Known answers. `vectors/check.py` is a second implementation, written from the layout and sharing no code: it opens
//! and seals every vector of both files, and made one of them.

use crate::environment_key::data_key_context;
use crate::header::KeyName;
use crate::message::Once;
use crate::{Context, DataKey, EnvironmentKey, RecordType, origins_digest};
use latchkey_secret::{JsonSecret, Sealed};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Vectors {
    records: Vec<RecordVector>,
    data_keys: Vec<DataKeyVector>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct RecordVector {
    name: String,
    data_key: String,
    data_key_id: Uuid,
    deployment: String,
    environment: String,
    owner: String,
    record: String,
    schema: u16,
    origins: Vec<String>,
    generation: u64,
    salt: String,
    nonce: String,
    plaintext: String,
    sealed: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct DataKeyVector {
    name: String,
    environment_key: String,
    environment_key_id: Uuid,
    environment_key_version: u32,
    deployment: String,
    environment: String,
    owner: String,
    salt: String,
    nonce: String,
    data_key: String,
    wrapped: String,
}

#[test]
fn this_sealer_still_seals_and_opens_what_it_once_did() {
    let vectors = read("sealed_by_rust.json");
    assert_eq!(vectors.records.len(), 8);
    check(&vectors);
    assert_eq!(vectors, made());
}

#[test]
fn what_another_implementation_sealed_opens_here() {
    let vectors = read("sealed_by_python.json");
    assert_eq!((vectors.records.len(), vectors.data_keys.len()), (8, 2));
    check(&vectors);
}

#[test]
#[ignore = "rewrites vectors/sealed_by_rust.json: only for a new format"]
fn write_the_vectors() {
    let text = serde_json::to_string_pretty(&made()).unwrap();
    std::fs::write(path("sealed_by_rust.json"), text + "\n").unwrap();
}

fn check(vectors: &Vectors) {
    for vector in &vectors.records {
        let (key, context) = (vector.key(), vector.context());
        assert_eq!(key.id(), vector.data_key_id, "{}", vector.name);
        let sealed: Sealed<JsonSecret> = Sealed::from_bytes(hex::decode(&vector.sealed).unwrap());
        let opened = key.open(&sealed, &context, vector.generation).unwrap();
        assert_eq!(opened.expose(), vector.plaintext, "{}", vector.name);
        assert_eq!(vector.seal(), vector.sealed, "{}", vector.name);
    }
    for vector in &vectors.data_keys {
        let above = vector.environment_key();
        let wrapped = hex::decode(&vector.wrapped).unwrap();
        let key = above.unwrap(&wrapped, &vector.deployment, &vector.environment, &vector.owner).unwrap();
        assert_eq!(key.bytes.as_slice(), hex::decode(&vector.data_key).unwrap(), "{}", vector.name);
        assert_eq!(vector.wrap(), vector.wrapped, "{}", vector.name);
    }
}

impl RecordVector {
    fn key(&self) -> DataKey {
        DataKey::from_bytes(Zeroizing::new(array(&self.data_key)))
    }

    fn context(&self) -> Context {
        Context {
            deployment: self.deployment.clone(),
            environment: self.environment.clone(),
            owner: self.owner.clone(),
            record: record(&self.record),
            schema: self.schema,
            origins_digest: origins_digest(&self.origins),
        }
    }

    fn seal(&self) -> String {
        let once = Once { salt: array(&self.salt), nonce: array(&self.nonce) };
        let clear = JsonSecret::new(self.plaintext.clone());
        let sealed = self.key().seal_once(&clear, &self.context(), self.generation, once).unwrap();
        hex::encode(sealed.as_bytes())
    }
}

impl DataKeyVector {
    fn environment_key(&self) -> EnvironmentKey {
        let name = KeyName { id: self.environment_key_id, version: self.environment_key_version };
        EnvironmentKey::from_bytes(Zeroizing::new(array(&self.environment_key)), name)
    }

    fn wrap(&self) -> String {
        let once = Once { salt: array(&self.salt), nonce: array(&self.nonce) };
        let key = DataKey::from_bytes(Zeroizing::new(array(&self.data_key)));
        let context = data_key_context(&self.deployment, &self.environment, &self.owner).unwrap();
        hex::encode(self.environment_key().wrap_once(&key, &context, once).unwrap())
    }
}

/// The vectors of `sealed_by_rust.json`: every record type, every edge of the padding, no origin and several.
fn made() -> Vectors {
    let types =
        ["handout", "renewal", "client_secret", "code_verifier", "inputs", "journal", "handout", "renewal"];
    let lengths = [17, 0, 63, 64, 65, 127, 1000, 1];
    let records = types.iter().zip(lengths).enumerate().map(|(number, (record, length))| {
        let seed = u8::try_from(number).unwrap() + 1;
        let mut vector = RecordVector {
            name: format!("{record} of {length} bytes"),
            data_key: hex::encode([seed; 32]),
            data_key_id: Uuid::nil(),
            deployment: "main".into(),
            environment: if number % 2 == 0 { "production" } else { "dev-ü" }.into(),
            owner: format!("connection/con_{number}"),
            record: (*record).into(),
            schema: u16::from(seed),
            origins: ["https://b.example", "https://a.example:8443"][..number % 3]
                .iter()
                .map(ToString::to_string)
                .collect(),
            generation: if number == 6 { u64::MAX } else { number as u64 },
            salt: hex::encode([seed | 0x40; 16]),
            nonce: hex::encode([seed | 0x80; 12]),
            plaintext: "canary-".chars().cycle().take(length).collect(),
            sealed: String::new(),
        };
        vector.data_key_id = vector.key().id();
        vector.sealed = vector.seal();
        vector
    });
    let data_keys = (1..=2_u8).map(|seed| {
        let mut vector = DataKeyVector {
            name: format!("data key {seed}"),
            environment_key: hex::encode([seed | 0x20; 32]),
            environment_key_id: Uuid::from_u128(u128::from(seed) << 64 | 0xfeed),
            environment_key_version: u32::from(seed),
            deployment: "main".into(),
            environment: "production".into(),
            owner: format!("connection/con_{seed}"),
            salt: hex::encode([seed | 0x40; 16]),
            nonce: hex::encode([seed | 0x80; 12]),
            data_key: hex::encode([seed; 32]),
            wrapped: String::new(),
        };
        vector.wrapped = vector.wrap();
        vector
    });
    Vectors { records: records.collect(), data_keys: data_keys.collect() }
}

fn record(name: &str) -> RecordType {
    match name {
        "handout" => RecordType::Handout,
        "renewal" => RecordType::Renewal,
        "client_secret" => RecordType::ClientSecret,
        "code_verifier" => RecordType::CodeVerifier,
        "inputs" => RecordType::Inputs,
        "journal" => RecordType::Journal,
        other => panic!("no record type {other}"),
    }
}

fn read(name: &str) -> Vectors {
    serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
}

fn array<const N: usize>(hex: &str) -> [u8; N] {
    hex::decode(hex).unwrap().try_into().unwrap()
}
