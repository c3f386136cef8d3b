//! The commands: each asks a server over gRPC, as any backend would, and shows the answer.

mod audit;
mod backup;
mod browse;
pub mod completion;
mod config;
mod connect;
mod connection;
mod demo;
mod doctor;
mod door;
mod duration;
mod env;
mod events;
mod export;
mod following;
mod import;
mod incident;
mod init;
mod integration;
mod key;
mod keys;
mod logs;
mod migrate;
mod offline;
mod operator;
mod page;
mod provider;
mod proxy;
mod public_keys;
mod receipt;
mod refresh;
mod safe_mode;
mod server;
mod show;
mod support_bundle;
mod token;
mod webhook;

pub use server::Server;

use clap::Subcommand;
use latchkey_chassis::in_a_line;
use latchkey_wire::Fault;

#[derive(Subcommand)]
pub enum Command {
    /// Let an end user connect an account
    Connect(connect::Arguments),
    /// Be given a token that works
    Token(token::Arguments),
    /// Call a provider's API with a connection's credential, or see what would be sent
    Proxy(Box<proxy::Arguments>),
    /// See connections, what is wrong with one, and delete one
    Connection(connection::Arguments),
    /// Watch what happens to connections
    Events(events::Arguments),
    /// See what was tried with providers: attempts, refreshes, revocations, step by step
    Logs(logs::Arguments),
    /// See who was given which credential; export what was recorded, signed, and check an export
    Audit(audit::Arguments),
    /// Get the signed receipt of a deletion, and check one
    Receipt(receipt::Arguments),
    /// See what is wrong with apps and providers, and so with no single connection
    Incident(incident::Arguments),
    /// Take connections over from elsewhere, with nobody logging in again
    Import(Box<import::Arguments>),
    /// Write an environment's connections to a file, encrypted, for another server to import
    Export(export::Arguments),
    /// Register your apps at providers
    Integration(integration::Arguments),
    /// Have a say in when tokens are refreshed
    Refresh(refresh::Arguments),
    /// See which providers there are
    Provider(provider::Arguments),
    /// Make, copy and end environments
    Env(env::Arguments),
    /// Make and revoke API keys
    Key(key::Arguments),
    /// Let people into the dashboard
    Operator(operator::Arguments),
    /// See, rotate and rewrap the keys that seal credentials
    Keys(keys::Arguments),
    /// See and apply migrations of the database
    Migrate(migrate::Arguments),
    /// Back the database up, check backups, and restore one
    Backup(backup::Arguments),
    /// See and leave the mode in which nothing is refreshed, after a backup was restored
    SafeMode(safe_mode::Arguments),
    /// Write a settings file to begin with, and say what is yet to be decided
    Init(init::Arguments),
    /// Check settings, and see where each comes from
    Config(config::Arguments),
    /// Find what is wrong with an installation, each with what to do
    Doctor(doctor::Arguments),
    /// Put what somebody who helps needs to know into one file, without secrets
    SupportBundle(support_bundle::Arguments),
    /// Have your backend told what happens, over HTTP
    Webhook(webhook::Arguments),
    /// Play the end user, or break the demo provider on purpose
    Demo(demo::Arguments),
}

impl Command {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Connect(arguments) => arguments.run().await,
            Self::Token(arguments) => arguments.run().await,
            Self::Proxy(arguments) => arguments.run().await,
            Self::Connection(arguments) => arguments.run().await,
            Self::Events(arguments) => arguments.run().await,
            Self::Logs(arguments) => arguments.run().await,
            Self::Audit(arguments) => arguments.run().await,
            Self::Receipt(arguments) => arguments.run().await,
            Self::Incident(arguments) => arguments.run().await,
            Self::Import(arguments) => arguments.run().await,
            Self::Export(arguments) => arguments.run().await,
            Self::Integration(arguments) => arguments.run().await,
            Self::Refresh(arguments) => arguments.run().await,
            Self::Provider(arguments) => arguments.run().await,
            Self::Env(arguments) => arguments.run().await,
            Self::Key(arguments) => arguments.run().await,
            Self::Operator(arguments) => arguments.run().await,
            Self::Keys(arguments) => arguments.run().await,
            Self::Migrate(arguments) => arguments.run().await,
            Self::Backup(arguments) => arguments.run().await,
            Self::SafeMode(arguments) => arguments.run().await,
            Self::Init(arguments) => arguments.run(),
            Self::Config(arguments) => arguments.run(),
            Self::Doctor(arguments) => arguments.run().await,
            Self::SupportBundle(arguments) => arguments.run().await,
            Self::Webhook(arguments) => arguments.run().await,
            Self::Demo(arguments) => arguments.run().await,
        }
    }
}

/// An error for people: the sentence, and where a service refused, the reason programs branch on.
pub fn told(error: &anyhow::Error) -> String {
    let Some(fault) = error.downcast_ref::<Fault>() else { return format!("error: {}", chain(error)) };
    let mut text = format!("error: {}\nreason: {}", fault.message, fault.reason.word());
    for (name, value) in &fault.metadata {
        text.push_str(&format!("\n{name}: {value}"));
    }
    if let Some(wait) = fault.retry_after {
        text.push_str(&format!("\ntry again in: {} s", wait.as_secs().max(1)));
    }
    text
}

/// An error and its causes.
fn chain(error: &anyhow::Error) -> String {
    in_a_line(&**error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_wire::{Kind, Reason};

    #[test]
    fn a_refusal_is_told_with_its_reason_and_details() {
        let fault = Fault::new(Kind::Refused, Reason::ReauthRequired, "Connect again.")
            .with("cause", "GRANT_REVOKED");
        assert_eq!(
            told(&fault.into()),
            "error: Connect again.\nreason: REAUTH_REQUIRED\ncause: GRANT_REVOKED"
        );
    }
}
