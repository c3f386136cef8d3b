//! The generated code, one module per package. Only this crate and the services' gRPC handlers name these types.
//! A secret is an ordinary text in them, for as long as it takes to encode or parse it; their `Debug` leaves it out.

#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::expect_used)]

/// Every file's descriptors, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

pub mod faults {
    tonic::include_proto!("latchkey.faults.v1");
}

pub mod connection {
    tonic::include_proto!("latchkey.connection.v1");
}

pub mod vault {
    tonic::include_proto!("latchkey.vault.v1");
}

pub mod refresher {
    tonic::include_proto!("latchkey.refresher.v1");
}

pub mod connect {
    tonic::include_proto!("latchkey.connect.v1");
}

pub mod events {
    tonic::include_proto!("latchkey.events.v1");
}

pub mod catalog {
    tonic::include_proto!("latchkey.catalog.v1");
}

pub mod admin {
    tonic::include_proto!("latchkey.admin.v1");
}

include!(concat!(env!("OUT_DIR"), "/redacted.rs"));
