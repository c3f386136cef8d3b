//! What comes back with the user's browser (RFC 6749 §4.1.2). It is parsed once, here, and strictly: it was written by
//! whoever sent the browser.

use crate::{Inputs, scrub::Secrets};
use latchkey_providers::Provider;
use latchkey_secret::{AuthorizationCode, SecretText};

/// Longer than any code in use; what exceeds it is not one.
const CODE_MAX: usize = 4096;
/// Our own states are far shorter.
const STATE_MAX: usize = 512;
const ISS_MAX: usize = 2048;

/// An authorization response.
#[derive(Debug)]
pub enum Callback {
    Granted {
        code: AuthorizationCode,
        state: String,
        /// The issuer, where the server names itself (RFC 9207).
        iss: Option<String>,
    },
    /// Neither a code nor an error: the end of a visit that is no authorization, or a code under a vendor's own name.
    Visited { state: String, iss: Option<String> },
    Declined {
        state: String,
        error: Declined,
        /// At most 300 characters, without control characters.
        description: Option<String>,
        iss: Option<String>,
    },
}

/// Why there is no code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// The user said no.
    AccessDenied,
    UnauthorizedClient,
    InvalidRequest,
    UnsupportedResponseType,
    InvalidScope,
    ServerError,
    TemporarilyUnavailable,
    /// The user must still do something at the provider: log in, or consent.
    InteractionRequired,
    Other(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// RFC 6749 §3.1: parameters must not be included more than once.
    #[error("the parameter `{0}` is given more than once")]
    Duplicate(&'static str),
    #[error("the parameter `state` is missing")]
    StateMissing,
    #[error("what the provider was asked for is not in its answer")]
    Empty,
    /// An answer cannot be both. Which half to believe is not ours to guess.
    #[error("there are both a code and an error")]
    Contradiction,
    #[error("the parameter `{0}` is too long or holds characters it cannot have")]
    Malformed(&'static str),
}

impl Callback {
    /// Reads the parameters of a callback, already percent-decoded. Unknown ones are ignored (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// [`CallbackError`] where the response is not one this could be.
    pub fn parse<N: AsRef<str>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, CallbackError> {
        let mut seen = Parameters::default();
        for (name, value) in pairs {
            seen.take(name.as_ref(), value.into())?;
        }
        seen.into_callback()
    }

    /// The state we made, as it came back.
    #[must_use]
    pub fn state(&self) -> &str {
        match self {
            Self::Granted { state, .. } | Self::Visited { state, .. } | Self::Declined { state, .. } => state,
        }
    }

    #[must_use]
    pub fn iss(&self) -> Option<&str> {
        match self {
            Self::Granted { iss, .. } | Self::Visited { iss, .. } | Self::Declined { iss, .. } => {
                iss.as_deref()
            }
        }
    }
}

impl Declined {
    /// The word the provider used.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::Other(code) => code,
        }
    }

    fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "access_denied" => Self::AccessDenied,
            "unauthorized_client" => Self::UnauthorizedClient,
            "invalid_request" => Self::InvalidRequest,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            "server_error" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "interaction_required" | "login_required" | "consent_required" | "account_selection_required" => {
                Self::InteractionRequired
            }
            other => Self::Other(Secrets::default().code(other)?),
        })
    }
}

#[derive(Default)]
struct Parameters {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Parameters {
    fn take(&mut self, name: &str, value: String) -> Result<(), CallbackError> {
        let (name, slot) = match name {
            "code" => ("code", &mut self.code),
            "state" => ("state", &mut self.state),
            "iss" => ("iss", &mut self.iss),
            "error" => ("error", &mut self.error),
            "error_description" => ("error_description", &mut self.error_description),
            _ => return Ok(()),
        };
        if slot.is_some() {
            return Err(CallbackError::Duplicate(name));
        }
        *slot = Some(value);
        Ok(())
    }

