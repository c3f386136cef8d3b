//! What a change of an integration means for the connections there are. Pure: it says what follows from the settings and from how
//! the provider's credentials are renewed, and nothing that only the provider knows.

use latchkey_domain::integration::Settings;
use latchkey_providers::{Provider, RefreshMode};
use latchkey_wire::contract::IntegrationPreview;
use latchkey_wire::pb::admin as pb;
use std::collections::BTreeSet;

pub struct Change<'a> {
    pub provider: &'a Provider,
    pub after: &'a Settings,
    pub replaces_secrets: bool,
    /// What there is.
    pub preview: &'a IntegrationPreview,
}

impl Change<'_> {
    pub fn described(&self) -> pb::PreviewIntegrationChangeResponse {
        let changes = self.before().map(|before| changes(before, self.after)).unwrap_or_default();
        pb::PreviewIntegrationChangeResponse {
            creates: self.before().is_none(),
            connections: self.preview.connections,
            replaces_secrets: self.replaces_secrets,
            refreshes: self.prospect().into(),
            sentences: self.sentences(&changes),
            changes,
        }
    }

    fn before(&self) -> Option<&Settings> {
        self.preview.present.as_ref().map(|present| &present.settings)
    }

    /// Whether what there is can be refreshed with the app as it would be.
    fn prospect(&self) -> pb::RefreshProspect {
        let Some(before) = self.before().filter(|_| self.preview.connections > 0) else {
            return pb::RefreshProspect::Unchanged;
        };
        // Without a client of the app's, each connection was made with one of its own.
        let same = before.client_id == self.after.client_id || before.client_id.is_empty();
        match self.provider.refresh_mode() {
            _ if same => pb::RefreshProspect::Unchanged,
            // RFC 6749 section 6: a refresh token is bound to the client it was issued to.
            RefreshMode::RefreshToken | RefreshMode::AccessToken => pb::RefreshProspect::Refused,
            RefreshMode::Repeat | RefreshMode::AppSigned => pb::RefreshProspect::WithNewApp,
            RefreshMode::None => pb::RefreshProspect::Unchanged,
        }
    }

    fn sentences(&self, changes: &[pb::SettingChange]) -> Vec<String> {
        let many = match self.preview.connections {
            0 => return vec![self.without_connections(changes)],
            1 => "1 connection".to_owned(),
            many => format!("{many} connections"),
        };
        if changes.is_empty() && !self.replaces_secrets {
            return vec![format!("Nothing changes, and {many} stay as they are.")];
        }
        let never = self.provider.refresh_mode() == RefreshMode::None;
        let changed = |setting: &str| changes.iter().find(|change| change.setting == setting);
        let mut told = vec![];
        if let Some(client) = changed("client_id") {
            told.push(self.of_another_client(&many, client.before.is_empty()));
        }
        if self.replaces_secrets && !never {
            told.push(format!("The secrets take the place of the present ones: the next refreshes of {many} are made with them."));
        }
        if let Some(scopes) = changed("scopes") {
            told.extend(self.of_scopes(&many, scopes));
        }
        if changes.iter().any(|change| change.setting.starts_with("fields.")) && !never {
            told.push(format!("The next refreshes of {many} are made with the fields as they are then."));
        }
        if never {
            told.push(format!(
                "Nothing of {many} is refreshed with the app: they keep the credential they have."
            ));
        }
        told.push("Tokens that were handed out stay good for as long as they would have.".to_owned());
        told
    }

    fn without_connections(&self, changes: &[pb::SettingChange]) -> String {
        match self.before() {
            None => "There is no integration of this key: it would be made.".to_owned(),
            Some(_) if changes.is_empty() && !self.replaces_secrets => "Nothing changes.".to_owned(),
            Some(_) => {
                "It has no connections: whoever connects from then on meets the new settings.".to_owned()
            }
        }
    }

    fn of_another_client(&self, many: &str, there_was_none: bool) -> String {
        match self.prospect() {
            pb::RefreshProspect::Refused => format!(
                "What {many} are refreshed with was given to the former client, and providers refuse it to another: they have to \
                 connect again, but for those that carry a client of their own."
            ),
            pb::RefreshProspect::WithNewApp => format!(
                "The next token of {many} is asked for as the new client: they go on where the provider lets it."
            ),
            _ if there_was_none => {
                format!(
                    "{many} were made with clients of their own, and keep them; who connects anew uses this one."
                )
            }
            _ => "Who connects anew uses the new client.".to_owned(),
        }
    }

    fn of_scopes(&self, many: &str, scopes: &pb::SettingChange) -> Vec<String> {
        let repeats = self.provider.refresh_mode() == RefreshMode::Repeat;
        let mut told = vec![];
        if !scopes.added.is_empty() {
            let added = scopes.added.join(", ");
            told.push(if repeats {
                format!("{added}: asked for with the next token of {many}, where the provider is asked for scopes at all.")
            } else {
                format!("{added}: asked for when somebody connects. {many} keep the access they have until they connect again.")
            });
        }
        if !scopes.removed.is_empty() && !repeats {
            let removed = scopes.removed.join(", ");
            told.push(format!("{removed}: not asked for any more. {many} that were granted it keep it until they connect again."));
        }
        told
    }
}

