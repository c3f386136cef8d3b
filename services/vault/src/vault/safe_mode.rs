//! Nothing is refreshed while safe mode is on, but of integrations that were released.

use super::Vault;
use crate::error::Error;
use crate::ledger::{Ledger, Terms as NoTerms};
use latchkey_domain::connection::Connection;
use latchkey_domain::safe_mode::{Command, Integration, ON, SafeMode, Terms};
use latchkey_domain::{Aggregate as _, SafeModeId, Timestamp};
use latchkey_store::{CardQuery, Claim, Lane, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// How many times safe mode is looked for at once; there is one, or none.
const MAX: u32 = 100;

/// Whether, and what of, is refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Safety {
    Off,
    On {
        /// The first of them.
        terms: Terms,
        /// What is refreshed all the same.
        released: BTreeSet<Integration>,
    },
}

impl Safety {
    pub(crate) async fn of(ledger: &Ledger) -> Result<Self, StoreError> {
        let mut safety = Self::Off;
        for (_, mode) in safe_modes(ledger).await? {
            let SafeMode::On { terms, released } = mode else { continue };
            safety = match safety {
                Self::Off => Self::On { terms, released },
                // Released is what each of them says so of.
                Self::On { terms, released: before } => {
                    Self::On { terms, released: before.intersection(&released).cloned().collect() }
                }
            };
        }
        Ok(safety)
    }

    /// Whether an integration's connections are not refreshed.
    #[must_use]
    pub fn holds(&self, integration: &Integration) -> bool {
        match self {
            Self::Off => false,
            Self::On { released, .. } => !released.contains(integration),
        }
    }

    /// What is no integration's was never released.
    pub(crate) fn holds_lane(&self, lane: &Lane) -> bool {
        *self != Self::Off && integration_of(lane).is_none_or(|integration| self.holds(&integration))
    }
}

impl Vault {
    /// One indexed read.
    ///
    /// # Errors
    /// The store's.
    pub async fn safety(&self) -> Result<Safety, StoreError> {
        Safety::of(&self.ledger).await
    }

    /// Refreshes nothing from now on.
    ///
    /// # Errors
    /// The store's.
    pub async fn enter_safe_mode(&self) -> Result<Terms, Error> {
        if let Safety::On { terms, .. } = self.safety().await? {
            return Ok(terms);
        }
        let terms = self.new_safe_mode(None);
        let (id, enter) = (terms.id.to_string(), Command::Enter(terms.clone()));
        self.ledger.execute::<SafeMode>(&id, enter, NoTerms::default()).await?;
        Ok(terms)
    }

    /// What safe mode is entered under as a backup is restored that was made then.
    #[must_use]
    pub fn new_safe_mode(&self, backup_of: Option<Timestamp>) -> Terms {
        let since = self.ledger.now();
        let id = SafeModeId::from_parts(since.0.unsigned_abs(), self.ids.next_bits());
        Terms { id, since, backup_of }
    }

    /// Has everything refreshed again, or one integration's connections. Says whether safe mode was on.
    ///
    /// # Errors
    /// The store's.
    pub async fn leave_safe_mode(&self, only: Option<Integration>) -> Result<bool, Error> {
        let on = safe_modes(&self.ledger).await?;
        for (id, _) in &on {
            let at = self.ledger.now();
            let command = match only.clone() {
                Some(integration) => Command::Release { integration, at },
                None => Command::Leave { at },
            };
            self.ledger.execute::<SafeMode>(id, command, NoTerms::default()).await?;
        }
        Ok(!on.is_empty())
    }

    /// How many connections each integration has.
    ///
    /// # Errors
    /// The store's.
    pub async fn connections_by_integration(&self) -> Result<BTreeMap<Integration, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for tally in self.ledger.store().tally(Connection::CATEGORY, None).await? {
            let lane = Lane { environment: tally.environment, parent: tally.parent };
            let Some(integration) = integration_of(&lane) else { continue };
            *counts.entry(integration).or_default() += tally.count;
        }
        Ok(counts)
    }

    /// The lanes that are left alone. Counts connections, which is no matter while integrations are released one by one.
    pub(super) async fn held_lanes(&self, safety: &Safety) -> Result<Vec<Lane>, StoreError> {
        if *safety == Safety::Off {
            return Ok(vec![]);
        }
        let all = self.connections_by_integration().await?;
        let held = all.into_keys().filter(|integration| safety.holds(integration));
        Ok(held
            .map(|held| Lane {
                environment: held.environment.to_string(),
                parent: held.integration.to_string(),
            })
            .collect())
    }

    /// Keeps what may be refreshed, and gives the rest back: a lane may be newer than the look at all lanes.
    pub(super) async fn only_released(
        &self,
        safety: &Safety,
        claims: Vec<Claim>,
    ) -> Result<Vec<Claim>, StoreError> {
        let (held, released): (Vec<_>, Vec<_>) =
            claims.into_iter().partition(|claim| safety.holds_lane(&claim.lane));
        for claim in held {
            self.ledger.store().release(&claim.stream, claim.fence).await?;
        }
        Ok(released)
    }
}

/// Those that are on.
async fn safe_modes(ledger: &Ledger) -> Result<Vec<(String, SafeMode)>, StoreError> {
    let query = CardQuery {
        category: SafeMode::CATEGORY.into(),
        // Of all environments, and so of none.
        environment: String::new(),
        status: Some(ON.to_owned()),
        max: MAX,
        ..CardQuery::default()
    };
    let mut modes = vec![];
    for listed in ledger.store().list(&query).await?.items {
        let mode = ledger.state_of(&listed.stream, &listed.snapshot).await?;
        modes.push((listed.stream.id, mode));
    }
    Ok(modes)
}

fn integration_of(lane: &Lane) -> Option<Integration> {
    let (environment, integration) = (lane.environment.parse().ok()?, lane.parent.parse().ok()?);
    Some(Integration { environment, integration })
}
