use http::HeaderValue;

/// What a page may load and who may show it in a frame: the Content-Security-Policy of a page that runs a program from
/// here. Only files of this server run; nothing inline does, and strings become markup nowhere (Trusted Types).
#[derive(Debug, Clone, Default)]
pub struct Policy {
    framed_by: Vec<String>,
    forms_to: Vec<String>,
    images_from: Vec<String>,
}

impl Policy {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The origins whose pages may show this one in a frame; nobody's, where it is not said.
    #[must_use]
    pub fn framed_by(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.framed_by.extend(origins);
        self
    }

    /// Where, besides here, a form's answer may send the browser on to.
    #[must_use]
    pub fn forms_to(mut self, sources: impl IntoIterator<Item = String>) -> Self {
        self.forms_to.extend(sources);
        self
    }

    /// Where, besides here, pictures come from, such as a customer's logo.
    #[must_use]
    pub fn images_from(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.images_from.extend(origins);
        self
    }

    /// The header's value. What could not be in a header, or would begin another directive, is left out, so a page is
    /// never less protected than this says.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        let sources = |sources: &[String]| -> String {
            sources.iter().filter(|source| is_source(source)).map(|source| format!(" {source}")).collect()
        };
        let framed_by = match sources(&self.framed_by) {
            nobody if nobody.is_empty() => " 'none'".to_owned(),
            origins => origins,
        };
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{}; font-src 'self'; \
             connect-src 'self'; form-action 'self'{}; base-uri 'none'; object-src 'none'; \
             frame-ancestors{framed_by}; require-trusted-types-for 'script'",
            sources(&self.images_from),
            sources(&self.forms_to),
        );
        HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    }
}

/// A scheme, or an origin that may have `*` as its port.
fn is_source(text: &str) -> bool {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || ":/.-*[]".contains(sign);
    !text.is_empty() && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_framed_by_nobody_unless_it_says_by_whom() {
        let said = |policy: Policy| policy.header().to_str().unwrap().to_owned();
        assert!(said(Policy::new()).contains("frame-ancestors 'none'"));
        let framed = said(Policy::new().framed_by(["https://app.example.com".to_owned()]));
        assert!(framed.contains("frame-ancestors https://app.example.com;"), "{framed}");
        assert!(!framed.contains("unsafe"));
    }

    #[test]
    fn an_origin_cannot_bring_a_directive_of_its_own() {
        let policy = Policy::new().framed_by(["https://x; script-src *".to_owned(), "a b".to_owned()]);
        assert!(policy.header().to_str().unwrap().contains("frame-ancestors 'none'"));
    }
}
