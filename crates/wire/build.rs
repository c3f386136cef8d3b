//! Generates the protobuf code, without needing `protoc`, and the descriptors for reflection. A message with a field
//! marked `debug_redact` gets a `Debug` that leaves that field out.

use protox::prost_reflect::{DescriptorPool, FieldDescriptor, MessageDescriptor};
use std::{
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    find(&root, &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;

    let secretive = secretive(&compiler.descriptor_pool());
    fs::write(out.join("redacted.rs"), redacted(&secretive)?)?;
    tonic_prost_build::configure()
        .btree_map(".")
        .skip_debug(secretive.iter().map(|message| format!(".{}", message.full_name())))
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

/// The messages that have a field that must not be printed.
fn secretive(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    pool.all_messages().filter(|message| message.fields().any(|field| is_secret(&field))).collect()
}

fn is_secret(field: &FieldDescriptor) -> bool {
    field.options().get_field_by_name("debug_redact").is_some_and(|marked| marked.as_bool() == Some(true))
}

/// One `Debug` per message. Each names every field, so that it does not compile once it is out of date.
fn redacted(messages: &[MessageDescriptor]) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for message in messages {
        let name = message.name();
        let Some(module) =
            message.package_name().strip_prefix("latchkey.").and_then(|p| p.strip_suffix(".v1"))
        else {
            return Err(format!("{} is outside latchkey.*.v1", message.full_name()).into());
        };
        if message.oneofs().len() > 0 || message.parent_message().is_some() {
            return Err(format!("{}: mark secrets in plain messages only", message.full_name()).into());
        }
        let mut pattern = String::new();
        let mut shown = String::new();
        for field in message.fields() {
            let (field_name, secret) = (field.name(), is_secret(&field));
            write!(pattern, "{field_name}{}, ", if secret { ": _" } else { "" })?;
            let value = if secret { "&format_args!(\"(..)\")" } else { field_name };
            write!(shown, ".field(\"{field_name}\", {value})")?;
        }
        writeln!(
            code,
            "impl ::core::fmt::Debug for {module}::{name} {{\n    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) \
             -> ::core::fmt::Result {{\n        let Self {{ {pattern}}} = self;\n        \
             f.debug_struct(\"{name}\"){shown}.finish()\n    }}\n}}"
        )?;
    }
    Ok(code)
}
