//! What a link settles beforehand: the provider is asked otherwise, or the end user is not asked.

use anyhow::ensure;
use latchkey_wire::convert::struct_to_pb;
use latchkey_wire::pb::connect as pb;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(clap::Args)]
pub struct Preset {
    /// A scope to ask for in the place of the integration's; give it several times
    #[arg(long)]
    scope: Vec<String>,
    /// A parameter of the authorization request, such as prompt=login; with nothing after the = the catalogue's is left out
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<(String, String)>,
    /// What the end user would type, such as subdomain=acme; nothing secret
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    input: Vec<(String, String)>,
    /// Kept in the new connection's config, such as region=eu; a value that is JSON is kept as that
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    config: Vec<(String, String)>,
    /// Your own page of help, shown beside the form
    #[arg(long, value_name = "URL", default_value_t)]
    docs_url: String,
}

impl Preset {
    /// For each of the integrations that the link offers.
    ///
    /// # Errors
    /// Where something is to be settled, and it is not said for which.
    pub fn of_each(
        &self,
        integrations: &[String],
    ) -> anyhow::Result<BTreeMap<String, pb::IntegrationPreset>> {
        if self.is_empty() {
            return Ok(BTreeMap::new());
        }
        ensure!(
            !integrations.is_empty(),
            "Name the connection's integration with --integration, for which this is to be settled."
        );
        Ok(integrations.iter().map(|key| (key.clone(), self.told())).collect())
    }

    fn is_empty(&self) -> bool {
        let Self { scope, param, input, config, docs_url } = self;
        scope.is_empty() && param.is_empty() && input.is_empty() && config.is_empty() && docs_url.is_empty()
    }

    fn told(&self) -> pb::IntegrationPreset {
        let config = self.config.iter().map(|(name, text)| (name.clone(), json(text)));
        let config: Map<String, Value> = config.collect();
        pb::IntegrationPreset {
            scopes: self.scope.clone(),
            authorization_params: self.param.iter().cloned().collect(),
            inputs: self.input.iter().cloned().collect(),
            config: if config.is_empty() { None } else { struct_to_pb(Value::Object(config)) },
            docs_url: self.docs_url.clone(),
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args as _, Command, FromArgMatches as _};

    fn read(words: &[&str]) -> Preset {
        let command = Preset::augment_args(Command::new("link").no_binary_name(true));
        Preset::from_arg_matches(&command.get_matches_from(words)).unwrap()
    }

    #[test]
    fn what_is_settled_is_settled_for_each_integration_of_the_link() {
        let words = "--scope a --scope b --param prompt= --param hint=x=y --input subdomain=acme --config region=eu --config seats=3";
        let preset = read(&words.split(' ').collect::<Vec<_>>());
        let told = preset.of_each(&["one".into(), "two".into()]).unwrap();
        assert_eq!(told["one"], told["two"]);
        let one = &told["one"];
        assert_eq!(one.scopes, ["a", "b"]);
        assert_eq!((&*one.authorization_params["prompt"], &*one.authorization_params["hint"]), ("", "x=y"));
        assert_eq!(one.inputs["subdomain"], "acme");
        let config = serde_json::json!({ "region": "eu", "seats": 3.0 });
        let Value::Object(config) = config else { unreachable!() };
        assert_eq!(one.config, struct_to_pb(Value::Object(config)));
        assert!(preset.of_each(&[]).is_err());
        assert!(read(&[]).of_each(&[]).unwrap().is_empty());
    }
}
