use super::Vault;
use crate::config::Accounting;
use crate::error::Error;
use latchkey_domain::{ApiKeyId, ConnectionId, Environment, Generation, Timestamp};
use latchkey_store::HoldersQuery;
use std::collections::BTreeMap;

/// How many readers are told of.
const HOLDERS_MAX: u32 = 500;

/// Who was given a connection's credentials, as far as it was accounted for.
#[derive(Debug)]
pub struct Holders {
    /// The latest first.
    pub holders: Vec<Holder>,
    /// Zero where there is none.
    pub present: Generation,
    pub accounting: Accounting,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Holder {
    pub reader: String,
    /// What an API key is called.
    pub name: Option<String>,
    pub generation: Generation,
    /// As [`Way::word`](crate::accounting::Way::word).
    pub way: String,
    pub count: u64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

impl Vault {
    /// Who was given a generation of a connection's credential; of all of them, where none is named.
    ///
    /// # Errors
    /// Where the environment has no such connection.
    pub async fn who_holds(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        generation: Option<Generation>,
    ) -> Result<Holders, Error> {
        let present = self.connection_in(environment, connection).await?.generation();
        let query = HoldersQuery {
            environment: environment.to_string(),
            connection: connection.to_string(),
            generation: generation.map(|generation| generation.0),
            max: HOLDERS_MAX,
        };
        let rows = self.ledger.store().reads().holders(&query).await?;
        let mut names = BTreeMap::new();
        for row in &rows {
            if let (Ok(id), false) = (row.reader.parse::<ApiKeyId>(), names.contains_key(&row.reader)) {
                names.insert(
                    row.reader.clone(),
                    Some(self.key_name(id).await?).filter(|name| *name != row.reader),
                );
            }
        }
        let holders = rows.into_iter().map(|row| Holder {
            name: names.get(&row.reader).cloned().flatten(),
            reader: row.reader,
            generation: Generation(row.generation),
            way: row.way,
            count: row.count,
            first_at: Timestamp(row.first_at),
            last_at: Timestamp(row.last_at),
        });
        Ok(Holders { holders: holders.collect(), present, accounting: self.readings.accounting() })
    }
}
