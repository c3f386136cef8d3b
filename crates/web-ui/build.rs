//! Puts every file of `dist` into the program, beside its compressed form and a tag of its content. Node is not asked:
//! `dist` is in the repository, and a test holds it against its sources.

use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The most that the format has; it is paid once in a build.
const QUALITY: u32 = 11;
const WINDOW: u32 = 22;

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("dist");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=dist");
    let mut files = Vec::new();
    list(&dist, &mut files)?;
    files.sort();
    let mut whole = Sha256::new();
    let mut table = String::from("static FILES: &[File] = &[\n");
    for (number, path) in files.iter().enumerate() {
        let name = path.strip_prefix(&dist)?.to_str().ok_or("a file's name is not UTF-8")?.replace('\\', "/");
        let Some(content_type) = content_type(&name) else { continue };
        println!("cargo::rerun-if-changed={}", path.display());
        let bytes = fs::read(path)?;
        whole.update(name.as_bytes());
        whole.update(&bytes);
        let packed = out.join(format!("{number}.br"));
        fs::write(&packed, compressed(&bytes)?)?;
        writeln!(
            table,
            "    File {{ name: {name:?}, content_type: {content_type:?}, etag: \"\\\"{}\\\"\", bytes: include_bytes!({path:?}), brotli: include_bytes!({packed:?}) }},",
            &hex::encode(Sha256::digest(&bytes))[..32],
        )?;
    }
    table.push_str("];\n");
    writeln!(
        table,
        "/// Of all files together.\nconst BUILD: &str = {:?};",
        &hex::encode(whole.finalize())[..16]
    )?;
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// `None` for what is not served.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "json" if name.starts_with("locales/") => Some("application/json"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, QUALITY, WINDOW);
        io::Write::write_all(&mut writer, bytes)?;
    }
    Ok(packed)
}
