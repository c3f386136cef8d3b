use serde::{Deserialize, Serialize};
use url::Url;

/// The origin of a page (RFC 6454), for instance `https://app.example.com`. On this machine the port may be `*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    /// Every page of this machine.
    #[must_use]
    pub fn of_this_machine() -> Vec<Self> {
        ["http://localhost:*", "http://127.0.0.1:*"].map(|origin| Self(origin.to_owned())).into()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if Self::of_this_machine().iter().any(|origin| origin.0 == text) {
            return Ok(Self(text));
        }
        let wrong = || "expected an origin such as https://app.example.com, without a path".to_owned();
        let url = Url::parse(&text).map_err(|_| wrong())?;
        let origin = url.origin().ascii_serialization();
        // A URL may have `*` for a host, and a content security policy would take it for any.
        let exact = origin == text && !text.contains('*');
        if exact && matches!(url.scheme(), "https" | "http") { Ok(Self(text)) } else { Err(wrong()) }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for fine in
            ["https://app.example.com", "http://localhost:3000", "http://localhost:*", "https://[::1]:8443"]
        {
            assert!(Origin::try_from(fine.to_owned()).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "*",
            "https://*",
            "https://app.example.com/",
            "https://app.example.com:443",
            "https://APP.example.com",
            "https://user@app.example.com",
            "https://app.example.com:*",
            "app.example.com",
            "null",
            "file://x",
        ] {
            assert!(Origin::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