    fn into_callback(self) -> Result<Callback, CallbackError> {
        let state = self.state.filter(|state| !state.is_empty()).ok_or(CallbackError::StateMissing)?;
        let state = visible("state", state, STATE_MAX)?;
        let iss = self.iss.map(|iss| visible("iss", iss, ISS_MAX)).transpose()?;
        // RFC 6749 §3.1: a parameter sent without a value is treated as omitted.
        let code = self.code.filter(|code| !code.is_empty());
        let error = self.error.filter(|error| !error.is_empty());
        match (code, error) {
            (Some(_), Some(_)) => Err(CallbackError::Contradiction),
            (None, None) => Ok(Callback::Visited { state, iss }),
            (Some(code), None) => {
                let code = AuthorizationCode::new(visible("code", code, CODE_MAX)?);
                Ok(Callback::Granted { code, state, iss })
            }
            (None, Some(error)) => {
                let error = Declined::parse(&error).ok_or(CallbackError::Malformed("error"))?;
                let description =
                    self.error_description.and_then(|text| Secrets::default().description(&text));
                Ok(Callback::Declined { state, error, description, iss })
            }
        }
    }
}

/// The code, under the name that the entry's provider has for it.
///
/// # Errors
/// [`CallbackError`] where it is missing, given twice, or none.
pub fn named_code(
    provider: &Provider,
    pairs: &[(String, String)],
) -> Result<AuthorizationCode, CallbackError> {
    let name = provider.obtain.callback.code.as_deref().ok_or(CallbackError::Empty)?;
    let mut found = pairs.iter().filter(|(given, value)| given == name && !value.is_empty());
    match (found.next(), found.next()) {
        (Some((_, code)), None) => Ok(AuthorizationCode::new(visible("code", code.clone(), CODE_MAX)?)),
        (None, _) => Err(CallbackError::Empty),
        (Some(_), Some(_)) => Err(CallbackError::Duplicate("code")),
    }
}

/// What a visit brought back, by the connection's field name; `None` where the provider does not say that it is done.
#[must_use]
pub fn visited_fields(provider: &Provider, pairs: &[(String, String)]) -> Option<Inputs> {
    let visit = provider.obtain.interaction.as_ref()?;
    let once = |parameter: &String| {
        let mut found = pairs.iter().filter(|(name, value)| name == parameter && !value.is_empty());
        // One given twice is nobody's to choose from.
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| SecretText::new(value.clone()))
    };
    visit.done_when_param.as_ref().map_or(Some(()), |parameter| once(parameter).map(drop))?;
    visit.set.iter().map(|(field, parameter)| Some((field.clone(), once(parameter)?))).collect()
}

/// RFC 6749 appendix A.5, A.11: VSCHAR.
fn visible(name: &'static str, value: String, max: usize) -> Result<String, CallbackError> {
    let fits = value.len() <= max && value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    fits.then_some(value).ok_or(CallbackError::Malformed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<Callback, CallbackError> {
        Callback::parse(pairs.iter().copied())
    }

    fn declined(code: &str) -> Declined {
        match parse(&[("error", code), ("state", "s")]).unwrap() {
            Callback::Declined { error, .. } => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_code_and_its_state_are_taken() {
        let callback =
            parse(&[("code", "canary_code"), ("state", "s1"), ("iss", "https://as.example"), ("x", "y")]);
        let Callback::Granted { code, state, iss } = callback.unwrap() else { panic!("declined") };
        assert_eq!((code.expose(), state.as_str()), ("canary_code", "s1"));
        assert_eq!(iss.as_deref(), Some("https://as.example"));
    }

    #[test]
    fn every_refusal_of_the_standard_is_told_apart() {
        assert_eq!(declined("access_denied"), Declined::AccessDenied);
        assert_eq!(declined("unauthorized_client"), Declined::UnauthorizedClient);
        assert_eq!(declined("invalid_request"), Declined::InvalidRequest);
        assert_eq!(declined("unsupported_response_type"), Declined::UnsupportedResponseType);
        assert_eq!(declined("invalid_scope"), Declined::InvalidScope);
        assert_eq!(declined("server_error"), Declined::ServerError);
        assert_eq!(declined("temporarily_unavailable"), Declined::TemporarilyUnavailable);
        for code in ["interaction_required", "login_required", "consent_required"] {
            assert_eq!(declined(code), Declined::InteractionRequired, "{code}");
        }
        assert_eq!(declined("app_blocked"), Declined::Other("app_blocked".into()));
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        for name in ["code", "state", "iss", "error", "error_description"] {
            let error = parse(&[(name, "a"), (name, "a"), ("state", "s")]).unwrap_err();
            assert!(matches!(error, CallbackError::Duplicate(_)), "{name}: {error:?}");
        }
    }

    #[test]
    fn an_answer_to_no_question_of_ours_is_refused() {
        assert_eq!(parse(&[("code", "c")]).unwrap_err(), CallbackError::StateMissing);
        assert_eq!(parse(&[("code", "c"), ("state", "")]).unwrap_err(), CallbackError::StateMissing);
        assert!(matches!(parse(&[("state", "s"), ("x", "y")]), Ok(Callback::Visited { .. })));
        assert_eq!(
            parse(&[("state", "s"), ("code", "c"), ("error", "access_denied")]).unwrap_err(),
            CallbackError::Contradiction
        );
    }

    #[test]
    fn characters_a_code_cannot_have_are_refused() {
        for code in ["a\r\nX: 1", "a\0", "é", &"x".repeat(CODE_MAX + 1)] {
            assert_eq!(
                parse(&[("state", "s"), ("code", code)]).unwrap_err(),
                CallbackError::Malformed("code")
            );
        }
    }

    #[test]
    fn an_explanation_is_short_and_on_one_line() {
        let long = format!("a\r\nb{}", "c".repeat(400));
        let callback =
            parse(&[("error", "access_denied"), ("error_description", &long), ("state", "s")]).unwrap();
        let Callback::Declined { description: Some(text), .. } = callback else { panic!("no description") };
        assert!(text.starts_with("abc") && text.chars().count() == 300, "{text}");
    }
}
