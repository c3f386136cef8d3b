//! The pages an end user sees. Each has a program in it, and, for browsers that run none, what the program would show as
//! links and forms; only reading a link's fragment needs a program.

mod boot;

pub use boot::Boot;

use askama::Template;
use latchkey_providers::Input;
use latchkey_wire::contract::SessionView;

/// Reads the token from the link's fragment and hands it in, so that it stands in no log and no history.
#[derive(Template)]
#[template(path = "open.html")]
pub struct Open {
    pub boot: Boot,
}

/// The frame that products embed.
#[derive(Template)]
#[template(path = "embed.html")]
pub struct EmbedPage {
    pub boot: Boot,
}

/// The frame as another product's client shows it.
#[derive(Template)]
#[template(path = "compat.html")]
pub struct CompatPage {
    pub boot: Boot,
}

/// A window on its way to the provider.
#[derive(Template)]
#[template(path = "window.html")]
pub struct WindowPage {
    pub boot: Boot,
}

/// A window that has come back.
#[derive(Template)]
#[template(path = "window_done.html")]
pub struct WindowDonePage {
    pub boot: Boot,
}

/// What is offered.
#[derive(Template)]
#[template(path = "choose.html")]
pub struct Choose {
    pub boot: Boot,
    pub session: String,
    pub form_token: String,
    pub end_user: String,
    pub reconnect: bool,
    pub offers: Vec<Offer>,
    pub problem: Option<String>,
    /// Whether a link may be made for an admin.
    pub awaits_admin: bool,
}

/// One integration, as a card.
pub struct Offer {
    pub key: String,
    pub name: String,
    pub host: String,
    pub scopes: Vec<String>,
    /// Whether something must be typed first.
    pub asks: bool,
}

/// What must be typed.
#[derive(Template)]
#[template(path = "form.html")]
pub struct Form {
    pub boot: Boot,
    pub session: String,
    pub form_token: String,
    pub key: String,
    pub name: String,
    pub fields: Vec<Field>,
    pub problem: Option<String>,
    /// The customer's own page of help; empty where there is none.
    pub docs_url: String,
    pub alone: bool,
}

pub struct Field {
    pub name: String,
    pub label: String,
    pub secret: bool,
    pub required: bool,
    pub before: String,
    pub after: String,
    pub value: String,
    pub options: Vec<String>,
    pub problem: Option<String>,
}

/// A link for an admin.
#[derive(Template)]
#[template(path = "approval.html")]
pub struct ApprovalPage {
    pub boot: Boot,
    pub session: String,
    pub link: String,
}

/// A reconnection that came back with another account.
#[derive(Template)]
#[template(path = "other_account.html")]
pub struct OtherAccountPage {
    pub boot: Boot,
    pub session: String,
    pub form_token: String,
    pub attempt: String,
    pub name: String,
    pub expected: String,
    pub actual: String,
}

/// What came opens several accounts.
#[derive(Template)]
#[template(path = "several_accounts.html")]
pub struct SeveralAccountsPage {
    pub boot: Boot,
    pub session: String,
    pub form_token: String,
    pub attempt: String,
    pub name: String,
    /// Each with what tells it from another of its name.
    pub choices: Vec<(String, String)>,
}

/// An end user's connections.
#[derive(Template)]
#[template(path = "manage.html")]
pub struct ManagePage {
    pub boot: Boot,
    pub session: String,
    pub form_token: String,
    pub owned: Vec<Owned>,
    /// Whether there is anything to connect to.
    pub offers: bool,
}

/// One of them.
pub struct Owned {
    pub id: String,
    pub name: String,
    pub account: String,
    pub state: &'static str,
    pub mendable: bool,
}

#[derive(Template)]
#[template(path = "done.html")]
pub struct Done {
    pub boot: Boot,
    pub name: String,
    pub session: String,
    pub form_token: String,
    /// Whether there is a way back to the product.
    pub returns: bool,
}

#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    pub boot: Boot,
    pub message: String,
    /// Where there is a page to go back to.
    pub session: Option<String>,
}

impl Field {
    #[must_use]
    pub fn of(input: &Input, value: String, problem: Option<String>) -> Self {
        Self {
            name: input.name.clone(),
            label: input.label.clone(),
            secret: input.secret,
            required: input.required,
            before: input.before.clone().unwrap_or_default(),
            after: input.after.clone().unwrap_or_default(),
            // A secret is never written back into a page.
            value: if input.secret { String::new() } else { value },
            options: input.one_of.clone(),
            problem,
        }
    }
}

/// What the session led to, by the name of what was connected.
#[must_use]
pub fn connected_name(session: &SessionView) -> String {
    match &session.integrations[..] {
        [only] => only.settings.display_name.clone(),
        _ => "Your account".to_owned(),
    }
}