fn changes(before: &Settings, after: &Settings) -> Vec<pb::SettingChange> {
    let mut changes = vec![];
    let mut differ = |setting: &str, before: &str, after: &str| {
        if before != after {
            changes.push(pb::SettingChange {
                setting: setting.to_owned(),
                before: before.to_owned(),
                after: after.to_owned(),
                ..pb::SettingChange::default()
            });
        }
    };
    differ("client_id", &before.client_id, &after.client_id);
    differ("display_name", &before.display_name, &after.display_name);
    differ("other_account", before.other_account.as_str(), after.other_account.as_str());
    let value = |settings: &Settings, name: &str| settings.fields.get(name).cloned().unwrap_or_default();
    for name in before.fields.keys().chain(after.fields.keys()).collect::<BTreeSet<_>>() {
        differ(&format!("fields.{name}"), &value(before, name), &value(after, name));
    }
    let beyond = |of: &Settings, other: &Settings| {
        of.scopes.iter().filter(|scope| !other.scopes.contains(scope)).cloned().collect::<Vec<_>>()
    };
    let (added, removed) = (beyond(after, before), beyond(before, after));
    if !added.is_empty() || !removed.is_empty() {
        let setting = "scopes".to_owned();
        changes.push(pb::SettingChange { setting, added, removed, ..pb::SettingChange::default() });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::Timestamp;
    use latchkey_providers::Catalogue;
    use latchkey_wire::contract::IntegrationView;

    fn settings(client_id: &str, scopes: &[&str]) -> Settings {
        Settings {
            client_id: client_id.into(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            ..Settings::default()
        }
    }

    fn told_of(
        provider: &Provider,
        connections: u32,
        before: Option<Settings>,
        after: &Settings,
    ) -> pb::PreviewIntegrationChangeResponse {
        let present = before.map(|settings| IntegrationView {
            environment: "dev".parse().unwrap(),
            key: "app".parse().unwrap(),
            settings,
            created_at: Timestamp(0),
        });
        let preview = IntegrationPreview { present, connections };
        Change { provider, after, replaces_secrets: false, preview: &preview }.described()
    }

    /// Of one whose refresh tokens belong to the client they were given to.
    fn told(
        connections: u32,
        before: Option<Settings>,
        after: &Settings,
    ) -> pb::PreviewIntegrationChangeResponse {
        let catalogue = Catalogue::embedded();
        let mut bound = catalogue.list().filter(|provider| provider.needs_client());
        let bound = bound.find(|provider| provider.refresh_mode() == RefreshMode::RefreshToken).unwrap();
        told_of(&bound, connections, before, after)
    }

    #[test]
    fn another_client_is_refused_what_the_former_one_was_given() {
        let after = settings("new", &["a", "c"]);
        let told = told(3, Some(settings("old", &["a", "b"])), &after);
        assert_eq!((told.creates, told.connections), (false, 3));
        assert_eq!(told.refreshes(), pb::RefreshProspect::Refused);
        let client = &told.changes[0];
        assert_eq!((&*client.setting, &*client.before, &*client.after), ("client_id", "old", "new"));
        let scopes = &told.changes[1];
        assert_eq!((&scopes.added[..], &scopes.removed[..]), (&["c".to_owned()][..], &["b".to_owned()][..]));
        assert!(
            told.sentences[0].starts_with("What 3 connections are refreshed with"),
            "{:?}",
            told.sentences
        );
        assert!(
            told.sentences[1].starts_with("c: asked for when somebody connects."),
            "{:?}",
            told.sentences
        );
        assert!(told.sentences[2].contains("b: not asked for any more."), "{:?}", told.sentences);
    }

    #[test]
    fn who_made_connections_without_a_client_of_the_apps_loses_none() {
        let after = settings("new", &[]);
        let told = told(1, Some(settings("", &[])), &after);
        assert_eq!(told.refreshes(), pb::RefreshProspect::Unchanged);
        assert!(told.sentences[0].contains("clients of their own"), "{:?}", told.sentences);
    }

    #[test]
    fn where_nobody_is_connected_or_nothing_changes_it_says_so() {
        let after = settings("new", &[]);
        let made = told(0, None, &after);
        assert!(made.creates && made.sentences == ["There is no integration of this key: it would be made."]);
        let alone = told(0, Some(settings("old", &[])), &after);
        assert_eq!((alone.refreshes(), alone.sentences.len()), (pb::RefreshProspect::Unchanged, 1));
        let same = told(2, Some(after.clone()), &after);
        assert_eq!(same.sentences, ["Nothing changes, and 2 connections stay as they are."]);
    }

    #[test]
    fn every_way_of_renewing_has_its_own_truth() {
        let prospects: BTreeSet<(&str, i32)> = Catalogue::embedded()
            .list()
            .filter(|provider| provider.needs_client())
            .map(|provider| {
                let after = settings("new", &[]);
                let mode = match provider.refresh_mode() {
                    RefreshMode::RefreshToken | RefreshMode::AccessToken => "bound",
                    RefreshMode::Repeat | RefreshMode::AppSigned => "asked anew",
                    RefreshMode::None => "never",
                };
                (mode, told_of(&provider, 1, Some(settings("old", &[])), &after).refreshes)
            })
            .collect();
        let expected = [
            ("asked anew", pb::RefreshProspect::WithNewApp.into()),
            ("bound", pb::RefreshProspect::Refused.into()),
            ("never", pb::RefreshProspect::Unchanged.into()),
        ];
        assert_eq!(prospects, BTreeSet::from(expected));
    }
}
