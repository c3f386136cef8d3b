use crate::{ApiKeyId, InvalidId};
use std::{fmt, str::FromStr, sync::Arc};

/// How long the name of a workload may be.
const NAME_MAX: usize = 512;

/// Who is given a credential. Shown, and parsed, as `key_…` or `workload:…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    Key(ApiKeyId),
    /// A workload, by its issuer and the name it has there.
    Workload(Arc<str>),
}

const WORKLOAD: &str = "workload:";

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Workload(name) => write!(f, "{WORKLOAD}{name}"),
        }
    }
}

impl FromStr for Reader {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.strip_prefix(WORKLOAD) {
            None => text.parse().map(Self::Key),
            Some(name) if (1..=NAME_MAX).contains(&name.len()) && !name.contains(char::is_control) => {
                Ok(Self::Workload(name.into()))
            }
            Some(_) => Err(InvalidId {
                what: "reader",
                expected: "an API key id, or `workload:` and 1 to 512 characters",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_comes_back_from_its_text() {
        for reader in
            [Reader::Key(ApiKeyId::from_parts(1, 2)), Reader::Workload("https://issuer#billing".into())]
        {
            assert_eq!(reader.to_string().parse(), Ok(reader));
        }
        for text in
            ["", "key_", "workload:", "workload:a\nb", &format!("workload:{}", "x".repeat(NAME_MAX + 1))]
        {
            assert!(text.parse::<Reader>().is_err(), "{text:?}");
        }
    }
}
