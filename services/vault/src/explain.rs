//! What happened to a connection, whose turn it is and what to do: in sentences for the person who must act.

mod revocation;

pub use revocation::revocation_event_in_words;

use crate::facts::rfc3339;
use crate::ours::{Part, Trouble};
use crate::vault::Safety;
use latchkey_domain::connection::{Broken, Connection, Event, Live, Profile};
use latchkey_domain::incident::{Ending, Incident, Kind, Open, Subject};
use latchkey_domain::revocation::Revocation;
use latchkey_domain::safe_mode::Integration;
use latchkey_domain::{ApiKeyId, Cause, Failure, Owner, Reason};

/// An answer for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub what_happened: String,
    pub whose_turn: &'static str,
    pub what_to_do: String,
}

#[must_use]
pub fn explain(connection: &Connection, incidents: &[Open], revocation: &Revocation) -> Option<Explanation> {
    if connection.disabled_at().is_some() {
        return Some(Explanation {
            what_happened: "The connection was switched off. Its credential stays, and is neither handed out nor refreshed."
                .into(),
            whose_turn: Owner::Developer.as_str(),
            what_to_do: "Enable it when it is to be used again.".into(),
        });
    }
    // What is wrong with the app or the provider comes before what follows from it for this connection.
    let behind = incidents.iter().find(|open| is_behind(open.kind, connection));
    if let Some(open) = behind {
        return Some(open_one(open));
    }
    let explanation = match connection {
        Connection::Absent => return None,
        Connection::Live(live) => live_one(live),
        Connection::Broken(broken) if broken.credential_is_revoked() => revocation::credential(revocation),
        Connection::Broken(broken) => broken_one(broken),
        Connection::Revoked(_) => revocation::deleted(revocation),
    };
    Some(explanation)
}

/// Why a connection's access is not renewed just now, where safe mode is why.
#[must_use]
pub fn explain_held(connection: &Connection, safety: &Safety) -> Option<Explanation> {
    let Connection::Live(live) = connection else { return None };
    let Profile { environment, integration, .. } = live.profile.clone();
    let integration = Integration { environment, integration };
    if live.disabled_at.is_some() || !live.credential.renewable || !safety.holds(&integration) {
        return None;
    }
    let told = explain_safe_mode(safety)?;
    let usable = live.credential.expires_at.filter(|_| !live.rejected).map_or_else(String::new, |until| {
        format!(" The present token can be used until {}.", rfc3339(until))
    });
    let Integration { environment, integration } = integration;
    Some(Explanation {
        what_happened: format!("Its credential is not refreshed while safe mode is on.{usable}"),
        what_to_do: format!(
            "Leave safe mode with `latchkey safe-mode leave`, or for this integration alone with `latchkey safe-mode leave --integration {environment}/{integration}`."
        ),
        ..told
    })
}

/// What safe mode is, while it is on.
#[must_use]
pub fn explain_safe_mode(safety: &Safety) -> Option<Explanation> {
    let Safety::On { terms, .. } = safety else { return None };
    let why = terms.backup_of.map_or_else(
        || "an operator asked for it".to_owned(),
        |at| format!("a backup of {} was restored", rfc3339(at)),
    );
    Some(Explanation {
        what_happened: format!(
            "Safe mode is on since {}: {why}. Tokens that are valid are handed out, and none is refreshed.",
            rfc3339(terms.since)
        ),
        whose_turn: Owner::Operator.as_str(),
        what_to_do: "Start the refreshers on the journals they had, look at `latchkey safe-mode status`, and then run `latchkey safe-mode leave`.".into(),
    })
}

/// Whether an incident is what a connection suffers from.
fn is_behind(kind: Kind, connection: &Connection) -> bool {
    let Connection::Live(live) = connection else { return false };
    let trouble = live.trouble.as_ref().map(|trouble| &trouble.failure);
    match kind {
        Kind::AppRefused | Kind::RefreshingPaused => live.credential.renewable,
        Kind::GrantsRefused => trouble.is_some_and(|failure| failure.cause == Some(Cause::ManyRefused)),
        Kind::ProviderFailing => trouble.is_some_and(|failure| failure.owner() == Owner::Provider),
    }
}

