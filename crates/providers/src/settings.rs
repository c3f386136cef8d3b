//! The catalogue's section of a service's configuration.

use crate::{Catalogue, CatalogueError, Trust};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A folder with the operator's own provider files, read at start.
    pub path: Option<PathBuf>,
    /// Lets those files name plain http on loopback addresses. For trials and tests.
    pub allow_loopback: bool,
}

impl Settings {
    /// The embedded catalogue with the operator's own files.
    ///
    /// # Errors
    /// [`CatalogueError`] where the folder cannot be read. A file that is wrong is left out: [`Catalogue::refused`].
    pub fn open(&self) -> Result<Catalogue, CatalogueError> {
        let trust = if self.allow_loopback { Trust::Loopback } else { Trust::Public };
        let catalogue = Catalogue::embedded();
        self.path.as_ref().map_or(Ok(catalogue.clone()), |path| catalogue.with_folder(path, trust))
    }
}
