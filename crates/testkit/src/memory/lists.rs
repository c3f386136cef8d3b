//! Streams by their cards.

use super::{Row, Tables};
use latchkey_store::{CardQuery, Listed, Order, Page, Stream, TimedPlace};

impl Tables {
    pub fn list(&self, query: &CardQuery) -> Page {
        let mut found: Vec<(&Stream, &Row)> =
            self.streams.iter().filter(|(stream, row)| asked_for(query, stream, row)).collect();
        match query.order {
            Order::Ids => {}
            Order::IdsDescending => found.reverse(),
            Order::Ends { .. } => found.sort_by_key(|(_, row)| row.card.ends_at),
            Order::Due => found.sort_by_key(|(_, row)| row.card.due_at),
        }
        let behind = found.into_iter().filter(|(stream, row)| is_behind(query, stream, row));
        let listed = behind.take(query.max as usize + 1).map(|(stream, row)| Listed {
            stream: stream.clone(),
            version: row.version,
            snapshot: row.snapshot.clone(),
            card: row.card.clone(),
            claimed_until: row.claimed_until,
        });
        Page::of(listed.collect(), query.max, query.order)
    }
}

fn asked_for(query: &CardQuery, stream: &Stream, Row { card, tags, .. }: &Row) -> bool {
    let matches = |wanted: &Option<String>, is: &String| wanted.as_ref().is_none_or(|wanted| wanted == is);
    let timely = match query.order {
        Order::Ids | Order::IdsDescending => true,
        Order::Ends { from, until } => card.ends_at.is_some_and(|ends_at| {
            from.is_none_or(|from| from <= ends_at) && until.is_none_or(|until| ends_at < until)
        }),
        Order::Due => card.due_at.is_some(),
    };
    stream.category == query.category
        && card.environment == query.environment
        && matches(&query.parent, &card.parent)
        && matches(&query.subject, &card.subject)
        && matches(&query.status, &card.status)
        && (query.external_id.is_none() || query.external_id == card.external_id)
        && query.tag.as_ref().is_none_or(|(name, value)| tags.get(name) == Some(value))
        && timely
}

/// Whether it comes behind the page before.
fn is_behind(query: &CardQuery, stream: &Stream, row: &Row) -> bool {
    let Some(after) = query.after.as_deref() else { return true };
    match query.order {
        Order::Ids => stream.id.as_str() > after,
        Order::IdsDescending => stream.id.as_str() < after,
        Order::Ends { .. } => is_later(row.card.ends_at, stream, after),
        Order::Due => is_later(row.card.due_at, stream, after),
    }
}

fn is_later(at: Option<i64>, stream: &Stream, after: &str) -> bool {
    after.parse().map_or(true, |place: TimedPlace| (at, &stream.id) > (Some(place.at), &place.id))
}
