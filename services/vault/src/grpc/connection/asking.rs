//! What backends ask for, in domain words.

use super::page_token::Question;
use crate::vault::{ConnectionOrder, DescribeConnection, ListConnections, Series, Span};
use latchkey_domain::connection::{About, Field};
use latchkey_domain::revocation::Extent;
use latchkey_domain::{ApiKeyId, Environment, Timestamp as Instant};
use latchkey_wire::Fault;
use latchkey_wire::convert::{duration_from_pb, parse, parse_optional, timestamp_from_pb};
use latchkey_wire::pb::{connection as pb, vault};
use prost_types::Timestamp;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// How many tags a list may be narrowed by, and how long what is searched for may be.
const TAGS_MAX: usize = 20;
const SEARCH_CHARS_MAX: usize = 255;

/// As many counts of the past as a chart has room for, and how far they lie apart.
const POINTS_MAX: u64 = 200;
const STEP_MIN: Duration = Duration::from_secs(60);
const STEP_MAX: Duration = Duration::from_secs(31 * 86_400);

/// How much may end at the provider, where that is to be asked: it is unless the caller says otherwise.
pub fn at_provider(revoke_at_provider: Option<bool>, revoke_account: bool) -> Result<Option<Extent>, Fault> {
    match (revoke_at_provider.unwrap_or(true), revoke_account) {
        (true, true) => Ok(Some(Extent::Account)),
        (true, false) => Ok(Some(Extent::Grant)),
        (false, false) => Ok(None),
        (false, true) => Err(Fault::field_invalid(
            "revoke_account",
            "`revoke_account` asks the provider, which `revoke_at_provider` forbids: leave one of them out.",
        )),
    }
}

pub fn list(
    environment: Environment,
    asked: pb::ListConnectionsRequest,
) -> Result<(ListConnections, Question), Fault> {
    let question = Question::of(&asked);
    let state = pb::ConnectionState::try_from(asked.state)
        .map_err(|_| Fault::field_invalid("state", "There is no such state."))?;
    let ends = span("ends_after", asked.ends_after, "ends_before", asked.ends_before)?;
    let as_of = timestamp_from_pb("as_of", asked.as_of)?;
    if as_of.is_some() {
        of_the_past(&asked)?;
    }
    let list = ListConnections {
        environment,
        integration: parse_optional("integration", &asked.integration)?,
        provider: Some(asked.provider).filter(|provider| !provider.is_empty()),
        end_user: parse_optional("end_user", &asked.end_user)?,
        status: status_word(state),
        external_id: parse_optional("external_id", &asked.external_id)?,
        tags: tags(&asked.tags)?,
        search: search(asked.search)?,
        created: span("created_after", asked.created_after, "created_before", asked.created_before)?,
        order: order(&asked.order_by, ends)?,
        ends,
        as_of,
        after: question.place(&asked.page_token)?,
        max: asked.page_size,
    };
    Ok((list, question))
}

/// What is in no event cannot be asked of the past.
fn of_the_past(asked: &pb::ListConnectionsRequest) -> Result<(), Fault> {
    let asked_for = [
        ("external_id", !asked.external_id.is_empty()),
        ("tags", !asked.tags.is_empty()),
        ("search", !asked.search.is_empty()),
        ("ends_after", asked.ends_after.is_some()),
        ("ends_before", asked.ends_before.is_some()),
        ("order_by", asked.order_by.starts_with("end_time")),
    ];
    match asked_for.into_iter().find(|(_, asked_for)| *asked_for) {
        Some((field, _)) => {
            Err(Fault::field_invalid(field, format!("`{field}` cannot be asked for with `as_of`.")))
        }
        None => Ok(()),
    }
}

/// The instants of which is asked how many connections there were.
pub fn series(asked: &pb::AggregateConnectionsRequest, now: Instant) -> Result<Option<Series>, Fault> {
    let invalid = |field, message: String| Err(Fault::field_invalid(field, message));
    let from = timestamp_from_pb("series_from", asked.series_from)?;
    let step = duration_from_pb("series_step", asked.series_step)?;
    let (from, step) = match (from, step) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return invalid("series_from", "`series_from` is missing.".to_owned()),
        (Some(_), None) => return invalid("series_step", "`series_step` is missing.".to_owned()),
        (Some(from), Some(step)) => (from, step),
    };
    let millis = u32::try_from(step.as_millis()).ok().and_then(NonZeroU32::new);
    let Some(step) = millis.filter(|_| (STEP_MIN..=STEP_MAX).contains(&step)) else {
        return invalid("series_step", "`series_step` is one minute to 31 days.".to_owned());
    };
    if from > now {
        return invalid("series_from", "`series_from` is in the future.".to_owned());
    }
    let series = Series { from, step };
    if series.points(now) > POINTS_MAX {
        let message = format!("That is more than {POINTS_MAX} counts: take a longer step, or begin later.");
        return invalid("series_step", message);
    }
    Ok(Some(series))
}

