use secrecy::{ExposeSecret, SecretBox, SecretString};
use std::fmt;

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(SecretString);

        impl $name {
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(SecretString::from(text))
            }

            /// The secret itself. Every caller is a place where it leaves for a provider, a sealer or a caller entitled to it.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    };
}

secret_text!(
    /// What a request to the provider's API is authorized with (RFC 6749 §1.4).
    AccessToken
);
secret_text!(
    /// What the next access token is obtained with (RFC 6749 §1.5).
    RefreshToken
);
secret_text!(
    /// What an integration proves itself with at the token endpoint (RFC 6749 §2.3.1).
    ClientSecret
);
secret_text!(
    /// The secret half of PKCE (RFC 7636 §4.1).
    CodeVerifier
);
secret_text!(
    /// What the authorization response carries, good for one exchange (RFC 6749 §1.3.1).
    AuthorizationCode
);
secret_text!(
    /// Any other secret text: an API key, a password, a signed header, a session token.
    SecretText
);

macro_rules! kept_as_text {
    ($($name:ident),+) => {$(
        impl $name {
            /// To and from a field of a document of secrets, without showing it.
            #[must_use]
            pub fn into_text(self) -> SecretText {
                SecretText(self.0)
            }

            #[must_use]
            pub fn from_text(text: SecretText) -> Self {
                Self(text.0)
            }
        }
    )+};
}

kept_as_text!(ClientSecret, CodeVerifier);

/// A secret document: JSON text whose every value is treated as secret.
/// It is how several secrets that live and die together are sealed as one.
pub struct JsonSecret(SecretString);

impl JsonSecret {
    #[must_use]
    pub fn new(json: String) -> Self {
        Self(SecretString::from(json))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for JsonSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonSecret(..)")
    }
}

/// What one refresh's answers are encrypted with on their way to the vault. Made for one claim and forgotten after it.
pub struct JournalKey(SecretBox<[u8; 32]>);

impl JournalKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JournalKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_print_shows_the_type_alone() {
        let printed =
            format!("{:?} {:?}", AccessToken::new("canary_a".into()), JsonSecret::new("canary_b".into()));
        assert_eq!(printed, "AccessToken(..) JsonSecret(..)");
    }
}
