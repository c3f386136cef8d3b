use crate::{Card, Millis, Snapshot, Stream, Version};
use std::{fmt, str::FromStr};

/// Which streams to list. Fields left `None` do not restrict.
#[derive(Debug, Clone, Default)]
pub struct CardQuery {
    pub category: String,
    pub environment: String,
    pub parent: Option<String>,
    pub subject: Option<String>,
    pub status: Option<String>,
    pub external_id: Option<String>,
    /// A tag's name and value.
    pub tag: Option<(String, String)>,
    pub order: Order,
    /// What [`Page::next`] said of the page before this one.
    pub after: Option<String>,
    pub max: u32,
}

/// In which order streams are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By their ids: `after` is the id of the last one of the page before.
    #[default]
    Ids,
    IdsDescending,
    /// Those that have an end, by [`Card::ends_at`], if it is not before `from` and before `until`.
    Ends {
        from: Option<Millis>,
        until: Option<Millis>,
    },
    /// Those for which something must be done, by [`Card::due_at`].
    Due,
}

impl Order {
    /// Where in this order a stream stands: what to give as [`CardQuery::after`] for those behind it.
    #[must_use]
    pub fn place(self, listed: &Listed) -> String {
        let at = |at: Option<Millis>| {
            TimedPlace { at: at.unwrap_or_default(), id: listed.stream.id.clone() }.to_string()
        };
        match self {
            Self::Ids | Self::IdsDescending => listed.stream.id.clone(),
            Self::Ends { .. } => at(listed.card.ends_at),
            Self::Due => at(listed.card.due_at),
        }
    }
}

/// A place in an order of times, as it is in [`Page::next`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedPlace {
    pub at: Millis,
    pub id: String,
}

impl TimedPlace {
    /// Before everything.
    #[must_use]
    pub fn start() -> Self {
        Self { at: Millis::MIN, id: String::new() }
    }
}

impl fmt::Display for TimedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at, self.id)
    }
}

/// Text that is no place in an order of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list: expected a time and an id joined by a slash")]
pub struct InvalidPlace;

impl FromStr for TimedPlace {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let (at, id) = text.split_once('/').ok_or(InvalidPlace)?;
        Ok(Self { at: at.parse().map_err(|_| InvalidPlace)?, id: id.to_owned() })
    }
}

/// One stream in a list, with all that is known of it without reading its history.
#[derive(Debug, Clone)]
pub struct Listed {
    pub stream: Stream,
    pub version: Version,
    pub snapshot: Snapshot,
    pub card: Card,
    /// When the claim on it lapses, or did; `None` where it was given back or fulfilled.
    pub claimed_until: Option<Millis>,
}

/// How much is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overdue {
    pub count: u64,
    /// When what has waited longest fell due.
    pub since: Option<Millis>,
}

#[derive(Debug, Clone, Default)]
pub struct Page {
    pub items: Vec<Listed>,
    /// Set where there is more: what to give as [`CardQuery::after`].
    pub next: Option<String>,
}

/// A count of streams that share environment, parent and status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub environment: String,
    pub parent: String,
    pub status: String,
    pub count: u64,
}

impl Page {
    /// The page of what was found, where one more than `max` was looked for.
    #[must_use]
    pub fn of(mut found: Vec<Listed>, max: u32, order: Order) -> Self {
        let more = found.len() > max as usize;
        found.truncate(max as usize);
        let next = found.last().filter(|_| more).map(|last| order.place(last));
        Self { items: found, next }
    }
}
