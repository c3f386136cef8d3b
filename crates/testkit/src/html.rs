//! The forms of a page, as a browser would find them.

use html5gum::{Token, Tokenizer};

/// A form with what its fields hold.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    pub method: String,
    /// Names and values of its fields, hidden ones too; buttons are not among them.
    pub fields: Vec<(String, String)>,
    /// Names and values of the buttons that have a name.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// Whether it has a field of this name.
    #[must_use]
    pub fn asks_for(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// Types into a field, or adds what the page does not have.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut open: Option<Form> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &str| {
                    let value = tag.attributes.get(name.as_bytes());
                    value.map(|value| String::from_utf8_lossy(value).into_owned())
                };
                let named = || Some((attribute("name")?, attribute("value").unwrap_or_default()));
                match (&tag.name[..], &mut open) {
                    (b"form", _) => {
                        open = Some(Form {
                            action: attribute("action").unwrap_or_default(),
                            method: attribute("method").unwrap_or_default(),
                            ..Form::default()
                        });
                    }
                    (b"button", Some(form)) => form.buttons.extend(named()),
                    (b"input" | b"select" | b"textarea", Some(form)) => form.fields.extend(named()),
                    _ => {}
                }
            }
            Token::EndTag(tag) if &tag.name[..] == b"form" => forms.extend(open.take()),
            _ => {}
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_found_with_its_fields_and_buttons() {
        let html = r#"<p><form method=post action="/a?b&amp;c"><input name="x" value="1 &lt; 2"><input type=text>
            <button name=decision value="no">No</button><button type=submit>Go</button></form><input name=out>"#;
        let forms = forms(html);
        assert_eq!(forms.len(), 1);
        assert_eq!((forms[0].action.as_str(), forms[0].method.as_str()), ("/a?b&c", "post"));
        assert_eq!(forms[0].fields, [("x".to_owned(), "1 < 2".to_owned())]);
        assert_eq!(forms[0].buttons, [("decision".to_owned(), "no".to_owned())]);
    }
}