fn live_one(live: &Live) -> Explanation {
    if let Some(since) = live.paused_at.filter(|_| live.is_paused()) {
        return Explanation {
            what_happened: format!(
                "Its credential is not refreshed: that was paused at {}. It is handed out while it lasts.",
                rfc3339(since)
            ),
            whose_turn: Owner::Developer.as_str(),
            what_to_do: format!(
                "Go on with `latchkey refresh resume --connection {}`, when it is time.",
                live.profile.id
            ),
        };
    }
    let Some(trouble) = &live.trouble else {
        return in_order(live);
    };
    let usable = live.credential.expires_at.filter(|_| !live.rejected).map_or_else(String::new, |until| {
        format!(" The present token can be used until {}.", rfc3339(until))
    });
    let tries = if trouble.attempts == 1 { "try".to_owned() } else { format!("{} tries", trouble.attempts) };
    Explanation {
        what_happened: format!(
            "The last {tries} to refresh did not work: {}.{usable}",
            cause_in_words(&trouble.failure)
        ),
        whose_turn: trouble.failure.owner().as_str(),
        what_to_do: remedy(&trouble.failure).into(),
    }
}

fn in_order(live: &Live) -> Explanation {
    let provider = &live.profile.provider;
    match live.told {
        Some(told) if live.ends_at() == Some(told.ends_at) => Explanation {
            what_happened: format!(
                "{provider} is connected. After {} nothing can renew the access.",
                rfc3339(told.ends_at)
            ),
            whose_turn: Owner::EndUser.as_str(),
            what_to_do: "Send the end user a reconnect link before then. The connection keeps its id.".into(),
        },
        _ => Explanation {
            what_happened: format!("{provider} is connected and its credential is in order."),
            whose_turn: "NOBODY",
            what_to_do: "Nothing.".into(),
        },
    }
}

fn broken_one(broken: &Broken) -> Explanation {
    let happened = match broken.failure.cause {
        Some(Cause::GrantExpired) => {
            "The access has run out, and the provider gave nothing to renew it with.".into()
        }
        Some(Cause::GrantRevoked) => format!(
            "{} refused to renew the access: it was withdrawn, has lapsed, or was used up elsewhere.",
            broken.profile.provider
        ),
        Some(Cause::RotationResponseLost) => format!(
            "An answer of {} that held the next refresh token was lost on the way, and the one before it is good only once.",
            broken.profile.provider
        ),
        Some(Cause::ManyRefused | Cause::CredentialRevoked) | None => {
            format!("The connection ended: {}.", cause_in_words(&broken.failure))
        }
    };
    Explanation {
        what_happened: happened,
        whose_turn: broken.failure.owner().as_str(),
        what_to_do: "Send the end user a reconnect link. The connection keeps its id.".into(),
    }
}

/// What is wrong with an app or a provider.
#[must_use]
pub fn explain_incident(incident: &Incident) -> Option<Explanation> {
    match incident {
        Incident::Absent => None,
        Incident::Open(open) => Some(open_one(open)),
        Incident::Closed(closed) => {
            let (of, provider) = (named(&closed.subject), &closed.subject.provider);
            let was = match closed.kind {
                Kind::AppRefused => format!("{provider} did not accept the app of {of}"),
                Kind::GrantsRefused => format!("{provider} refused many accounts of {of} at once"),
                Kind::ProviderFailing => format!("{provider} did not answer"),
                Kind::RefreshingPaused => format!("Refreshing was paused for {of}"),
            };
            let how = match closed.ending {
                Ending::Changed => "the integration was changed",
                Ending::Proved => "it has answered as it should",
                Ending::Passed => "it was not seen again for a while",
                Ending::Resumed => "it was resumed",
            };
            Some(Explanation {
                what_happened: format!("{was}; this is over: {how}."),
                whose_turn: "NOBODY",
                what_to_do: "Nothing.".into(),
            })
        }
    }
}

