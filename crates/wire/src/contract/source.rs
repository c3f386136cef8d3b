/// Where a credential came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It was at hand.
    Cached,
    /// Whoever asked waited for a refresh. Nobody's call makes one by itself, so there is no telling whose it was.
    Refreshed,
}

impl Source {
    /// What an answer says it with: as metadata over gRPC, as a header over HTTP.
    pub const HEADER: &'static str = "latchkey-credential-source";

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Refreshed => "refreshed",
        }
    }
}
