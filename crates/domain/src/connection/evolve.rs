use super::{Broken, Connection, Event, Live, Revoked, Trouble};

pub(super) fn evolve(connection: Connection, event: Event) -> Connection {
    match (connection, event) {
        (_, Event::Established { profile, credential, secrets, .. }) => {
            Connection::Live(Live { profile, credential, trouble: None, rejected: false, secrets })
        }
        (
            Connection::Live(Live { profile, .. }) | Connection::Broken(Broken { profile, .. }),
            Event::CredentialsRefreshed { credential, secrets, .. },
        ) => Connection::Live(Live { profile, credential, trouble: None, rejected: false, secrets }),
        (Connection::Live(live), Event::CredentialRejected { .. }) => {
            Connection::Live(Live { rejected: true, ..live })
        }
        (Connection::Live(live), Event::RefreshFailed { failure, attempts, retry_at, at, .. }) => {
            let since = live.trouble.as_ref().map_or(at, |trouble| trouble.since);
            Connection::Live(Live { trouble: Some(Trouble { failure, attempts, since, retry_at }), ..live })
        }
        (Connection::Live(live), Event::Broken { failure, at, .. }) => Connection::Broken(Broken {
            profile: live.profile,
            credential: live.credential,
            failure,
            since: at,
            secrets: live.secrets,
        }),
        (
            Connection::Live(Live { profile, .. }) | Connection::Broken(Broken { profile, .. }),
            Event::Revoked { generation, at },
        ) => Connection::Revoked(Revoked { profile, generation, at }),
        // Facts that found the connection in a state they say nothing about leave it as it is.
        (
            unchanged,
            Event::CredentialsRefreshed { .. }
            | Event::CredentialRejected { .. }
            | Event::RefreshFailed { .. }
            | Event::Broken { .. }
            | Event::Revoked { .. },
        ) => unchanged,
    }
}
