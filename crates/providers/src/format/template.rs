//! The template language, parsed once. A rendered value is never parsed again, so what a user types cannot become a template.
//!
//! ```text
//! template = *( text / "$${" / "${" expr "}" )
//! expr     = term *( "??" term )
//! term     = string / number / call / ref
//! call     = name "(" [ expr *( "," expr ) ] ")"
//! ref      = space 1*( "." name )
//! string   = DQUOTE *( char / "\" ( DQUOTE / "\" / "n" ) ) DQUOTE
//! ```

use super::expression::{Expression, Reference, Space, Term};
use super::function::Function;
use serde::Deserialize;

/// Deep enough for any honest entry; a bound, so that no entry can exhaust the stack.
const DEPTH_MAX: usize = 12;

/// Text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Hole(Expression),
}

/// A template whose value may be bytes: a signing key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyTemplate(pub Template);

/// A template inside a JSON document: every text in it is one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum DocumentTemplate {
    Text(Template),
    /// A number, a truth value or null, sent as it is.
    Constant(serde_json::Value),
    List(Vec<DocumentTemplate>),
    Object(Vec<(String, DocumentTemplate)>),
}

/// Why a template does not parse, with the place counted in characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {place} of `{source_text}`")]
pub struct TemplateError {
    pub what: String,
    pub place: usize,
    pub source_text: String,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let template = Self::parse_bytes_allowed(text)?;
        let bytes = |part: &Part| matches!(part, Part::Hole(expression) if expression.yields_bytes());
        if template.parts.iter().any(bytes) {
            return Err(TemplateError {
                what: "bytes where text is needed (wrap them in hex(), base64() or base64url())".into(),
                place: 1,
                source_text: text.into(),
            });
        }
        Ok(template)
    }

    pub fn parse_bytes_allowed(text: &str) -> Result<Self, TemplateError> {
        // Most have no hole, and all of the catalogue may be opened at once.
        if !text.contains("${") {
            let whole = Some(text).filter(|text| !text.is_empty());
            return Ok(Self { parts: whole.map(|text| Part::Text(text.to_owned())).into_iter().collect() });
        }
        let mut parser = Parser { text, chars: text.chars().collect(), at: 0 };
        parser.template().map(|parts| Self { parts })
    }

    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        for part in &self.parts {
            if let Part::Hole(expression) = part {
                expression.references(&mut found);
            }
        }
        found
    }

    /// The text, if there is no hole in it.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl DocumentTemplate {
    /// Every reference in it, in reading order.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        match self {
            Self::Text(template) => found.extend(template.references()),
            Self::Constant(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.references(found)),
            Self::Object(fields) => fields.iter().for_each(|(_, value)| value.references(found)),
        }
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;
    fn try_from(text: String) -> Result<Self, TemplateError> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for KeyTemplate {
    type Error = TemplateError;
    fn try_from(text: String) -> Result<Self, TemplateError> {
        Template::parse_bytes_allowed(&text).map(Self)
    }
}

impl TryFrom<serde_json::Value> for DocumentTemplate {
    type Error = TemplateError;
    fn try_from(value: serde_json::Value) -> Result<Self, TemplateError> {
        use serde_json::Value;
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(&text)?),
            Value::Array(items) => {
                Self::List(items.into_iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => Self::Object(
                fields.into_iter().map(|(name, value)| Ok((name, Self::try_from(value)?))).collect::<Result<
                    _,
                    TemplateError,
                >>(
                )?,
            ),
            constant => Self::Constant(constant),
        })
    }
}

struct Parser<'a> {
    text: &'a str,
    chars: Vec<char>,
    at: usize,
}

