use crate::api_key::Scope;
use serde::{Deserialize, Serialize};

/// What an operator may do in the dashboard. A role is a set of scopes and nothing else, so that a person can do there what a
/// key with these scopes can do over the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything but secrets and keys, and changes nothing.
    Viewer,
    /// Builds: integrations, links for end users, webhooks. Sees no credential.
    Developer,
    /// Does everything: lets others in, and may look at a credential.
    Admin,
}

impl Role {
    pub const ALL: &'static [Self] = &[Self::Viewer, Self::Developer, Self::Admin];

    #[must_use]
    pub fn scopes(self) -> Vec<Scope> {
        let viewer = [Scope::ConnectionsRead, Scope::IntegrationsRead, Scope::WebhooksRead];
        let developer = [
            Scope::SessionsWrite,
            Scope::ConnectionsWrite,
            Scope::ConnectionsDelete,
            Scope::ProxyCall,
            Scope::IntegrationsAdmin,
            Scope::WebhooksAdmin,
        ];
        match self {
            Self::Viewer => viewer.to_vec(),
            Self::Developer => [&viewer[..], &developer].concat(),
            // Whoever logs in to one environment has no say in the others.
            Self::Admin => {
                Scope::ALL.iter().copied().filter(|scope| *scope != Scope::EnvironmentsAdmin).collect()
            }
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_one_below_it_may() {
        for pair in Role::ALL.windows(2) {
            let (below, above) = (pair[0].scopes(), pair[1].scopes());
            assert!(below.iter().all(|scope| above.contains(scope)) && below.len() < above.len(), "{pair:?}");
        }
    }

    #[test]
    fn only_an_admin_sees_secrets_or_lets_others_in() {
        for scope in [Scope::TokensRead, Scope::CredentialsRead, Scope::KeysAdmin] {
            assert!(!Role::Developer.scopes().contains(&scope), "{scope:?}");
        }
        let changes = |scope: &&Scope| !scope.as_str().ends_with(":read");
        assert_eq!(Role::Viewer.scopes().iter().find(changes), None);
    }
}
