//! What stands between `${` and `}`: references, literals and calls, the first defined of which counts.

use super::function::Function;
use std::fmt;

/// Alternatives in order (`a ?? b`); the first that is defined and not empty is the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Text(String),
    Number(i64),
    Call { function: Function, arguments: Vec<Expression> },
    Reference(Reference),
}

/// `conn.subdomain`: a space and the path of names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub space: Space,
    pub path: Vec<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// The integration: client id and secret, and what the developer filled in.
    App,
    /// The connection: what the user typed, and what was captured from answers.
    Conn,
    /// The credential.
    Token,
    /// A second credential that came with the first.
    Companion,
    /// The authorization in progress.
    Flow,
    /// The answer of an earlier step.
    Step,
    /// A signed assertion made for this request.
    Assertion,
    /// The request being signed.
    Req,
}

impl Space {
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "app" => Self::App,
            "conn" => Self::Conn,
            "token" => Self::Token,
            "companion" => Self::Companion,
            "flow" => Self::Flow,
            "step" => Self::Step,
            "assertion" => Self::Assertion,
            "req" => Self::Req,
            _ => return None,
        })
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Conn => "conn",
            Self::Token => "token",
            Self::Companion => "companion",
            Self::Flow => "flow",
            Self::Step => "step",
            Self::Assertion => "assertion",
            Self::Req => "req",
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.space.name(), self.path.join("."))
    }
}

impl Expression {
    /// Every reference in it, in reading order, those inside calls included.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        for term in &self.terms {
            match term {
                Term::Reference(reference) => found.push(reference),
                Term::Call { arguments, .. } => arguments.iter().for_each(|each| each.references(found)),
                Term::Text(_) | Term::Number(_) => {}
            }
        }
    }

    #[must_use]
    pub fn yields_bytes(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Call { function, .. } if function.yields_bytes()))
    }
}
