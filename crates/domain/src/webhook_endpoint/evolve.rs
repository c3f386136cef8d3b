use super::{Event, Live, Previous, Secrets, Standing, WebhookEndpoint};

pub fn evolve(endpoint: WebhookEndpoint, event: Event) -> WebhookEndpoint {
    match (endpoint, event) {
        (_, Event::Created { id, environment, settings, enabled, since, key, at, secret }) => {
            WebhookEndpoint::Live(Live {
                id,
                environment,
                settings,
                standing: standing(enabled),
                since,
                key,
                previous: None,
                failing_since: None,
                created_at: at,
                secrets: Secrets { present: secret, previous: None },
            })
        }
        (WebhookEndpoint::Live(live), Event::Deleted { at }) => {
            WebhookEndpoint::Deleted { id: live.id, environment: live.environment, at }
        }
        (WebhookEndpoint::Live(live), event) => WebhookEndpoint::Live(happened(live, event)),
        (unchanged @ (WebhookEndpoint::Absent | WebhookEndpoint::Deleted { .. }), _) => unchanged,
    }
}

fn happened(live: Live, event: Event) -> Live {
    match event {
        Event::Changed { settings, enabled, .. } => {
            // Whoever enables it again believes it to be mended.
            let failing_since = live.failing_since.filter(|_| live.is_enabled() && enabled);
            Live { settings, standing: standing(enabled), failing_since, ..live }
        }
        Event::KeyRotated { key, previous_until, secret } => Live {
            previous: Some(Previous { key: live.key, until: previous_until }),
            key,
            secrets: Secrets { present: secret, previous: live.secrets.present },
            ..live
        },
        Event::PreviousKeyRetired { .. } => {
            let secrets = Secrets { previous: None, ..live.secrets };
            Live { previous: None, secrets, ..live }
        }
        Event::BeganToFail { at } => Live { failing_since: Some(at), ..live },
        Event::Recovered { .. } => Live { failing_since: None, ..live },
        Event::Disabled { cause, at } => Live { standing: Standing::Disabled { cause, at }, ..live },
        Event::DataKeyReplaced { secrets, .. } => Live { secrets, ..live },
        Event::Created { .. } | Event::Deleted { .. } => live,
    }
}

fn standing(enabled: bool) -> Standing {
    if enabled { Standing::Enabled } else { Standing::Paused }
}
