use super::Vault;
use crate::error::Error;
use latchkey_domain::auth_log::{AuthLog, Operation, Outcome};
use latchkey_domain::{AuthLogId, ConnectionId, Environment, IntegrationKey, Timestamp};
use latchkey_store::{AuthLogPart, AuthLogQuery, AuthLogRow, Position, StoreError};
use latchkey_wire::{Fault, Kind, Reason};

const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 50;

/// How many logs one call may tell.
const TOLD_MAX: usize = 200;

/// Which logs are asked for: each restricts where it is set.
#[derive(Debug, Clone, Default)]
pub struct AuthLogFilter {
    pub connection: Option<ConnectionId>,
    pub integration: Option<IntegrationKey>,
    pub operation: Option<Operation>,
    pub outcome: Option<Outcome>,
}

#[derive(Debug)]
pub struct ListAuthLogs {
    pub environment: Environment,
    pub filter: AuthLogFilter,
    /// Begun at or after this.
    pub from: Option<Timestamp>,
    /// Begun before this.
    pub until: Option<Timestamp>,
    pub after: Option<(Timestamp, AuthLogId)>,
    /// Zero means the default.
    pub max: u32,
}

#[derive(Debug)]
pub struct ListedAuthLogs {
    pub logs: Vec<AuthLog>,
    pub next: Option<(Timestamp, AuthLogId)>,
}

impl Vault {
    /// Keeps what other services tried. Told twice is told once.
    ///
    /// # Errors
    /// The store's; [`Error::Field`] where it is too much at once.
    pub async fn record_auth_logs(&self, logs: Vec<AuthLog>) -> Result<(), Error> {
        if logs.len() > TOLD_MAX {
            let message = format!("At most {TOLD_MAX} logs can be told at once.");
            return Err(Error::Field { field: "logs", message });
        }
        let parts = logs.into_iter().map(|log| part(log.cut())).collect::<Result<Vec<_>, _>>()?;
        Ok(self.ledger.store().auth_logs().put(&parts).await?)
    }

    /// # Errors
    /// Where the environment has no such log: it never was, or its time is over.
    pub async fn auth_log(&self, environment: &Environment, id: AuthLogId) -> Result<AuthLog, Error> {
        let row = self.ledger.store().auth_logs().get(environment.as_str(), &id.to_string()).await?;
        Ok(whole(&row.ok_or_else(unknown)?)?)
    }

    /// The newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn auth_logs(&self, list: ListAuthLogs) -> Result<ListedAuthLogs, Error> {
        let AuthLogFilter { connection, integration, operation, outcome } = list.filter;
        let query = AuthLogQuery {
            environment: list.environment.to_string(),
            connection: connection.map(|id| id.to_string()),
            integration: integration.map(|key| key.to_string()),
            operation: operation.map(|operation| operation.as_str().to_owned()),
            outcome: outcome.map(|outcome| outcome.as_str().to_owned()),
            from: list.from.map(|at| at.0),
            until: list.until.map(|at| at.0),
            after: list.after.map(|(at, id)| (at.0, id.to_string())),
            max: if list.max == 0 { PAGE_DEFAULT } else { list.max.min(PAGE_MAX) },
        };
        let page = self.ledger.store().auth_logs().list(&query).await?;
        let logs = page.items.iter().map(whole).collect::<Result<Vec<_>, _>>()?;
        let next = page.next.and(logs.last().map(|last| (last.started_at, last.id)));
        Ok(ListedAuthLogs { logs, next })
    }

    /// The latest log of a connection: what an explanation is read on in.
    ///
    /// # Errors
    /// The store's.
    pub async fn latest_auth_log(
        &self,
        environment: &Environment,
        connection: ConnectionId,
    ) -> Result<Option<AuthLogId>, Error> {
        let list = ListAuthLogs {
            environment: environment.clone(),
            filter: AuthLogFilter { connection: Some(connection), ..AuthLogFilter::default() },
            from: None,
            until: None,
            after: None,
            max: 1,
        };
        Ok(self.auth_logs(list).await?.logs.first().map(|log| log.id))
    }

    /// Logs of every environment as they were written after a position, with where each stands.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn auth_logs_written(
        &self,
        after: Position,
        max: u32,
    ) -> Result<Vec<(Position, AuthLog)>, Error> {
        let rows = self.ledger.store().auth_logs().written(after, max).await?;
        let logs = rows.iter().map(|row| Ok((row.position, whole(row)?)));
        Ok(logs.collect::<Result<Vec<_>, StoreError>>()?)
    }
}

impl AuthLogFilter {
    #[must_use]
    pub fn admits(&self, log: &AuthLog) -> bool {
        self.connection.is_none_or(|connection| log.connection == Some(connection))
            && self.integration.as_ref().is_none_or(|integration| log.integration == *integration)
            && self.operation.is_none_or(|operation| log.operation == operation)
            && self.outcome.is_none_or(|outcome| log.outcome == outcome)
    }
}

fn part(log: AuthLog) -> Result<AuthLogPart, Error> {
    let part = serde_json::to_string(&log).map_err(|_| Fault::internal())?;
    Ok(AuthLogPart {
        id: log.id.to_string(),
        environment: log.environment.to_string(),
        integration: log.integration.to_string(),
        connection: log.connection.map(|id| id.to_string()).unwrap_or_default(),
        operation: log.operation.as_str().to_owned(),
        outcome: log.outcome.as_str().to_owned(),
        started_at: log.started_at.0,
        ended_at: log.ended_at.0,
        part,
    })
}

fn whole(row: &AuthLogRow) -> Result<AuthLog, StoreError> {
    let corrupt = || StoreError::Corrupt { table: "auth_logs", key: row.id.clone(), what: "parts" };
    let parts = row.parts.iter().map(|part| serde_json::from_str::<AuthLog>(part).map_err(|_| corrupt()));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    parts.into_iter().reduce(AuthLog::joined).ok_or_else(corrupt)
}

fn unknown() -> Fault {
    Fault::new(
        Kind::NotFound,
        Reason::AuthLogUnknown,
        "There is no such log in this environment. It may be older than logs are kept; `ListAuthLogs` shows those there are.",
    )
}