fn span(from: &str, begin: Option<Timestamp>, until: &str, end: Option<Timestamp>) -> Result<Span, Fault> {
    Ok(Span { from: timestamp_from_pb(from, begin)?, until: timestamp_from_pb(until, end)? })
}

/// Who asks for what ends within a stretch of time, and says no more, gets it in the order it is found by.
fn order(text: &str, ends: Span) -> Result<ConnectionOrder, Fault> {
    match text {
        "" if ends != Span::default() => Ok(ConnectionOrder::Ending),
        "" | "create_time" | "create_time asc" => Ok(ConnectionOrder::Oldest),
        "create_time desc" => Ok(ConnectionOrder::Newest),
        "end_time" | "end_time asc" => Ok(ConnectionOrder::Ending),
        _ => {
            Err(Fault::field_invalid("order_by", "Order by `create_time`, `create_time desc` or `end_time`."))
        }
    }
}

fn tags(texts: &[String]) -> Result<BTreeMap<String, String>, Fault> {
    if texts.iter().any(|text| text.chars().any(char::is_control)) {
        return Err(Fault::field_invalid("tags", "A tag holds no control characters."));
    }
    if texts.len() > TAGS_MAX {
        return Err(Fault::field_invalid("tags", format!("At most {TAGS_MAX} tags.")));
    }
    let tag = |text: &String| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let parsed: Option<BTreeMap<_, _>> = texts.iter().map(tag).collect();
    parsed.ok_or_else(|| Fault::field_invalid("tags", "Write each tag as name=value."))
}

