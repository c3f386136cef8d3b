//! `latchkey provider`: what there is to connect to, and what is wrong with a provider file.

use super::Server;
use crate::output;
use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use known::Known;
use latchkey_providers::{Catalogue, Trust};
use latchkey_wire::pb::catalog as pb;
use serde_json::{Value, json};
use std::path::PathBuf;

mod describe;
mod known;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey provider list --category crm
  latchkey provider list --search mail --format json
  latchkey provider show github
  latchkey provider lint providers/acme.yaml")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the providers the server knows, or Latchkey where no server is named
    List(ListArguments),
    /// Show one provider: what it asks for, and how to set it up
    Show {
        /// The provider's id, such as github
        provider: String,
        #[command(flatten)]
        form: Form,
    },
    /// Say all that is wrong with provider files, without a server
    Lint {
        /// Files named after the provider in them, such as acme.yaml
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Let them name plain http on loopback addresses, as `providers.allow_loopback` does
        #[arg(long)]
        allow_loopback: bool,
    },
}

#[derive(clap::Args)]
struct ListArguments {
    /// Only those of this kind, such as OAUTH2, API_KEY or BASIC
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only those of this category, such as crm
    #[arg(long)]
    category: Option<String>,
    /// Only those with this text in the id or the name
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    form: Form,
}

#[derive(clap::Args)]
struct Form {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

impl Form {
    fn is_json(&self) -> bool {
        self.json || self.format == Format::Json
    }
}

impl ListArguments {
    fn wants(&self, provider: &pb::Provider) -> bool {
        let holds = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        self.kind.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case(&provider.auth_mode))
            && self.category.as_ref().is_none_or(|wanted| provider.categories.contains(wanted))
            && self
                .search
                .as_ref()
                .is_none_or(|part| holds(&provider.id, part) || holds(&provider.name, part))
    }

    fn render(&self, found: &[pb::Provider]) -> String {
        let found = found.iter().filter(|provider| self.wants(provider));
        if self.form.is_json() {
            return found.map(brief).collect::<Value>().to_string();
        }
        let row = |provider: &pb::Provider| {
            let categories = provider.categories.join(", ");
            [provider.id.clone(), provider.name.clone(), provider.auth_mode.clone(), categories]
        };
        output::table(["ID", "NAME", "TYPE", "CATEGORIES"], &found.map(row).collect::<Vec<_>>())
    }
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        if let Command::Lint { files, allow_loopback } = &self.command {
            return lint(files, if *allow_loopback { Trust::Loopback } else { Trust::Public });
        }
        let mut known = Known::by(&self.server).await?;
        match self.command {
            Command::List(arguments) => output::line(&arguments.render(&known.list().await?)),
            Command::Show { provider, form } => {
                let found = known.provider(provider).await?;
                output::line(&match form.is_json() {
                    true => describe::object(&found).to_string(),
                    false => describe::text(&found),
                });
            }
            Command::Lint { .. } => {}
        }
        Ok(())
    }
}

/// All that is wrong on standard output; an error, and so an exit code, where anything is.
fn lint(files: &[PathBuf], trust: Trust) -> anyhow::Result<()> {
    let catalogue = Catalogue::embedded().with_files(files, trust);
    for id in catalogue.overridden() {
        output::note(&format!("`{id}` takes the place of the entry that ships with Latchkey"));
    }
    let problems: Vec<String> = catalogue.refused().map(ToString::to_string).collect();
    if problems.is_empty() {
        output::line(&format!("nothing is wrong ({} checked)", files.len()));
        return Ok(());
    }
    output::line(&problems.join("\n"));
    bail!(
        "{} to mend",
        if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) }
    )
}

/// What a program needs to choose one.
fn brief(provider: &pb::Provider) -> Value {
    json!({
        "id": provider.id,
        "name": provider.name,
        "type": provider.auth_mode,
        "categories": provider.categories,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(id: &str, kind: &str, category: &str) -> pb::Provider {
        pb::Provider {
            id: id.into(),
            name: id.to_uppercase(),
            auth_mode: kind.into(),
            categories: vec![category.into()],
            ..Default::default()
        }
    }

    fn listed(kind: Option<&str>, category: Option<&str>, search: Option<&str>) -> Vec<String> {
        let all = [provider("github", "OAUTH2", "dev-tools"), provider("stripe", "API_KEY", "payment")];
        let arguments = ListArguments {
            kind: kind.map(Into::into),
            category: category.map(Into::into),
            search: search.map(Into::into),
            form: Form { format: Format::Json, json: false },
        };
        let rendered: Vec<Value> = serde_json::from_str(&arguments.render(&all)).unwrap();
        rendered.iter().map(|each| each["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_list_is_narrowed_by_type_category_and_text() {
        assert_eq!(listed(None, None, None), ["github", "stripe"]);
        assert_eq!(listed(Some("oauth2"), None, None), ["github"]);
        assert_eq!(listed(None, Some("payment"), None), ["stripe"]);
        assert_eq!(listed(None, None, Some("HUB")), ["github"]);
        assert!(listed(Some("oauth2"), Some("payment"), None).is_empty());
    }

    #[test]
    fn a_wrong_file_is_an_error_and_a_good_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (good, wrong) = (folder.path().join("good.yaml"), folder.path().join("wrong.yaml"));
        std::fs::write(&good, "{id: good, name: Good, obtain: {type: given}}").unwrap();
        std::fs::write(&wrong, "{id: wrong, nme: Wrong, obtain: {type: givn}}").unwrap();
        lint(std::slice::from_ref(&good), Trust::Public).unwrap();
        let refused = lint(&[good, wrong], Trust::Public).unwrap_err().to_string();
        assert!(refused.ends_with("problems to mend"), "{refused}");
    }
}
