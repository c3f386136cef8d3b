use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// Files of a customer's logo, for light and dark pages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logos {
    pub light: Option<PathBuf>,
    pub dark: Option<PathBuf>,
}

/// A picture, as it is served.
#[derive(Debug, Clone)]
pub struct Logo {
    pub content_type: &'static str,
    pub bytes: Arc<[u8]>,
}

/// More than a logo needs, and less than makes people wait.
const BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    #[error("the logo {0} cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    #[error("the logo {0} must be an .svg, .png or .webp file of at most 256 KiB")]
    Unfit(PathBuf),
}

impl Logo {
    pub(super) fn read(path: &Path) -> Result<Self, LogoError> {
        let unfit = || LogoError::Unfit(path.to_owned());
        let content_type = match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("webp") => "image/webp",
            _ => return Err(unfit()),
        };
        let bytes = fs::read(path).map_err(|error| LogoError::Unreadable(path.to_owned(), error))?;
        if bytes.is_empty() || bytes.len() > BYTES_MAX {
            return Err(unfit());
        }
        Ok(Self { content_type, bytes: bytes.into() })
    }
}
