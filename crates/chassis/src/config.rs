//! Settings: a TOML file, and `LATCHKEY__SECTION__KEY` variables over it.
//!
//! Everything is parsed before anything opens, and nothing is guessed: a key that no section knows is an error that
//! says where it stands and what was probably meant. An error never shows a value, since any value may be a secret.

mod error;
mod nearest;
mod secret_file;
mod sections;
mod shown;
mod source;

use std::path::Path;

use figment::Figment;
use figment::providers::{Format, Toml};
use figment::value::Dict;
use serde::de::DeserializeOwned;

pub use error::ConfigError;
pub use secret_file::SecretFile;
pub use sections::{Listen, LogFormat, Telemetry, Tls};
pub use shown::{Shown, shown};

use self::source::{File, Variables};

/// Reads the settings of a process. `file` may be absent: then variables and defaults decide.
///
/// `T` and the structs in it say `#[serde(deny_unknown_fields)]`; that is what makes unknown keys errors.
///
/// # Errors
/// [`ConfigError`], whose text tells an operator what to change and where.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, ConfigError> {
    // A variable that is not UTF-8 cannot be one of ours.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    load_from(file, variables)
}

/// [`load`] with the variables of another environment than the process's own.
///
/// # Errors
/// As [`load`].
pub fn load_from<T: DeserializeOwned>(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    let settings = settings(file, variables)?;
    settings.extract().map_err(|error| error::explain(error, &settings))
}

fn settings(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Figment, ConfigError> {
    let mut settings = Figment::new();
    if let Some(path) = file {
        settings = settings.merge(File { path: path.to_owned(), content: parse(path)? });
    }
    Ok(settings.merge(Variables::ours(variables)))
}

fn parse(path: &Path) -> Result<Dict, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => ConfigError::NoFile { path: path.to_owned() },
        _ => ConfigError::Unreadable { path: path.to_owned(), source },
    })?;
    <Toml as Format>::from_str(&text).map_err(|error| {
        // The error's own text shows the line, and with it whatever stands there; so only its message is used.
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        ConfigError::Syntax { path: path.to_owned(), line, message: error.message().to_owned() }
    })
}

#[cfg(test)]
mod tests;
