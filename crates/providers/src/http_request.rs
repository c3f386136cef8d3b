//! A request as plain data. Somebody else sends it.

use std::fmt;
use url::Url;

/// Everything in it but method and host is treated as secret.
#[derive(Clone, PartialEq)]
pub struct HttpRequest {
    pub method: String,
    pub url: Url,
    /// Names in lower case; values without line breaks or control characters.
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Clone, PartialEq)]
pub enum Body {
    None,
    /// `application/x-www-form-urlencoded`, not yet encoded.
    Form(Vec<(String, String)>),
    Json(serde_json::Value),
    Text {
        content_type: String,
        text: String,
    },
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str().unwrap_or_default())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Form(_) => "Form(..)",
            Self::Json(_) => "Json(..)",
            Self::Text { .. } => "Text(..)",
        })
    }
}
