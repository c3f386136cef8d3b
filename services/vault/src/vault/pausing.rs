//! Refreshing, paused because somebody asked for it and not because anything is wrong.
//!
//! What is paused of several connections at once is an incident, found by what it is about: a claim looks for those of an
//! integration, of its provider and of its environment, whatever is stored. What is paused of one connection alone is a part of
//! that connection, which is then not due.

use super::Vault;
use super::connections::in_environment;
use super::incidents::id_of;
use crate::error::Error;
use crate::ledger::Terms;
use latchkey_domain::connection::{self, Connection, Profile};
use latchkey_domain::incident::{Command, Ending, Incident, Kind, Open, Subject};
use latchkey_domain::{ApiKeyId, ConnectionId, Environment, IntegrationKey};
use latchkey_store::Lane;

/// How much of an environment is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pausing {
    Connection(ConnectionId),
    Integration(IntegrationKey),
    /// Every integration of it, those that are yet to be made too.
    Provider(String),
    Everything,
}

/// What a pause of more than one connection is found by.
pub(super) fn lane_of(subject: &Subject) -> Lane {
    let parent = match (&subject.integration, subject.provider.as_str()) {
        (Some(integration), _) => integration.to_string(),
        (None, "") => String::new(),
        // No integration's key has a slash.
        (None, provider) => format!("provider/{provider}"),
    };
    Lane { environment: subject.environment.to_string(), parent }
}

/// Where it is looked whether a connection's refreshing is paused.
fn subjects_over(profile: &Profile) -> [Subject; 3] {
    let Profile { environment, integration, provider, .. } = profile;
    [(Some(integration), provider.as_str()), (None, provider.as_str()), (None, "")].map(
        |(integration, provider)| Subject {
            environment: environment.clone(),
            integration: integration.cloned(),
            provider: provider.to_owned(),
        },
    )
}

fn id_of_pause(subject: &Subject) -> String {
    id_of(&lane_of(subject), Kind::RefreshingPaused)
}

impl Vault {
    /// Refreshes none of these connections until [`Self::resume_refreshing`]. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; refusals of the connection; the store's.
    pub async fn pause_refreshing(
        &self,
        environment: &Environment,
        what: &Pausing,
        by: ApiKeyId,
    ) -> Result<(), Error> {
        let (by, at) = (Some(by), self.ledger.now());
        let subject = match what {
            Pausing::Connection(id) => {
                let pause = connection::Command::PauseRefreshing { by, at };
                return self.pace(environment, *id, pause).await.map(drop);
            }
            other => self.subject_of(environment, other).await?,
        };
        let (id, kind) = (id_of_pause(&subject), Kind::RefreshingPaused);
        self.tell(&id, Command::Raise { subject, kind, failure: None, seen_on: None, at }).await?;
        Ok(())
    }

    /// Ends the pause that was asked for in the same words; another one that is about the same connections stays. Safe to repeat.
    ///
    /// # Errors
    /// As [`Self::pause_refreshing`].
    pub async fn resume_refreshing(
        &self,
        environment: &Environment,
        what: &Pausing,
        by: ApiKeyId,
    ) -> Result<(), Error> {
        let (by, at) = (Some(by), self.ledger.now());
        let subject = match what {
            Pausing::Connection(id) => {
                let resume = connection::Command::ResumeRefreshing { by, at };
                return self.pace(environment, *id, resume).await.map(drop);
            }
            other => self.subject_of(environment, other).await?,
        };
        self.tell(&id_of_pause(&subject), Command::Close { ending: Ending::Resumed, at }).await?;
        self.pauses.forget_asked(environment);
        Ok(())
    }

    async fn subject_of(&self, environment: &Environment, what: &Pausing) -> Result<Subject, Error> {
        let (integration, provider) = match what {
            Pausing::Integration(key) => {
                (Some(key.clone()), self.integration(environment, key).await?.settings.provider)
            }
            Pausing::Provider(provider) => (None, provider.clone()),
            Pausing::Connection(_) | Pausing::Everything => (None, String::new()),
        };
        Ok(Subject { environment: environment.clone(), integration, provider })
    }

    /// A command about when one connection is refreshed.
    pub(super) async fn pace(
        &self,
        environment: &Environment,
        id: ConnectionId,
        command: connection::Command,
    ) -> Result<Connection, Error> {
        self.connection_in(environment, id).await?;
        let settled = self.command(id, command, Terms::default()).await?;
        in_environment(settled.state, environment)
    }

    /// What somebody asked for that has these connections not refreshed: three reads by their keys at most.
    pub(super) async fn pause_asked_for(&self, profile: &Profile) -> Result<Option<Subject>, Error> {
        for subject in subjects_over(profile) {
            if self.pause_about(&subject).await?.is_some() {
                return Ok(Some(subject));
            }
        }
        Ok(None)
    }

    /// What is paused of more than a connection's integration.
    pub(super) async fn broad_pauses(&self, profile: &Profile) -> Result<Vec<Open>, Error> {
        let mut open = vec![];
        for subject in subjects_over(profile).iter().filter(|subject| subject.integration.is_none()) {
            open.extend(self.pause_about(subject).await?);
        }
        Ok(open)
    }

    async fn pause_about(&self, subject: &Subject) -> Result<Option<Open>, Error> {
        Ok(self.ledger.load::<Incident>(&id_of_pause(subject)).await?.state.open().cloned())
    }
}
