use super::{Apart, Broken, Command, Connection, Event, Live, Refusal, Secrets, decide, evolve};
use crate::{Aggregate, CardFacts};

impl Aggregate for Connection {
    const CATEGORY: &'static str = "connection";
    const FORMAT: u32 = 3;
    const KEEPS_STATUS: bool = true;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Secrets = Apart;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        decide::decide(self, command)
    }

    fn evolve(self, event: Event) -> Self {
        evolve::evolve(self, event)
    }

    fn card(&self) -> CardFacts {
        let Some(profile) = self.profile() else { return CardFacts::default() };
        let about = self.about().cloned().unwrap_or_default();
        CardFacts {
            environment: profile.environment.to_string(),
            parent: profile.integration.to_string(),
            subject: profile.end_user.to_string(),
            status: self.status(),
            label: about.display_name,
            due_at: if let Self::Live(live) = self { live.due_at() } else { None },
            ends_at: self.ends_at(),
            expires_at: if let Self::Live(live) = self { live.credential.expires_at } else { None },
            external_id: about.external_id.map(String::from),
            tags: about.tags,
        }
    }

    fn secrets(&self) -> Apart {
        match self {
            Self::Live(Live { secrets, about, .. }) | Self::Broken(Broken { secrets, about, .. }) => {
                let Secrets { handout, renewal, set_aside } = secrets.clone();
                Apart { handout, renewal, set_aside, about: about.clone() }
            }
            Self::Absent | Self::Revoked(_) => Apart::default(),
        }
    }

    fn restore_secrets(&mut self, restored: Apart) {
        match self {
            Self::Live(Live { secrets, about, .. }) | Self::Broken(Broken { secrets, about, .. }) => {
                let Apart { handout, renewal, set_aside, about: told } = restored;
                (*secrets, *about) = (Secrets { handout, renewal, set_aside }, told);
            }
            Self::Absent | Self::Revoked(_) => {}
        }
    }
}

impl Connection {
    fn status(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Revoked(_) => "deleted",
            Self::Live(Live { disabled_at: Some(_), .. })
            | Self::Broken(Broken { disabled_at: Some(_), .. }) => "disabled",
            Self::Live(Live { trouble: Some(_), .. }) => "degraded",
            Self::Live(_) => "active",
            Self::Broken(_) => "needs_reauth",
        }
    }
}