/// What an incident is about.
fn named(subject: &Subject) -> String {
    match (&subject.integration, subject.provider.as_str()) {
        (Some(integration), _) => format!("`{integration}`"),
        (None, "") => "the environment".to_owned(),
        (None, provider) => provider.to_owned(),
    }
}

fn open_one(open: &Open) -> Explanation {
    let (of, provider) = (named(&open.subject), &open.subject.provider);
    match open.kind {
        Kind::AppRefused => Explanation {
            what_happened: format!(
                "No connection of {of} is refreshed: {}.",
                open.failure.as_ref().map_or("the provider does not accept the app", cause_in_words)
            ),
            whose_turn: Owner::Developer.as_str(),
            what_to_do: format!(
                "Compare the client id, secret and scopes of {of} with the app at {provider}, and change them: refreshes then go on."
            ),
        },
        Kind::GrantsRefused => Explanation {
            what_happened: format!(
                "{provider} refuses unusually many accounts of {of} at once. None is given up for it."
            ),
            whose_turn: Owner::Developer.as_str(),
            what_to_do: format!(
                "Look at the app and at the status page of {provider}. Every connection is tried again by itself."
            ),
        },
        Kind::ProviderFailing => Explanation {
            what_happened: format!("{provider} does not answer when tokens of {of} are to be refreshed."),
            whose_turn: Owner::Provider.as_str(),
            what_to_do: "Nothing yet: it is tried by itself whether it is back.".into(),
        },
        Kind::RefreshingPaused => Explanation {
            what_happened: format!(
                "No connection of {of} is refreshed: that was paused. Tokens are handed out while they last."
            ),
            whose_turn: Owner::Developer.as_str(),
            what_to_do: format!("Go on with {}, when it is time.", going_on(&open.subject)),
        },
    }
}

fn going_on(subject: &Subject) -> String {
    match (&subject.integration, subject.provider.as_str()) {
        (Some(integration), _) => format!("`latchkey refresh resume --integration {integration}`"),
        (None, "") => "`latchkey refresh resume --everything`".to_owned(),
        (None, provider) => format!("`latchkey refresh resume --provider {provider}`"),
    }
}

/// What of ours does not work, and the word for its kind.
#[must_use]
pub fn explain_ours(trouble: Trouble) -> (&'static str, Explanation) {
    let (kind, happened, what_to_do) = match trouble.part {
        Part::Store => (
            "STORE_FAILING",
            "The database does not answer, so that nothing can be refreshed.",
            "Check database.url, and that the database runs.",
        ),
        Part::Keys => (
            "KEYS_FAILING",
            "The key service does not answer, so that stored credentials cannot be opened.",
            "Check keys.kek, the rights on the key, and that the key service can be reached.",
        ),
    };
    let explanation = Explanation {
        what_happened: happened.into(),
        whose_turn: Owner::Operator.as_str(),
        what_to_do: what_to_do.into(),
    };
    (kind, explanation)
}

/// A failure in the middle of a sentence.
#[must_use]
pub fn cause_in_words(failure: &Failure) -> &'static str {
    match failure.reason {
        Reason::ReauthRequired => "the provider no longer accepts the grant",
        Reason::RefusalUnconfirmed if failure.cause == Some(Cause::ManyRefused) => {
            "the provider refuses unusually many accounts of this app at once"
        }
        Reason::RefusalUnconfirmed => {
            "the provider refused the grant, and is asked again before that is believed"
        }
        Reason::ClientRejected => "the provider does not accept the client id and secret of the app",
        Reason::RequestRejected => "the provider does not accept the request as it is configured",
        Reason::CredentialsRejected => "the provider does not accept the credentials",
        Reason::UserDeclined => "the end user declined",
        Reason::AdminApprovalPending => "an admin at the provider has to allow it",
        Reason::OtherAccount => "the end user signed in with another account",
        Reason::ProviderUnavailable => "the provider is not available",
        Reason::ProviderTimeout => "the provider did not answer in time",
        Reason::ProviderUnreachable => "the provider could not be reached",
        Reason::ProviderResponseInvalid => "the provider's answer made no sense",
        Reason::ProviderRateLimited => "the provider asks us to slow down",
        Reason::IssuerMismatch => "the answer came from another issuer than the one asked",
        Reason::IntegrationIncomplete => "the integration lacks something that is needed",
        Reason::Internal => "something failed on our side",
    }
}

