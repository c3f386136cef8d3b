//! Request parameters as RFC 6749 §3.1 wants them: none twice, and an empty one counts as absent.

use std::collections::HashMap;

pub(crate) struct Params(HashMap<String, String>);

/// A parameter was sent twice.
#[derive(Debug)]
pub(crate) struct Repeated;

impl Params {
    /// Reads a query or an `application/x-www-form-urlencoded` body.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Repeated> {
        let mut params = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text) {
            if params.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Repeated);
            }
        }
        params.retain(|_, value| !value.is_empty());
        Ok(Self(params))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A `scope` parameter, split (RFC 6749 §3.3).
    pub(crate) fn scopes(&self) -> Option<Vec<String>> {
        self.get("scope").map(|scope| scope.split_whitespace().map(str::to_owned).collect())
    }
}
