//! What is wrong with an app, a provider or ourselves: noticed here, kept apart from every connection's own state.

use super::pausing::lane_of;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::ledger::Terms;
use crate::ours::Trouble;
use crate::waves::Refused;
use latchkey_domain::connection::{self, Connection, Profile, Ruling};
use latchkey_domain::incident::{Command, Ending, Incident, Kind, Open, Reading, Subject};
use latchkey_domain::{Aggregate as _, ConnectionId, Environment, Failure, Generation, Timestamp};
use latchkey_store::{CardQuery, Lane};
use latchkey_wire::contract::{ProviderState, ReportProvider};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::{info, warn};

/// How long an integration that was paused is taken to be so still. Short: another vault may have seen it mended.
const BELIEVED_FOR: Duration = Duration::from_secs(2);

/// While one refresh tries whether a paused app is accepted again, the others wait so long.
const PROBE_TAKES: Duration = Duration::from_secs(30);

/// As many incidents as are listed.
const LISTED_MAX: u32 = 500;

/// Which incidents to list.
#[derive(Debug)]
pub struct ListIncidents {
    pub environment: Environment,
    pub integration: Option<String>,
    pub provider: Option<String>,
    pub include_closed: bool,
}

/// The integrations that are paused, as last read. Of one that is not there it is read each time: one row for each batch of
/// claims, or for each caller who waits, so that no refresh is spent on an app that another vault knows to be refused.
#[derive(Clone, Default)]
pub(super) struct Pauses(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    paused: HashMap<Lane, Read>,
    /// Until when one refresh tries whether the app is accepted again.
    probed_until: HashMap<Lane, Timestamp>,
}

struct Read {
    at: Timestamp,
    pause: Pause,
}

/// Why an integration's connections are not refreshed.
#[derive(Debug, Clone)]
pub(super) enum Pause {
    /// The provider refuses its app.
    Refused { failure: Failure, probe_at: Timestamp },
    /// Somebody asked for it, and says when it is over.
    Asked,
}

impl Pause {
    /// Whether nothing at all is tried now.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        match self {
            Self::Refused { probe_at, .. } => *probe_at > now,
            Self::Asked => true,
        }
    }
}

/// What a claim of a connection of an integration may be used for.
pub(super) enum Leave {
    Go,
    /// To try whether the app is accepted again; the others wait meanwhile.
    Probe,
    Wait,
}

impl Pauses {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, lane: &Lane, now: Timestamp) -> Option<Pause> {
        let known = self.lock();
        known.paused.get(lane).filter(|read| read.is_believed(now)).map(|read| read.pause.clone())
    }

    pub(super) fn note(&self, lane: &Lane, at: Timestamp, pause: Option<Pause>) {
        let mut known = self.lock();
        known.paused.retain(|_, read| read.is_believed(at));
        match pause {
            Some(pause) => drop(known.paused.insert(lane.clone(), Read { at, pause })),
            None => {
                known.paused.remove(lane);
                known.probed_until.remove(lane);
            }
        }
    }

    /// Somebody has said that a pause is over. Which integrations it was about is found out as they are asked for again.
    pub(super) fn forget_asked(&self, environment: &Environment) {
        let asked = |lane: &Lane, read: &Read| {
            lane.environment == environment.as_str() && matches!(read.pause, Pause::Asked)
        };
        self.lock().paused.retain(|lane, read| !asked(lane, read));
    }

    /// Leave to try whether the app is accepted again; one has it at a time.
    fn probe(&self, lane: &Lane, now: Timestamp) -> bool {
        let mut known = self.lock();
        if known.probed_until.get(lane).is_some_and(|until| *until > now) {
            return false;
        }
        known.probed_until.insert(lane.clone(), now.plus(PROBE_TAKES));
        true
    }

    /// Those of which nothing is to be claimed now.
    pub(super) fn closed(&self, now: Timestamp) -> Vec<Lane> {
        let known = self.lock();
        let paused = known.paused.iter().filter(|(_, read)| read.is_believed(now) && read.pause.holds(now));
        let probed = known.probed_until.iter().filter(|(_, until)| **until > now);
        paused.map(|(lane, _)| lane.clone()).chain(probed.map(|(lane, _)| lane.clone())).collect()
    }
}

impl Read {
    fn is_believed(&self, now: Timestamp) -> bool {
        self.at.until(now) < BELIEVED_FOR
    }
}

impl Vault {
    /// Whether the connections of an integration are not refreshed.
    pub(super) async fn pause_of(&self, profile: &Profile) -> Result<Option<Pause>, Error> {
        let (lane, now) = (lane_over(profile), self.ledger.now());
        if let Some(read) = self.pauses.read(&lane, now) {
            return Ok(Some(read));
        }
        let pause = if self.pause_asked_for(profile).await?.is_some() {
            Some(Pause::Asked)
        } else {
            self.refusal_of_app(&lane).await?
        };
        self.pauses.note(&lane, now, pause.clone());
        Ok(pause)
    }

