//! What can go wrong between an entry and a request. None of these carries a value, only names.

pub use crate::format::read::EntryError;
use std::path::PathBuf;

/// A catalogue could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{0}")]
    Entry(#[from] EntryError),
    #[error("the folder of provider files {path} cannot be read")]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// There is no such provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownProvider {
    pub id: String,
    /// Ids that look alike, the nearest first.
    pub near: Vec<String>,
}

impl std::fmt::Display for UnknownProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no provider `{}`", self.id)?;
        match self.near.as_slice() {
            [] => f.write_str("; `latchkey provider list` shows them all"),
            [one] => write!(f, "; did you mean `{one}`?"),
            several => write!(f, "; did you mean one of {}?", several.join(", ")),
        }
    }
}

/// What somebody typed is not what the provider needs. The message may be shown to them; it does not repeat the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct InputError {
    pub field: String,
    pub message: String,
}

/// A request cannot be made from these values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("{place} needs `{reference}`, which has no value")]
    Undefined { place: &'static str, reference: String },
    #[error("the value of {reference} cannot stand in {place}: {reason}")]
    Refused { place: &'static str, reference: String, reason: &'static str },
    #[error("the host of {place} is not one this provider's credentials may be sent to")]
    Host { place: &'static str },
    #[error("the entry has no {0}")]
    Missing(&'static str),
    #[error("not supported yet: {0}")]
    Unsupported(&'static str),
    /// An entry that changed between its check and now; or a fault of ours.
    #[error("{place} does not come out as a URL")]
    Url { place: &'static str },
}
