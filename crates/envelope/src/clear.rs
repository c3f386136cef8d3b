use latchkey_secret::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, JournalKey, JsonSecret, RefreshToken,
    SecretText,
};

/// A secret that can be sealed: it has bytes, and can be made of them again.
pub trait Clear: Sized {
    fn bytes(&self) -> &[u8];

    /// `None` where the bytes are not such a secret. The caller wipes `bytes`; an implementation makes one exact copy,
    /// so that no larger buffer with the secret is left behind.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

macro_rules! text {
    ($($name:ty),+) => {$(
        impl Clear for $name {
            fn bytes(&self) -> &[u8] {
                self.expose().as_bytes()
            }

            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                std::str::from_utf8(bytes).ok().map(|text| Self::new(text.to_owned()))
            }
        }
    )+};
}

text!(AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, JsonSecret, RefreshToken, SecretText);

impl Clear for JournalKey {
    fn bytes(&self) -> &[u8] {
        self.expose()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }
}
