//! Checks every entry of `catalogue/providers` with the code that checks an operator's own, and embeds them as one text.

#[allow(dead_code)]
#[path = "src/format/mod.rs"]
mod format;

use format::host::Trust;
use format::read;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=catalogue/providers");
    println!("cargo::rerun-if-changed=src/format");
    let mut raw: BTreeMap<String, (String, Value)> = BTreeMap::new();
    for file in fs::read_dir("catalogue/providers")? {
        let path = file?.path();
        let name = path.display().to_string();
        let entry = read::parse(&name, &fs::read_to_string(&path)?)?;
        let stem = path.file_stem().and_then(std::ffi::OsStr::to_str).unwrap_or_default().to_owned();
        if read::id_of(&entry) != Some(&stem) {
            return Err(format!("{name}: id: must be the name of the file, `{stem}`").into());
        }
        raw.insert(stem, (name, entry));
    }
    let mut blob = String::new();
    let mut index = String::from("&[\n");
    for (id, (name, entry)) in &raw {
        let merged = read::extend(name, entry.clone(), |base| raw.get(base).map(|(_, entry)| entry))?;
        read::check(name, &merged, Trust::Public)?;
        let start = blob.len();
        blob.push_str(&serde_json::to_string(&merged)?);
        index.push_str(&format!("({id:?}, {start}, {}),\n", blob.len()));
        blob.push('\n');
    }
    index.push(']');
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("catalogue.json"), blob)?;
    fs::write(Path::new(&out).join("index.rs"), index)?;
    Ok(())
}
