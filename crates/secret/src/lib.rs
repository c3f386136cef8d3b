//! What must never be printed.
//!
//! A secret in the clear has no `Clone`, `Display` or `Serialize`, and its `Debug` shows its type alone. It is wiped
//! when dropped. The only way to its bytes is `expose()`, whose callers are listed in `tests/tidy`.
//! A secret at rest is [`Sealed<T>`]: ciphertext that remembers what it will be when it is opened.

mod clear;
mod grant;
mod sealed;

pub use clear::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, JournalKey, JsonSecret, RefreshToken,
    SecretText,
};
pub use grant::{Account, Grant, Handout, InvalidSecret, Renewal, Signer};
pub use sealed::Sealed;