fn remedy(failure: &Failure) -> &'static str {
    if failure.cause == Some(Cause::ManyRefused) {
        return "Look at the app and the status page of the provider. No connection is given up meanwhile; each is tried again.";
    }
    match failure.owner() {
        Owner::EndUser => "Send the end user a reconnect link. The connection keeps its id.",
        Owner::Developer => {
            "Compare the integration's client id, secret and scopes with the app at the provider."
        }
        Owner::Provider => {
            "Nothing yet: it is tried again by itself, and the present token is used while it lasts."
        }
        Owner::Operator => "Look at the service's log; it is tried again by itself.",
    }
}

/// One line of a connection's history.
#[must_use]
pub fn event_in_words(event: &Event) -> String {
    match event {
        Event::Established { credential, brought: true, .. } if credential.generation.0 == 1 => {
            "It was made of a credential that a backend brought.".into()
        }
        Event::Established { brought: true, .. } => "A backend brought another credential for it.".into(),
        Event::Established { credential, .. } if credential.generation.0 == 1 => {
            "The end user connected.".into()
        }
        Event::Established { .. } => "The end user connected again.".into(),
        Event::CredentialsRefreshed { credential, .. } => {
            format!("The credential was refreshed (generation {}).", credential.generation)
        }
        Event::CredentialRejected { .. } => "The provider's API refused the token.".into(),
        Event::RefreshFailed { failure, .. } => {
            format!("A refresh did not work: {}.", cause_in_words(failure))
        }
        Event::AnswerSetAside { .. } => {
            "The provider answered one refresh twice; the second answer is kept for now.".into()
        }
        Event::RefusalWithdrawn { .. } => {
            "The refusal is not believed any more: too many were refused at once. It is tried again.".into()
        }
        Event::Expiring { days, .. } => {
            format!(
                "In {days} day{} nothing can renew the access any more.",
                if *days == 1 { "" } else { "s" }
            )
        }
        Event::Broken { failure, .. } => format!("The connection broke: {}.", cause_in_words(failure)),
        Event::CredentialRevealed { exported: true, .. } => "The credential was exported.".into(),
        Event::CredentialRevealed { .. } => "An operator was shown the credential.".into(),
        Event::Described { external_id_taken: true, .. } => {
            "It was made without the external id it was to have, which another connection had by then.".into()
        }
        Event::Described { fields, by, .. } => {
            let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
            let whose = by.map_or_else(|| "with the connect session".to_owned(), |key| format!("with {key}"));
            format!("What is said of it was changed, {whose}: {}.", names.join(", "))
        }
        Event::Disabled { by, .. } => format!("It was switched off{}.", with(by.as_ref())),
        Event::Enabled { by, .. } => format!("It was switched on again{}.", with(by.as_ref())),
        Event::RefreshingPaused { by, .. } => format!("Its refreshing was paused{}.", with(by.as_ref())),
        Event::RefreshingResumed { by, .. } => format!("Its refreshing goes on{}.", with(by.as_ref())),
        Event::RefreshScheduled { due_at, by, .. } => {
            format!("A refresh was asked for by {}{}.", rfc3339(*due_at), with(by.as_ref()))
        }
        Event::KeyReplaced { .. } => "The data key it is sealed with was replaced by another.".into(),
        Event::CredentialRevoked { .. } => {
            "The credential was revoked and destroyed. The connection waits for another.".into()
        }
        Event::Revoked { .. } => "The connection was deleted.".into(),
    }
}

fn with(key: Option<&ApiKeyId>) -> String {
    key.map_or_else(String::new, |key| format!(", with {key}"))
}
