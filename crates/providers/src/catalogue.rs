//! The catalogue: the embedded entries, each parsed when it is first asked for, and whatever an operator added.

use crate::diagnosis::{self, Problem};
use crate::error::{CatalogueError, EntryError, UnknownProvider};
use crate::format::entry::Provider;
use crate::format::host::Trust;
use crate::format::read;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Every embedded entry as JSON, one after another.
const EMBEDDED: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));
/// Where each one is, by id in order.
const INDEX: &[(&str, usize, usize)] = include!(concat!(env!("OUT_DIR"), "/index.rs"));

/// How many names an unknown one is answered with.
const NEAR_MAX: usize = 3;

/// A set of providers. Cheap to clone; never changes.
#[derive(Clone)]
pub struct Catalogue {
    slots: Arc<BTreeMap<String, Arc<Slot>>>,
    overridden: Arc<BTreeSet<String>>,
    refused: Arc<Vec<Problem>>,
}

/// A file of an operator's.
struct Written {
    name: String,
    text: String,
    entry: Value,
}

struct Slot {
    source: Source,
    parsed: OnceLock<Result<Arc<Provider>, EntryError>>,
}

enum Source {
    Embedded(&'static str),
    /// An entry as it was written, after merging; kept so that others may extend it.
    Added(Value),
}

impl Catalogue {
    /// The entries that ship with the program. They were checked when it was built.
    #[must_use]
    pub fn embedded() -> Self {
        let slots = INDEX.iter().map(|&(id, start, end)| {
            let slot = Slot { source: Source::Embedded(&EMBEDDED[start..end]), parsed: OnceLock::new() };
            (id.to_owned(), Arc::new(slot))
        });
        Self { slots: Arc::new(slots.collect()), overridden: Arc::default(), refused: Arc::default() }
    }

    /// Adds an operator's own entries, one `<id>.yaml` per provider. The same checks apply as to the embedded ones;
    /// an entry with the id of an embedded one takes its place, which [`Self::overridden`] reports.
    /// A file that is wrong is left out and reported by [`Self::refused`]; it stops no other from loading.
    /// `trust` says how far their addresses are believed: `Public`, unless the operator works on loopback.
    ///
    /// # Errors
    /// Where the folder itself cannot be read.
    pub fn with_folder(&self, folder: impl AsRef<Path>, trust: Trust) -> Result<Self, CatalogueError> {
        let folder = folder.as_ref();
        let unreadable = |source| CatalogueError::Folder { path: folder.to_owned(), source };
        let listed = std::fs::read_dir(folder)
            .map_err(unreadable)?
            .collect::<Result<Vec<_>, _>>()
            .map_err(unreadable)?;
        let mut paths: Vec<_> = listed.into_iter().map(|file| file.path()).collect();
        paths.retain(|path| {
            path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
        });
        paths.sort();
        Ok(self.with_files(&paths, trust))
    }

    /// As [`Self::with_folder`], with these files.
    #[must_use]
    pub fn with_files(&self, paths: &[PathBuf], trust: Trust) -> Self {
        let mut refused = (*self.refused).clone();
        let mut raw = Vec::with_capacity(paths.len());
        for path in paths {
            match read_file(path) {
                Ok(file) => raw.push(file),
                Err(problem) => refused.push(problem),
            }
        }
        let known = self.known(&raw);
        let mut catalogue = self.clone();
        for file in &raw {
            match Self::read(file, &known, trust) {
                Ok((merged, provider)) => catalogue.put(merged, provider),
                Err(problems) => refused.extend(problems),
            }
        }
        catalogue.refused = Arc::new(refused);
        catalogue
    }

    /// Adds one entry, in YAML or JSON.
    pub fn with_entry(&self, text: &str, trust: Trust) -> Result<Self, CatalogueError> {
        let name = "the added entry";
        let entry = read::parse(name, text)?;
        let known =
            self.known(&[Written { name: name.to_owned(), text: String::new(), entry: entry.clone() }]);
        let merged = read::extend(name, entry, |id| known.get(id))?;
        let provider = read::check(name, &merged, trust)?;
        let mut catalogue = self.clone();
        catalogue.put(merged, provider);
        Ok(catalogue)
    }

    /// Every entry that the files extend.
    fn known(&self, files: &[Written]) -> BTreeMap<String, Value> {
        let extended = files.iter().filter_map(|file| file.entry.get("extends").and_then(Value::as_str));
        let find = |id: &str| {
            // What came along goes before what was there.
            let beside = files.iter().map(|file| &file.entry).find(|other| read::id_of(other) == Some(id));
            beside.cloned().or_else(|| self.slots.get(id).and_then(|slot| slot.raw()))
        };
        extended.filter_map(|id| Some((id.to_owned(), find(id)?))).collect()
    }

