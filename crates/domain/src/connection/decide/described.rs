//! What people say of a connection, and whether they want it to be used.

use crate::connection::{About, Connection, Event, Field, Refusal};
use crate::{ApiKeyId, Timestamp};

pub(super) fn describe(
    connection: &Connection,
    fields: &[Field],
    about: About,
    etag: Option<&str>,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let present = present(connection)?;
    if etag.is_some_and(|etag| etag != present.etag()) {
        return Err(Refusal::EtagMismatch { current: present.etag() });
    }
    let about = present.clone().with(fields, about);
    let fields = present.changed(&about);
    if fields.is_empty() {
        return Ok(vec![]);
    }
    Ok(vec![Event::Described { fields, by, external_id_taken: false, at, about }])
}

/// What is said of a connection that is being made.
pub(super) fn at_first(about: About, external_id_taken: bool, at: Timestamp) -> Option<Event> {
    let fields = About::default().changed(&about);
    let said = !fields.is_empty() || external_id_taken;
    said.then_some(Event::Described { fields, by: None, external_id_taken, at, about })
}

/// Of what is said with another consent, a connection that is there takes the address of its webhooks, where one is named.
pub(super) fn readdressed(connection: &Connection, webhook_url: String, at: Timestamp) -> Option<Event> {
    let present = connection.about().filter(|about| about.webhook_url != webhook_url)?;
    let about = About { webhook_url, ..present.clone() };
    let (fields, by) = (vec![Field::WebhookUrl], None);
    (!about.webhook_url.is_empty()).then_some(Event::Described {
        fields,
        by,
        external_id_taken: false,
        at,
        about,
    })
}

pub(super) fn disable(
    connection: &Connection,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    present(connection)?;
    Ok(if connection.disabled_at().is_some() { vec![] } else { vec![Event::Disabled { by, at }] })
}

pub(super) fn enable(
    connection: &Connection,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    present(connection)?;
    Ok(if connection.disabled_at().is_none() { vec![] } else { vec![Event::Enabled { by, at }] })
}

pub(super) fn present(connection: &Connection) -> Result<&About, Refusal> {
    connection.about().ok_or(match connection {
        Connection::Revoked(_) => Refusal::Revoked,
        Connection::Absent | Connection::Live(_) | Connection::Broken(_) => Refusal::Absent,
    })
}