    pub(super) async fn refusal_of_app(&self, lane: &Lane) -> Result<Option<Pause>, Error> {
        let refused = self.ledger.load::<Incident>(&id_of(lane, Kind::AppRefused)).await?.state;
        Ok(refused.open().and_then(pause_in))
    }

    /// A refresh has worked: the app is accepted, whatever was thought of it.
    pub(super) async fn app_is_accepted(&self, profile: &Profile) -> Result<(), Error> {
        let lane = lane_over(profile);
        match self.refusal_of_app(&lane).await? {
            Some(_) => self.resume(&lane, Ending::Proved).await,
            None => Ok(()),
        }
    }

    /// Whether a refresh may be made for an integration now.
    pub(super) async fn leave_for(&self, profile: &Profile) -> Result<Leave, Error> {
        let (lane, now) = (lane_over(profile), self.ledger.now());
        Ok(match self.pause_of(profile).await? {
            None => Leave::Go,
            Some(pause) if pause.holds(now) => Leave::Wait,
            Some(_) if self.pauses.probe(&lane, now) => Leave::Probe,
            Some(_) => Leave::Wait,
        })
    }

    /// Stops an integration's refreshes because its app is refused. Says whether they are stopped: where other connections
    /// of it have just been refreshed, the refusal is this connection's own.
    pub(super) async fn pause(
        &self,
        subject: &Subject,
        seen_on: ConnectionId,
        failure: &Failure,
    ) -> Result<bool, Error> {
        let (lane, at) = (lane_of(subject), self.ledger.now());
        let raise = Command::Raise {
            subject: subject.clone(),
            kind: Kind::AppRefused,
            failure: Some(failure.clone()),
            seen_on: Some(seen_on),
            at,
        };
        let incident = self.tell(&id_of(&lane, Kind::AppRefused), raise).await?;
        let pause = incident.open().and_then(pause_in);
        self.pauses.note(&lane, at, None);
        self.pauses.note(&lane, at, pause.clone());
        Ok(pause.is_some())
    }

    /// Goes on with an integration's refreshes.
    pub(super) async fn resume(&self, lane: &Lane, ending: Ending) -> Result<(), Error> {
        let close = Command::Close { ending, at: self.ledger.now() };
        self.tell(&id_of(lane, Kind::AppRefused), close).await?;
        self.pauses.note(lane, self.ledger.now(), None);
        Ok(())
    }

    /// Records how a provider does.
    ///
    /// # Errors
    /// The store's.
    pub async fn report_provider(&self, report: ReportProvider) -> Result<(), Error> {
        let ReportProvider { lane, provider, state } = report;
        let at = self.ledger.now();
        let (environment, integration) = (lane.environment, Some(lane.integration));
        let subject = Subject { environment, integration, provider };
        let id = id_of(&lane_of(&subject), Kind::ProviderFailing);
        let command = match state {
            ProviderState::Failing => {
                Command::Raise { subject, kind: Kind::ProviderFailing, failure: None, seen_on: None, at }
            }
            ProviderState::Probed => Command::Probe { at },
            ProviderState::Answering => Command::Close { ending: Ending::Proved, at },
        };
        self.tell(&id, command).await.map(drop)
    }

    /// When a refusal is believed, given what else is refused just now.
    pub(super) async fn ruling_on(
        &self,
        connection: ConnectionId,
        generation: Generation,
    ) -> Result<Ruling, Error> {
        let state = self.ledger.load::<Connection>(&connection.to_string()).await?.state;
        let calm = Ruling { confirm_after: self.refusals.confirm_after, incident: None };
        let Some(profile) = state.profile().filter(|_| state.generation() == generation) else {
            return Ok(calm);
        };
        let integration = match self.integration(&profile.environment, &profile.integration).await {
            Ok(integration) => integration,
            Err(Error::IntegrationUnknown(_)) => return Ok(calm),
            Err(error) => return Err(error),
        };
        let subject = Subject {
            environment: profile.environment.clone(),
            integration: Some(profile.integration.clone()),
            provider: profile.provider.clone(),
        };
        let (lane, now) = (lane_of(&subject), self.ledger.now());
        let client_id = &integration.settings.client_id;
        let id = id_of(&lane, Kind::GrantsRefused);
        if self.ledger.load::<Incident>(&id).await?.state.open().is_some() {
            self.waves.adopt(client_id, &lane, now);
        }
        let refused = Refused { client_id, connection, generation };
        let reading = self.waves.refused(&refused, now, &self.refusals.tolerance);
        let held = Ruling { incident: Some(self.refusals.tolerance.window / 2), ..calm };
        match reading {
            Reading::Calm | Reading::Believed => Ok(calm),
            Reading::Rising(before) => {
                self.raise_wave(&id, subject, client_id, now).await?;
                self.reconsider(before, held, now).await?;
                Ok(held)
            }
            Reading::UnderWay => {
                self.raise_wave(&id, subject, client_id, now).await?;
                Ok(held)
            }
        }
    }

    async fn raise_wave(
        &self,
        id: &str,
        subject: Subject,
        client_id: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        self.waves.adopt(client_id, &lane_of(&subject), at);
        let kind = Kind::GrantsRefused;
        self.tell(id, Command::Raise { subject, kind, failure: None, seen_on: None, at }).await.map(drop)
    }