fn search(text: String) -> Result<Option<String>, Fault> {
    if text.chars().count() > SEARCH_CHARS_MAX {
        let message = format!("Search for at most {SEARCH_CHARS_MAX} characters.");
        return Err(Fault::field_invalid("search", message));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

pub fn status_word(state: pb::ConnectionState) -> Option<&'static str> {
    match state {
        pb::ConnectionState::Unspecified => None,
        pb::ConnectionState::Active => Some("active"),
        pb::ConnectionState::Degraded => Some("degraded"),
        pb::ConnectionState::NeedsReauth => Some("needs_reauth"),
        pb::ConnectionState::Disabled => Some("disabled"),
        pb::ConnectionState::Deleted => Some("deleted"),
    }
}

pub fn describe(
    environment: Environment,
    by: ApiKeyId,
    asked: pb::UpdateConnectionRequest,
) -> Result<DescribeConnection, Fault> {
    let pb::UpdateConnectionRequest {
        connection_id,
        update_mask,
        etag,
        external_id,
        display_name,
        tags,
        metadata,
        config,
        webhook_url,
    } = asked;
    let about: About =
        vault::About { external_id, display_name, tags, metadata, config, webhook_url }.try_into()?;
    let paths = update_mask.map(|mask| mask.paths).unwrap_or_default();
    Ok(DescribeConnection {
        environment,
        connection: parse("connection_id", &connection_id)?,
        fields: fields(&paths, &about)?,
        about,
        etag: Some(etag).filter(|etag| !etag.is_empty()),
        by,
    })
}

/// The fields a mask names; without one, those that are set (AIP-134).
fn fields(paths: &[String], about: &About) -> Result<Vec<Field>, Fault> {
    if paths.is_empty() {
        return Ok(About::default().changed(about));
    }
    if paths.iter().any(|path| path == "*") {
        return Ok(Field::ALL.to_vec());
    }
    let field = |path: &String| {
        Field::from_name(path).ok_or_else(|| {
            let names = Field::ALL.map(Field::name).join(", ");
            Fault::field_invalid(
                "update_mask",
                format!("Of a connection, {names} can be changed, each whole."),
            )
        })
    };
    paths.iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_says_what_is_changed_and_without_one_it_is_what_is_set() {
        let about = About { display_name: "Acme".into(), ..About::default() };
        let fields = |paths: &[&str]| {
            let paths: Vec<_> = paths.iter().map(|&path| path.to_owned()).collect();
            super::fields(&paths, &about).map_err(|fault| fault.metadata["field"].clone())
        };
        assert_eq!(fields(&[]), Ok(vec![Field::DisplayName]));
        assert_eq!(fields(&["tags", "display_name"]), Ok(vec![Field::Tags, Field::DisplayName]));
        assert_eq!(fields(&["*"]), Ok(Field::ALL.to_vec()));
        for unknown in ["state", "metadata.plan", ""] {
            assert_eq!(fields(&[unknown]), Err("update_mask".to_owned()), "{unknown}");
        }
    }

    #[test]
    fn what_cannot_be_asked_for_is_named() {
        let refused = |change: fn(&mut pb::ListConnectionsRequest)| {
            let mut asked = pb::ListConnectionsRequest::default();
            change(&mut asked);
            match list("dev".parse().unwrap(), asked) {
                Ok(_) => None,
                Err(fault) => Some(fault.metadata["field"].clone()),
            }
        };
        assert_eq!(refused(|_| {}), None);
        let expected = |field: &str| Some(field.to_owned());
        assert_eq!(refused(|asked| asked.state = 99), expected("state"));
        assert_eq!(refused(|asked| asked.order_by = "provider".into()), expected("order_by"));
        assert_eq!(refused(|asked| asked.tags = vec!["team".into()]), expected("tags"));
        assert_eq!(refused(|asked| asked.tags = vec!["a=b".into(); TAGS_MAX + 1]), expected("tags"));
        assert_eq!(refused(|asked| asked.tags = vec!["a=\0".into()]), expected("tags"));
        assert_eq!(refused(|asked| asked.search = "x".repeat(SEARCH_CHARS_MAX + 1)), expected("search"));
        assert_eq!(refused(|asked| asked.external_id = "a\nb".into()), expected("external_id"));
        assert_eq!(refused(|asked| asked.page_token = "con_1".into()), expected("page_token"));
        let beyond = |seconds| Some(Timestamp { seconds, nanos: 0 });
        assert_eq!(
            refused(|asked| asked.created_after = Some(Timestamp { seconds: i64::MAX, nanos: 0 })),
            expected("created_after")
        );
        let asked = pb::ListConnectionsRequest { created_before: beyond(1), ..Default::default() };
        assert_eq!(list("dev".parse().unwrap(), asked).unwrap().0.created.until.unwrap().0, 1000);
    }

    #[test]
    fn counts_of_the_past_are_asked_for_within_limits() {
        let now = Instant(1_800_000_000_000);
        let seconds = now.0 / 1000;
        let refused = |ago: Option<i64>, step: Option<i64>| {
            let asked = pb::AggregateConnectionsRequest {
                series_from: ago.map(|ago| Timestamp { seconds: seconds - ago, nanos: 0 }),
                series_step: step.map(|seconds| prost_types::Duration { seconds, nanos: 0 }),
                ..pb::AggregateConnectionsRequest::default()
            };
            series(&asked, now)
                .map(|series| series.is_some())
                .map_err(|fault| fault.metadata["field"].clone())
        };
        let wrong = |field: &str| Err(field.to_owned());
        let day = 86_400;
        assert_eq!(refused(None, None), Ok(false));
        assert_eq!(
            (refused(Some(30 * day), Some(6 * 3600)), refused(Some(0), Some(60))),
            (Ok(true), Ok(true))
        );
        assert_eq!(refused(Some(198 * 60), Some(60)), Ok(true), "that makes 200");
        assert_eq!(refused(Some(199 * 60), Some(60)), wrong("series_step"));
        assert_eq!(refused(Some(seconds), Some(60)), wrong("series_step"));
        assert_eq!(refused(Some(day), Some(59)), wrong("series_step"));
        assert_eq!(refused(Some(100 * day), Some(31 * day)), Ok(true));
        assert_eq!(refused(Some(100 * day), Some(31 * day + 1)), wrong("series_step"));
        assert_eq!(refused(Some(-1), Some(60)), wrong("series_from"));
        assert_eq!(
            (refused(None, Some(60)), refused(Some(day), None)),
            (wrong("series_from"), wrong("series_step"))
        );
    }
}
