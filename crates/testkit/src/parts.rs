//! What a cluster stands on, a share of it for one world: a database, a stream and subjects, a key. The servers are those
//! `tests/with-servers` names.

use crate::relay::Relay;
use async_nats::jetstream;
use futures::TryStreamExt;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::path::Path;
use uuid::Uuid;

pub(crate) struct Parts {
    pub database: Database,
    pub nats: Nats,
    pub kek: String,
    /// Between the vaults and the key service, where that was asked for.
    pub kms_relay: Option<Relay>,
}

impl Parts {
    /// In the PostgreSQL at this URL; in that of `tests/with-servers` where none is given.
    pub(crate) async fn make(postgres: Option<String>, relay_keys: bool) -> Self {
        let name = format!("flows_{}", Uuid::new_v4().simple());
        let mut kek = create_key(&name).await;
        let kms_relay = relay_keys.then(|| {
            let endpoint = server("LATCHKEY_TEST_KMS_ENDPOINT");
            let port = endpoint.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port");
            let relay = Relay::to(port);
            kek = kek.replace(&endpoint, &format!("http://127.0.0.1:{}", relay.port()));
            relay
        });
        Self {
            database: Database::create(&name, postgres).await,
            nats: Nats { url: server("LATCHKEY_TEST_NATS_URL"), name: name.clone() },
            kek,
            kms_relay,
        }
    }
}

fn server(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run tests/run, or tests/with-servers cargo test …")
    })
}

/// A PostgreSQL database that is dropped with this.
pub(crate) struct Database {
    name: String,
    server: PgConnectOptions,
}

impl Database {
    async fn create(name: &str, url: Option<String>) -> Self {
        let url = url.unwrap_or_else(|| server("LATCHKEY_TEST_POSTGRES_URL"));
        let server: PgConnectOptions = url.parse().expect("a database URL");
        let mut connection = server.connect().await.expect("the test server can be reached");
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.expect("a database can be created");
        Self { name: name.to_owned(), server }
    }

    /// An empty one on the same server. This one is gone with what it is replaced by.
    pub(crate) async fn another(&self, name: &str) -> Self {
        Self::create(name, Some(self.server.to_url_lossy().to_string())).await
    }

    pub(crate) fn url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// Every row of every table as text, and every binary column as the bytes it stands for.
    pub(crate) async fn dump(&self) -> Vec<u8> {
        let database = self.server.clone().database(&self.name);
        let mut connection = database.connect().await.expect("the database can be reached");
        let tables = "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        let tables: Vec<String> =
            sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables can be listed");
        assert!(!tables.is_empty(), "a database without tables shows nothing");
        let mut dump = Vec::new();
        for table in tables {
            let rows = format!("SELECT row_data::text FROM {table} AS row_data");
            let mut rows = sqlx::query(AssertSqlSafe(rows)).fetch(&mut connection);
            while let Some(row) = rows.try_next().await.expect("rows can be read") {
                let text: String = row.get(0);
                dump.extend_from_slice(&binary_in(&text));
                dump.extend_from_slice(text.as_bytes());
                dump.push(b'\n');
            }
        }
        dump
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (name, server) = (std::mem::take(&mut self.name), self.server.clone());
        // A drop cannot wait for a future, and a runtime cannot be nested: a thread does it, and is waited for.
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                // A test's own server is gone by now, with all that was in it.
                let Ok(mut connection) = server.connect().await else { return };
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await;
            });
        });
        let _ = dropping.join();
    }
}

/// The bytes of whatever PostgreSQL printed as `\x…`.
fn binary_in(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in text.split("\\x").skip(1) {
        let digits: String = part.chars().take_while(char::is_ascii_hexdigit).collect();
        let even = digits.len() - digits.len() % 2;
        bytes.extend(hex::decode(&digits[..even]).unwrap_or_default());
        bytes.push(b'\n');
    }
    bytes
}

/// A stream and a prefix of subjects of one world's own.
#[derive(Debug, Clone)]
pub(crate) struct Nats {
    pub url: String,
    /// Of the stream, and the prefix.
    pub name: String,
}