    /// Takes back what was believed of the wave before it was noticed.
    pub(super) async fn reconsider(
        &self,
        refused: Vec<(ConnectionId, Generation)>,
        ruling: Ruling,
        at: Timestamp,
    ) -> Result<(), Error> {
        for (id, generation) in refused {
            let command = connection::Command::Reconsider { generation, ruling, at };
            self.command(id, command, Terms::default()).await?;
        }
        Ok(())
    }

    /// Closes the incidents of waves that have ended, and takes care of those whose vault has gone. Called now and then.
    ///
    /// # Errors
    /// The store's; what was not done is done the next time.
    pub async fn tend_incidents(&self) -> Result<(), Error> {
        let now = self.ledger.now();
        for lane in self.waves.ended(now, &self.refusals.tolerance) {
            let close = Command::Close { ending: Ending::Passed, at: now };
            self.tell(&id_of(&lane, Kind::GrantsRefused), close).await?;
        }
        for tally in self.ledger.store().tally(Incident::CATEGORY, None).await? {
            if tally.status != "open" {
                continue;
            }
            let Ok(environment) = tally.environment.parse() else { continue };
            for open in self.open_incidents(&environment, Some(tally.parent)).await? {
                self.adopt(&open, now).await?;
            }
        }
        Ok(())
    }

    async fn adopt(&self, open: &Open, now: Timestamp) -> Result<(), Error> {
        let Subject { environment, integration: Some(integration), .. } = &open.subject else {
            return Ok(());
        };
        if open.kind != Kind::GrantsRefused {
            return Ok(());
        }
        let lane = lane_of(&open.subject);
        match self.integration(environment, integration).await {
            Ok(integration) => self.waves.adopt(&integration.settings.client_id, &lane, now),
            Err(Error::IntegrationUnknown(_)) => {
                let close = Command::Close { ending: Ending::Changed, at: now };
                self.tell(&id_of(&lane, Kind::GrantsRefused), close).await?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(super) async fn open_incidents(
        &self,
        environment: &Environment,
        integration: Option<String>,
    ) -> Result<Vec<Open>, Error> {
        let list = ListIncidents {
            environment: environment.clone(),
            integration,
            provider: None,
            include_closed: false,
        };
        let all = self.incidents(list).await?;
        Ok(all.into_iter().filter_map(|incident| incident.open().cloned()).collect())
    }

    /// What is wrong with the apps and providers of an environment.
    ///
    /// # Errors
    /// The store's.
    pub async fn incidents(&self, list: ListIncidents) -> Result<Vec<Incident>, Error> {
        let query = CardQuery {
            category: Incident::CATEGORY.into(),
            environment: list.environment.to_string(),
            parent: list.integration,
            subject: list.provider,
            status: (!list.include_closed).then(|| "open".to_owned()),
            max: LISTED_MAX,
            ..CardQuery::default()
        };
        let page = self.ledger.store().list(&query).await?;
        let mut incidents = Vec::with_capacity(page.items.len());
        for item in page.items {
            incidents.push(self.ledger.state_of::<Incident>(&item.stream, &item.snapshot).await?);
        }
        Ok(incidents)
    }

    /// What is wrong with a connection's app or provider.
    pub(super) async fn incidents_of(&self, connection: &Connection) -> Result<Vec<Open>, Error> {
        let Some(profile) = connection.profile() else { return Ok(vec![]) };
        let mut open =
            self.open_incidents(&profile.environment, Some(profile.integration.to_string())).await?;
        open.extend(self.broad_pauses(profile).await?);
        Ok(open)
    }

    /// What of our own does not work, as this process has seen it.
    #[must_use]
    pub fn troubles_of_ours(&self) -> Vec<Trouble> {
        self.ours.troubles(self.ledger.now())
    }

    pub(super) async fn tell(&self, id: &str, command: Command) -> Result<Incident, Error> {
        let settled = self.ledger.execute::<Incident>(id, command, Terms::default()).await?;
        for event in &settled.events {
            let stream = stream_of::<Incident>(id);
            match &settled.state {
                Incident::Open(open) => {
                    warn!(%stream, kind = open.kind.as_str(), event = ?std::mem::discriminant(event), "An incident is open")
                }
                Incident::Closed(closed) => {
                    info!(%stream, kind = closed.kind.as_str(), "An incident is over")
                }
                Incident::Absent => {}
            }
        }
        Ok(settled.state)
    }
}

fn pause_in(open: &Open) -> Option<Pause> {
    let failure = open.failure.clone()?;
    Some(Pause::Refused { failure, probe_at: open.probe_at })
}

/// Where the connections of an integration queue.
pub(super) fn lane_over(profile: &Profile) -> Lane {
    Lane { environment: profile.environment.to_string(), parent: profile.integration.to_string() }
}

/// One stream for each kind of what it is about.
pub(super) fn id_of(lane: &Lane, kind: Kind) -> String {
    format!("{}/{}/{}", lane.environment, lane.parent, kind.as_str())
}
