use super::{about::document_from_pb, parse, reply::struct_to_pb, within};
use crate::{Fault, pb::vault as pb};
use latchkey_domain::IntegrationKey;
use latchkey_domain::session::{Preset, Presets};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn presets_to_pb(presets: Presets) -> BTreeMap<String, pb::Preset> {
    presets.into_iter().map(|(integration, preset)| (integration.to_string(), preset.into())).collect()
}

/// # Errors
/// [`Fault::field_invalid`] with the field that is malformed.
pub fn presets_from_pb(presets: BTreeMap<String, pb::Preset>) -> Result<Presets, Fault> {
    let read = |(integration, preset): (String, _)| {
        // A name is told again only once it is one.
        let key: IntegrationKey = parse("presets", &integration)?;
        let at = format!("presets[{key}]");
        Ok((key, within(&at, preset)?))
    };
    presets.into_iter().map(read).collect()
}

impl From<Preset> for pb::Preset {
    fn from(preset: Preset) -> Self {
        Self {
            scopes: preset.scopes,
            authorization_params: preset.authorization_params,
            inputs: preset.inputs,
            config: struct_to_pb(Value::Object(preset.config)),
            docs_url: preset.docs_url,
        }
    }
}

impl TryFrom<pb::Preset> for Preset {
    type Error = Fault;

    fn try_from(preset: pb::Preset) -> Result<Self, Fault> {
        Ok(Self {
            scopes: preset.scopes,
            authorization_params: preset.authorization_params,
            inputs: preset.inputs,
            config: document_from_pb("config", preset.config)?,
            docs_url: preset.docs_url,
        })
    }
}
