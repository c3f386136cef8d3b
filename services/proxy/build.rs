//! Generates the code for Envoy's external authorization, without needing `protoc`. What of it holds a credential or a
//! caller's key is not printed.

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let files = ["envoy/service/auth/v3/external_auth.proto"];
    let descriptors = protox::compile(files, [&root])?;
    tonic_prost_build::configure()
        .skip_debug([".envoy", ".rpc"])
        .include_file("envoy.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
