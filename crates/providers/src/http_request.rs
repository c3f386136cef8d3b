//! A request as plain data. Somebody else sends it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use url::{Url, form_urlencoded};

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

impl HttpRequest {
    /// What a signature over this request may read: the names of the template space `req`.
    #[must_use]
    pub fn parts(&self) -> BTreeMap<String, String> {
        let (path, query) = (self.url.path(), self.url.query());
        let mut params: Vec<(String, String)> = self.url.query_pairs().into_owned().collect();
        if let Body::Form(pairs) = &self.body {
            params.extend(pairs.iter().cloned());
        }
        params.sort();
        let mut sorted = form_urlencoded::Serializer::new(String::new());
        sorted.extend_pairs(&params);
        BTreeMap::from([
            ("method".to_owned(), self.method.clone()),
            ("host".to_owned(), self.url.host_str().unwrap_or_default().to_owned()),
            ("path".to_owned(), path.to_owned()),
            (
                "path_and_query".to_owned(),
                query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")),
            ),
            ("sorted_params".to_owned(), sorted.finish()),
            ("body".to_owned(), self.body.text().into_owned()),
            ("content_type".to_owned(), self.body.content_type().to_owned()),
        ])
    }
}

impl Body {
    /// What is written after the header, to the last byte.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(""),
            Self::Form(pairs) => {
                Cow::Owned(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
            }
            Self::Json(document) => Cow::Owned(document.to_string()),
            Self::Text { text, .. } => Cow::Borrowed(text),
        }
    }

    /// Empty where there is no body.
    #[must_use]
    pub fn content_type(&self) -> &str {
        match self {
            Self::None => "",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Json(_) => "application/json",
            Self::Text { content_type, .. } => content_type,
        }
    }
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