impl Parser<'_> {
    fn template(&mut self) -> Result<Vec<Part>, TemplateError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        while self.at < self.chars.len() {
            if self.eat("$${") {
                text.push_str("${");
            } else if self.eat("${") {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Hole(self.expression(0)?));
                self.space();
                self.expect('}')?;
            } else {
                text.push(self.chars[self.at]);
                self.at += 1;
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(parts)
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, TemplateError> {
        if depth > DEPTH_MAX {
            return Err(self.error("calls nested too deeply"));
        }
        let mut terms = vec![self.term(depth)?];
        loop {
            self.space();
            if !self.eat("??") {
                return Ok(Expression { terms });
            }
            terms.push(self.term(depth)?);
        }
    }

    fn term(&mut self, depth: usize) -> Result<Term, TemplateError> {
        self.space();
        match self.chars.get(self.at) {
            Some('"') => self.string().map(Term::Text),
            Some(first) if first.is_ascii_digit() || matches!(first, '+' | '-') => {
                self.number().map(Term::Number)
            }
            Some(first) if first.is_ascii_alphabetic() => self.call_or_reference(depth),
            Some(_) => Err(self.error("expected a reference, a call, a \"string\" or a number")),
            None => Err(self.error("the template ends inside ${…}")),
        }
    }

    fn string(&mut self) -> Result<String, TemplateError> {
        let mut text = String::new();
        self.at += 1;
        while let Some(&next) = self.chars.get(self.at) {
            self.at += 1;
            match next {
                '"' => return Ok(text),
                '\\' => {
                    text.push(match self.chars.get(self.at) {
                        Some('"') => '"',
                        Some('\\') => '\\',
                        Some('n') => '\n',
                        _ => return Err(self.error("only \\\", \\\\ and \\n may follow a backslash")),
                    });
                    self.at += 1;
                }
                other => text.push(other),
            }
        }
        Err(self.error("a string is not closed"))
    }

    fn number(&mut self) -> Result<i64, TemplateError> {
        let start = self.at;
        self.at += 1;
        while self.chars.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        let digits: String = self.chars[start..self.at].iter().collect();
        digits.parse().map_err(|_| self.error("not a whole number"))
    }

    fn call_or_reference(&mut self, depth: usize) -> Result<Term, TemplateError> {
        let start = self.at;
        let name = self.name();
        if self.eat("(") {
            let Some(function) = Function::named(&name) else {
                self.at = start;
                return Err(self.error(&format!("there is no function `{name}`")));
            };
            return self.arguments(function, depth).map(|arguments| Term::Call { function, arguments });
        }
        let Some(space) = Space::named(&name) else {
            self.at = start;
            return Err(self.error(&format!("`{name}` is neither a space (app, conn, token, …) nor a call")));
        };
        let mut path = Vec::new();
        while self.eat(".") {
            let name = self.name();
            if name.is_empty() {
                return Err(self.error("a name must follow the dot"));
            }
            path.push(name);
        }
        if path.is_empty() {
            return Err(self.error(&format!("`{name}` alone is not a value: write {name}.something")));
        }
        Ok(Term::Reference(Reference { space, path }))
    }

    fn arguments(&mut self, function: Function, depth: usize) -> Result<Vec<Expression>, TemplateError> {
        let mut arguments = Vec::new();
        self.space();
        if !self.eat(")") {
            loop {
                arguments.push(self.expression(depth + 1)?);
                self.space();
                if self.eat(")") {
                    break;
                }
                self.expect(',')?;
            }
        }
        let (least, most) = function.arity();
        if arguments.len() < least || arguments.len() > most {
            return Err(self.error(&format!(
                "{}() does not take {} arguments",
                function.name(),
                arguments.len()
            )));
        }
        Ok(arguments)
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    fn space(&mut self) {
        while self.chars.get(self.at) == Some(&' ') {
            self.at += 1;
        }
    }

    fn eat(&mut self, expected: &str) -> bool {
        let found =
            expected.chars().enumerate().all(|(offset, c)| self.chars.get(self.at + offset) == Some(&c));
        if found {
            self.at += expected.chars().count();
        }
        found
    }

    fn expect(&mut self, expected: char) -> Result<(), TemplateError> {
        if self.chars.get(self.at) == Some(&expected) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(&format!("expected `{expected}`")))
    }

    fn error(&self, what: &str) -> TemplateError {
        TemplateError { what: what.into(), place: self.at + 1, source_text: self.text.into() }
    }
}
