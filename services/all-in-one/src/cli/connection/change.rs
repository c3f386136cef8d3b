//! `latchkey connection update|disable|enable`.

use super::super::server::answer;
use super::{Connections, One, show_one};
use crate::output;
use anyhow::{Context as _, bail};
use latchkey_wire::convert::struct_to_pb;
use latchkey_wire::pb::connection as pb;
use prost_types::{FieldMask, Struct};
use std::collections::BTreeMap;

#[derive(clap::Args)]
pub struct Update {
    /// The connection, con_…
    connection: String,
    /// Your own id for it; empty for none
    #[arg(long)]
    external_id: Option<String>,
    /// Its name for people; empty for none
    #[arg(long)]
    display_name: Option<String>,
    /// A tag; all it has are replaced by those that are given
    #[arg(long, value_name = "NAME=VALUE")]
    tag: Vec<String>,
    /// It shall have no tags
    #[arg(long, conflicts_with = "tag")]
    no_tags: bool,
    /// A JSON object in the place of its metadata
    #[arg(long, value_name = "JSON")]
    metadata: Option<String>,
    /// A JSON object in the place of its config
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
    /// Where its webhooks in the compatible format go; empty for the endpoints' addresses
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Only if it has this etag still
    #[arg(long)]
    etag: Option<String>,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy)]
pub enum Switch {
    On,
    Off,
}

pub async fn update(connections: &mut Connections, update: Update) -> anyhow::Result<()> {
    let json = update.json;
    let request = update.request()?;
    let updated = answer(connections.update_connection(request)).await?.connection.unwrap_or_default();
    show_one(&updated, json);
    Ok(())
}

pub async fn switch(connections: &mut Connections, one: One, switch: Switch) -> anyhow::Result<()> {
    let One { connection: connection_id, json } = one;
    let switched = match switch {
        Switch::On => {
            answer(connections.enable_connection(pb::EnableConnectionRequest { connection_id }))
                .await?
                .connection
        }
        Switch::Off => {
            answer(connections.disable_connection(pb::DisableConnectionRequest { connection_id }))
                .await?
                .connection
        }
    };
    if !json {
        output::note(match switch {
            Switch::On => "Switched on.",
            Switch::Off => "Switched off. `latchkey connection enable` switches it on again.",
        });
    }
    show_one(&switched.unwrap_or_default(), json);
    Ok(())
}

impl Update {
    fn request(self) -> anyhow::Result<pb::UpdateConnectionRequest> {
        let given = [
            ("external_id", self.external_id.is_some()),
            ("display_name", self.display_name.is_some()),
            ("tags", self.no_tags || !self.tag.is_empty()),
            ("metadata", self.metadata.is_some()),
            ("config", self.config.is_some()),
            ("webhook_url", self.webhook_url.is_some()),
        ];
        let paths: Vec<_> =
            given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.to_owned()).collect();
        if paths.is_empty() {
            bail!("Say what is to change: see `latchkey connection update --help`.");
        }
        Ok(pb::UpdateConnectionRequest {
            connection_id: self.connection,
            update_mask: Some(FieldMask { paths }),
            etag: self.etag.unwrap_or_default(),
            external_id: self.external_id.unwrap_or_default(),
            display_name: self.display_name.unwrap_or_default(),
            tags: tags(&self.tag)?,
            metadata: self.metadata.as_deref().map(|text| document("--metadata", text)).transpose()?,
            config: self.config.as_deref().map(|text| document("--config", text)).transpose()?,
            webhook_url: self.webhook_url.unwrap_or_default(),
        })
    }
}

pub(super) fn tags(texts: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let tag = |text: &String| {
        let (name, value) = text.split_once('=').context("Write a tag as --tag name=value.")?;
        Ok((name.to_owned(), value.to_owned()))
    };
    texts.iter().map(tag).collect()
}

pub(super) fn document(argument: &str, text: &str) -> anyhow::Result<Struct> {
    let read = serde_json::from_str(text).ok().and_then(struct_to_pb);
    read.with_context(|| format!("{argument} must be one JSON object, for instance '{{\"plan\":\"pro\"}}'."))
}
