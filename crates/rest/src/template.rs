//! Paths of `google.api.http` rules: `/v1/connections/{connection_id}:explain`. Pure.

use percent_encoding::percent_decode_str;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
    /// After the last segment's colon (AIP-136).
    verb: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Text(String),
    /// A field of the request, by its dotted path.
    Field(String),
}

impl Template {
    pub fn parse(text: &str) -> Self {
        let (path, verb) = match text.rsplit_once(':') {
            Some((path, verb)) if !verb.contains(['/', '}']) => (path, Some(verb.to_owned())),
            _ => (text, None),
        };
        let segment = |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(field) => Segment::Field(field.to_owned()),
            None => Segment::Text(text.to_owned()),
        };
        Self { segments: path.trim_start_matches('/').split('/').map(segment).collect(), verb }
    }

    /// The fields the path names, with their values; `None` where the path is another.
    ///
    /// A field's text is decoded after the path was cut, so that a value may hold any character, `/` and `:` as `%2F` and
    /// `%3A`.
    pub fn fields_of(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let path = match &self.verb {
            Some(verb) => path.strip_suffix(verb.as_str())?.strip_suffix(':')?,
            None => path,
        };
        let mut given = path.trim_start_matches('/').split('/');
        let mut fields = Vec::new();
        for segment in &self.segments {
            let text = given.next().filter(|text| !text.is_empty())?;
            match segment {
                Segment::Text(expected) if expected == text => {}
                Segment::Text(_) => return None,
                Segment::Field(name) => {
                    fields.push((name.as_str(), percent_decode_str(text).decode_utf8().ok()?.into_owned()));
                }
            }
        }
        given.next().is_none().then_some(fields)
    }

    pub fn has_verb(&self) -> bool {
        self.verb.is_some()
    }

    /// The fields the path names, in order.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Field(name) => Some(name.as_str()),
            Segment::Text(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_fields_and_a_verb() {
        let explain = Template::parse("/v1/connections/{connection_id}:explain");
        assert_eq!(
            explain.fields_of("/v1/connections/con_1:explain"),
            Some(vec![("connection_id", "con_1".into())])
        );
        assert_eq!(explain.fields_of("/v1/connections/con_1"), None);
        let get = Template::parse("/v1/integrations/{integration.key}");
        assert_eq!(
            get.fields_of("/v1/integrations/a%2Fb%3Ac"),
            Some(vec![("integration.key", "a/b:c".into())])
        );
        for other in
            ["/v1/integrations", "/v1/integrations/", "/v1/integrations/a/b", "/v2/integrations/a", "/"]
        {
            assert_eq!(get.fields_of(other), None, "{other}");
        }
        let watch = Template::parse("/v1/events:watch");
        assert_eq!(watch.fields_of("/v1/events:watch"), Some(vec![]));
        assert_eq!(watch.fields_of("/v1/events"), None);
    }
}
