//! A database of its own for each test, and a way to write to it behind the adapter's back.

use async_trait::async_trait;
use latchkey_store::conformance::{Database, Stall, Stalled};
use latchkey_store::{NewEvent, Store, Stream};
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};
use std::sync::Arc;
use uuid::Uuid;

/// A database that is dropped with this.
#[derive(Debug, Clone)]
pub struct Scratch {
    name: Arc<Name>,
}

#[derive(Debug)]
struct Name(String);

pub async fn database() -> Database {
    on(Scratch::create().await)
}

pub fn on(scratch: Scratch) -> Database {
    let (opened, stalled) = (scratch.clone(), scratch.clone());
    Database {
        open: Box::new(move || {
            let scratch = opened.clone();
            Box::pin(async move { Arc::new(scratch.open().await) as Arc<dyn Store> })
        }),
        stall: Box::new(move |stall, stream, event| Box::pin(begin(stalled.clone(), stall, stream, event))),
        guard: Box::new(scratch),
    }
}

pub fn server() -> PgConnectOptions {
    let url = std::env::var("LATCHKEY_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("LATCHKEY_TEST_POSTGRES_URL is not set: run tests/run, or tests/with-servers cargo test …")
    });
    url.parse().expect("LATCHKEY_TEST_POSTGRES_URL is a database URL")
}

impl Scratch {
    pub async fn create() -> Self {
        let name = format!("latchkey_test_{}", Uuid::new_v4().simple());
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        let mut connection = server().connect().await.expect("the test server can be reached");
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.expect("a database can be created");
        Self { name: Arc::new(Name(name)) }
    }

    pub fn options(&self) -> PgConnectOptions {
        server().database(&self.name.0)
    }

    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    pub async fn open(&self) -> PostgresStore {
        // A test server has a hundred connections for everybody.
        let options = PostgresOptions { connections_max: 6, ..PostgresOptions::default() };
        PostgresStore::connect(&self.url(), options).await.expect("the store can be opened")
    }

    /// A connection the adapter knows nothing of.
    pub async fn raw(&self) -> PgConnection {
        self.options().connect().await.expect("the database can be reached")
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.0);
        // A drop cannot wait for a future, and a runtime cannot be nested: a thread does it, and is waited for.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = server().connect().await.unwrap();
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
            });
        });
        // A database left behind has been complained about by the thread, and spoils no test.
        let _ = dropping.join();
    }
}

struct Slow {
    connection: PgConnection,
    /// What is still to be written, under the number it already has.
    write: Option<(Stream, NewEvent, i64)>,
}

async fn begin(scratch: Scratch, stall: Stall, stream: Stream, event: NewEvent) -> Box<dyn Stalled> {
    let mut connection = scratch.raw().await;
    let number = take_a_number(&mut connection).await;
    let write = match stall {
        Stall::BeforeWriting => Some((stream, event, number)),
        Stall::BeforeCommitting => {
            write(&mut connection, &stream, &event, number).await;
            None
        }
    };
    Box::new(Slow { connection, write })
}

/// Opens a transaction that has the next number of an event, and no number of its own. Now and then drawing a number
/// is logged, which does give the transaction one: then once more.
async fn take_a_number(connection: &mut PgConnection) -> i64 {
    for _ in 0..5 {
        sqlx::query("BEGIN").execute(&mut *connection).await.unwrap();
        let number: i64 = sqlx::query_scalar("SELECT nextval(pg_get_serial_sequence('events', 'sequence'))")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let unnumbered: bool = sqlx::query_scalar("SELECT pg_current_xact_id_if_assigned() IS NULL")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        if unnumbered {
            return number;
        }
        sqlx::query("ROLLBACK").execute(&mut *connection).await.unwrap();
    }
    panic!("every number drawn gave its transaction one");
}

async fn write(connection: &mut PgConnection, stream: &Stream, event: &NewEvent, number: i64) {
    sqlx::query(
        "INSERT INTO events (sequence, category, stream_id, version, environment, id, kind, schema, at, payload, trace)
         OVERRIDING SYSTEM VALUE
         VALUES ($1, $2, $3, 1, 'dev', $4, $5, $6, $7, $8, $9)",
    )
    .bind(number)
    .bind(&stream.category)
    .bind(&stream.id)
    .bind(event.id)
    .bind(&event.kind)
    .bind(i32::from(event.schema))
    .bind(event.at)
    .bind(&event.payload)
    .bind(&event.trace)
    .execute(connection)
    .await
    .unwrap();
}

#[async_trait]
impl Stalled for Slow {
    async fn commit(mut self: Box<Self>) {
        if let Some((stream, event, number)) = self.write.take() {
            write(&mut self.connection, &stream, &event, number).await;
        }
        sqlx::query("COMMIT").execute(&mut self.connection).await.unwrap();
    }

    async fn roll_back(mut self: Box<Self>) {
        sqlx::query("ROLLBACK").execute(&mut self.connection).await.unwrap();
    }
}