impl Nats {
    pub(crate) async fn jetstream(&self) -> jetstream::Context {
        jetstream::new(async_nats::connect(&self.url).await.expect("the test server can be reached"))
    }

    /// Every message the stream holds: subject, headers and body.
    pub(crate) async fn messages(&self) -> Vec<async_nats::jetstream::message::StreamMessage> {
        let stream = match self.jetstream().await.get_stream(&self.name).await {
            Ok(stream) => stream,
            // Nothing was announced yet.
            Err(_) => return Vec::new(),
        };
        let state = stream.cached_info().state.clone();
        let mut messages = Vec::new();
        if state.messages == 0 {
            return messages;
        }
        for sequence in state.first_sequence..=state.last_sequence {
            messages.extend(stream.get_raw_message(sequence).await.ok());
        }
        messages
    }

    pub(crate) async fn delete(&self) {
        let _ = self.jetstream().await.delete_stream(&self.name).await;
    }
}

/// Has the key that an address names refuse whatever it is asked, as one that was lost does.
pub(crate) async fn disable_key(kek: &str) {
    let alias = kek.trim_start_matches("aws-kms://").split('?').next().expect("an alias");
    let endpoint = server("LATCHKEY_TEST_KMS_ENDPOINT");
    let found = ask_kms(&endpoint, "DescribeKey", serde_json::json!({"KeyId": alias})).await;
    ask_kms(&endpoint, "DisableKey", serde_json::json!({"KeyId": found["KeyMetadata"]["KeyId"]})).await;
}

/// A key at the key service's emulator, as the address in `keys.kek`.
pub(crate) async fn create_key(name: &str) -> String {
    let endpoint = server("LATCHKEY_TEST_KMS_ENDPOINT");
    let made = ask_kms(&endpoint, "CreateKey", serde_json::json!({})).await;
    let id = made["KeyMetadata"]["KeyId"].as_str().expect("a key has an id").to_owned();
    let alias = serde_json::json!({"AliasName": format!("alias/{name}"), "TargetKeyId": id});
    ask_kms(&endpoint, "CreateAlias", alias).await;
    format!("aws-kms://alias/{name}?region=us-east-1&endpoint={endpoint}")
}

/// The emulator checks no signature, and wants one that looks like it.
async fn ask_kms(endpoint: &str, operation: &str, request: serde_json::Value) -> serde_json::Value {
    let signature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, \
                     SignedHeaders=host;x-amz-target, Signature=0";
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .post(endpoint)
        .header("x-amz-target", format!("TrentService.{operation}"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", signature)
        .body(request.to_string())
        .send()
        .await
        .expect("the key service answers");
    let (status, body) = (answer.status(), answer.text().await.expect("the answer is text"));
    assert!(status.is_success(), "{operation}: {status} {body}");
    serde_json::from_str(&body).unwrap_or_default()
}

/// A key at the transit engine, as an address; its token lies in this folder.
pub(crate) async fn create_transit_key(name: &str, folder: &Path) -> String {
    ask_bao(&format!("keys/{name}")).await;
    let token = folder.join(format!("{name}.token"));
    std::fs::write(&token, server("LATCHKEY_TEST_BAO_TOKEN")).expect("a file can be written");
    let endpoint = server("LATCHKEY_TEST_BAO_URL");
    format!("transit://bao/transit/{name}?token_file={}&endpoint={endpoint}", token.display())
}

/// The next version of a transit key wraps what is new.
pub(crate) async fn rotate_transit_key(kek: &str) {
    let name = kek.trim_start_matches("transit://bao/transit/").split('?').next().expect("a key");
    ask_bao(&format!("keys/{name}/rotate")).await;
}

async fn ask_bao(path: &str) {
    let url = format!("{}/v1/transit/{path}", server("LATCHKEY_TEST_BAO_URL"));
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asked = client.post(url).header("x-vault-token", server("LATCHKEY_TEST_BAO_TOKEN"));
    let answer = asked.body("{}").send().await.expect("the transit engine answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_columns_are_read_as_the_bytes_they_stand_for() {
        let bytes = binary_in(r#"(a,"\\x63616e617279",1,"\\x5f")"#);
        assert_eq!(bytes, b"canary\n_\n");
    }
}