    fn read(
        file: &Written,
        known: &BTreeMap<String, Value>,
        trust: Trust,
    ) -> Result<(Value, Provider), Vec<Problem>> {
        let merged = read::extend(&file.name, file.entry.clone(), |id| known.get(id))
            .map_err(|error| vec![Problem::new(error, &file.text)])?;
        read::check(&file.name, &merged, trust)
            .map_err(|error| {
                let all = diagnosis::problems(&file.name, &file.text, &merged, trust);
                if all.is_empty() { vec![Problem::new(error, &file.text)] } else { all }
            })
            .map(|provider| (merged, provider))
    }

    fn put(&mut self, merged: Value, provider: Provider) {
        let id = provider.id.clone();
        let slot = Slot { source: Source::Added(merged), parsed: OnceLock::from(Ok(Arc::new(provider))) };
        if Arc::make_mut(&mut self.slots).insert(id.clone(), Arc::new(slot)).is_some() {
            Arc::make_mut(&mut self.overridden).insert(id);
        }
    }

    /// What is wrong with files that were left out.
    pub fn refused(&self) -> impl Iterator<Item = &Problem> {
        self.refused.iter()
    }

    /// An entry as it was written, with what it extends merged in.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<Value> {
        self.slots.get(id).and_then(|slot| slot.raw())
    }

    /// One provider by its id.
    pub fn get(&self, id: &str) -> Result<Arc<Provider>, UnknownProvider> {
        let found = self.slots.get(id).and_then(|slot| slot.provider(id).ok());
        found.ok_or_else(|| UnknownProvider { id: shown(id), near: self.near(id) })
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.slots.keys().map(String::as_str)
    }

    /// All providers, in the order of their ids.
    pub fn list(&self) -> impl Iterator<Item = Arc<Provider>> {
        self.slots.iter().filter_map(|(id, slot)| slot.provider(id).ok())
    }

    /// The ids of entries that took the place of another.
    pub fn overridden(&self) -> impl Iterator<Item = &str> {
        self.overridden.iter().map(String::as_str)
    }

    fn near(&self, id: &str) -> Vec<String> {
        let mut ranked: Vec<(usize, &String)> = self
            .slots
            .keys()
            .map(|known| (distance(id, known), known))
            .filter(|(distance, known)| {
                *distance <= 2 || (id.len() >= 3 && (known.starts_with(id) || id.starts_with(known.as_str())))
            })
            .collect();
        ranked.sort();
        ranked.into_iter().take(NEAR_MAX).map(|(_, known)| known.clone()).collect()
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalogue({} providers)", self.slots.len())
    }
}

impl Slot {
    fn provider(&self, id: &str) -> Result<Arc<Provider>, EntryError> {
        let parse = || match &self.source {
            // It was checked when it was embedded: no tree is made of it first, and no path is kept for an error.
            Source::Embedded(text) => read::embedded(id, text).map(Arc::new),
            Source::Added(entry) => read::decode(id, entry, Trust::Public).map(Arc::new),
        };
        self.parsed.get_or_init(parse).clone()
    }

    fn raw(&self) -> Option<Value> {
        match &self.source {
            Source::Embedded(text) => serde_json::from_str(text).ok(),
            Source::Added(entry) => Some(entry.clone()),
        }
    }
}

/// One file, named after the provider in it.
fn read_file(path: &Path) -> Result<Written, Problem> {
    let name = path.display().to_string();
    let problem = |line, field: &str, fix| Problem { file: name.clone(), line, field: field.into(), fix };
    let text = std::fs::read_to_string(path)
        .map_err(|error| problem(None, ".", format!("cannot be read: {error}")))?;
    let entry = read::parse(&name, &text).map_err(|error| {
        let place = serde_yaml_ng::from_str::<Value>(&text).err().and_then(|error| error.location());
        problem(place.map(|place| place.line()), ".", error.fix)
    })?;
    let stem = path.file_stem().and_then(std::ffi::OsStr::to_str);
    if read::id_of(&entry).is_none() || read::id_of(&entry) != stem {
        let fix = format!("must be the name of the file, `{}`", stem.unwrap_or_default());
        let error = EntryError { source_name: name, field: "id".into(), fix };
        return Err(Problem::new(error, &text));
    }
    Ok(Written { name, text, entry })
}

/// What somebody typed, short enough for a message.
fn shown(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Levenshtein's distance; long texts are far from everything.
pub fn distance(a: &str, b: &str) -> usize {
    const LENGTH_MAX: usize = 64;
    if a.len() > LENGTH_MAX {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_one_entry_parses_that_one_alone() {
        let catalogue = Catalogue::embedded();
        let parsed = |catalogue: &Catalogue| {
            let opened = catalogue.slots.iter().filter(|(_, slot)| slot.parsed.get().is_some());
            opened.map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        assert!(parsed(&catalogue).is_empty());
        catalogue.get("google-drive").unwrap();
        assert_eq!(parsed(&catalogue), ["google-drive"]);
        assert_eq!(catalogue.ids().count(), catalogue.slots.len());
        assert_eq!(parsed(&catalogue), ["google-drive"]);
    }
}
