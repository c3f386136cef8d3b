//! What is kept with a connection's fields and was neither typed nor captured under a name of the entry's: its name begins with
//! a space of the templates and a dot, which no field's name has.

/// A token that a renewal needs and is none of RFC 6749 §6: `token.access_token`.
pub(crate) const TOKEN: &str = "token";
/// Signed once, of what was then forgotten: `assertion.client`.
pub(crate) const ASSERTION: &str = "assertion";
/// Second credentials: `companion.user.access_token`.
pub(crate) const COMPANION: &str = "companion";

/// The space and the name in it; `None` for a field.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once('.').filter(|(space, _)| matches!(*space, TOKEN | ASSERTION | COMPANION))
}

/// Whether it renews, and so is none of the business of who uses the credential.
pub(crate) fn is_renewing(name: &str) -> bool {
    split(name).is_some_and(|(space, name)| space != COMPANION || name.ends_with(".refresh_token"))
}
