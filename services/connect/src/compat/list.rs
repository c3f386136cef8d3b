//! Lists of connections, newest first, by whatever a caller knows of them.

use super::body::Fields;
use super::connections::{item, shown_id, tags};
use super::{Door, Refusal, text};
use axum::Json;
use axum::extract::{RawQuery, State};
use http::{HeaderMap, StatusCode};
use latchkey_domain::ConnectionId;
use serde_json::{Map, Value, json};

pub async fn connections(
    State(door): State<Door>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let wish = List::read(Fields::of_query(query.as_deref()))?;
    let connections = door.newest(&headers, &wish).await?;
    Ok(Json(json!({ "connections": connections.iter().map(item).collect::<Vec<_>>() })))
}

/// Which connections a caller wants to see.
#[derive(Default)]
struct List {
    connection: Option<String>,
    search: Option<String>,
    end_user: Option<String>,
    organization: Option<String>,
    integrations: Vec<String>,
    tags: Map<String, Value>,
    limit: usize,
    page: usize,
}

const SEARCH_CHARS_MAX: usize = 255;
const LIMIT_DEFAULT: usize = 10_000;
const PAGE_MAX: u64 = 1_000;

/// Each of at most 500 connections.
const NATIVE_PAGES_MAX: usize = 400;

impl List {
    fn read(mut query: Fields) -> Result<Self, Refusal> {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let integrations = query.optional_text("integrationId").unwrap_or_default();
        let list = Self {
            connection: query.optional_text("connectionId"),
            search: query.optional_text("search").map(|text| text.to_lowercase()),
            end_user: query.optional_text("endUserId"),
            organization: query.optional_text("endUserOrganizationId"),
            integrations: integrations.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect(),
            tags: query.object("tags").unwrap_or_default(),
            limit: query.number("limit", 1, 2_000).map_or(LIMIT_DEFAULT, number),
            page: query.number("page", 0, PAGE_MAX).map_or(0, number),
        };
        if list.search.as_ref().is_some_and(|text| text.is_empty() || text.chars().count() > SEARCH_CHARS_MAX)
        {
            query.wrong::<()>(
                "custom",
                "search",
                format!("`search` has 1 to {SEARCH_CHARS_MAX} characters."),
            );
        }
        query.done()?;
        Ok(list)
    }

    fn wants(&self, connection: &Value) -> bool {
        let is = |wanted: &Option<String>, pointer| {
            wanted.as_ref().is_none_or(|wanted| wanted == text(connection, pointer))
        };
        let found = |text: &str| {
            self.search.as_ref().is_none_or(|search| text.to_lowercase().contains(search.as_str()))
        };
        let tags = tags(connection);
        text(connection, "/state") != "CONNECTION_STATE_DELETED"
            && self
                .connection
                .as_ref()
                .is_none_or(|id| id == shown_id(connection) || id == text(connection, "/id"))
            && is(&self.end_user, "/end_user")
            && self.organization.as_ref().is_none_or(|organization| {
                tags.get("organization_id").and_then(Value::as_str) == Some(organization)
            })
            && (self.integrations.is_empty()
                || self.integrations.iter().any(|key| key == text(connection, "/integration")))
            && (found(text(connection, "/id"))
                || found(text(connection, "/external_id"))
                || found(text(connection, "/display_name"))
                || tags.values().filter_map(Value::as_str).any(found))
            && self.tags.iter().all(|(name, value)| tags.get(name) == Some(value))
    }

    /// What of it the native list can already leave out.
    fn native(&self, after: &str) -> Value {
        let mut wish = json!({ "page_size": 500, "page_token": after, "order_by": "create_time desc" });
        let theirs = self.connection.as_ref().filter(|id| id.parse::<ConnectionId>().is_err());
        if let Some(id) = theirs {
            wish["external_id"] = id.as_str().into();
        }
        // Not every connection has its end user among its tags.
        let tags = self.tags.iter().filter(|(name, _)| *name != "end_user_id");
        wish["tags"] =
            tags.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
        if let [integration] = self.integrations.as_slice() {
            wish["integration"] = integration.as_str().into();
        }
        if let Some(end_user) = &self.end_user {
            wish["end_user"] = end_user.as_str().into();
        }
        wish
    }
}

impl Door {
    /// Whether there is a connection to this integration.
    pub async fn is_connected(&self, headers: &HeaderMap, integration: &str) -> Result<bool, Refusal> {
        let wish = List { integrations: vec![integration.to_owned()], limit: 1, ..List::default() };
        Ok(!self.newest(headers, &wish).await?.is_empty())
    }

    /// The page asked for.
    async fn newest(&self, headers: &HeaderMap, wish: &List) -> Result<Vec<Value>, Refusal> {
        let begin = wish.limit.saturating_mul(wish.page);
        let end = begin.saturating_add(wish.limit);
        let (mut fitting, mut after) = (vec![], String::new());
        for _ in 0..NATIVE_PAGES_MAX {
            let mut listed = self.call("ListConnections", headers, wish.native(&after)).await?;
            if let Value::Array(connections) = listed["connections"].take() {
                fitting.extend(connections.into_iter().filter(|connection| wish.wants(connection)));
            }
            after = text(&listed, "/next_page_token").to_owned();
            if after.is_empty() || fitting.len() >= end {
                return Ok(fitting.into_iter().skip(begin).take(wish.limit).collect());
            }
        }
        let message =
            "There are too many connections to list newest first: name an integration or an end user.";
        Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_query_params", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(id: &str) -> Value {
        json!({
            "id": id, "integration": "github", "end_user": "Ana", "state": "CONNECTION_STATE_ACTIVE",
            "external_id": "user-42", "tags": {"plan": "pro", "organization_id": "acme"},
        })
    }

    #[test]
    fn every_filter_leaves_out_what_it_does_not_fit() {
        let wants = |query| List::read(Fields::of_query(Some(query))).unwrap().wants(&connection("con_1"));
        for fits in [
            "",
            "connectionId=con_1",
            "search=an",
            "endUserId=Ana",
            "integrationId=slack,github",
            "tags[end_user_id]=Ana",
            "connectionId=user-42",
            "search=SER-4",
            "tags[plan]=pro",
            "endUserOrganizationId=acme",
        ] {
            assert!(wants(fits), "{fits}");
        }
        for other in [
            "connectionId=con_2",
            "search=bob",
            "endUserId=ana",
            "integrationId=slack",
            "endUserOrganizationId=o",
            "tags[plan]=x",
        ] {
            assert!(!wants(other), "{other}");
        }
    }
}
