//! An end user who connects: reads each page, does what it asks, until the session is complete.

use super::super::browse::{Browser, Visit};
use super::super::connect;
use super::super::page::{Button, Form};
use super::super::server::Way;
use crate::dev::folder::Demo;
use crate::output;
use anyhow::{Context as _, bail};
use latchkey_wire::pb::connect::SessionState;
use url::Url;

/// More pages than any flow has; a circle ends here.
const PAGES_MAX: usize = 12;

pub struct Walk {
    way: Way,
    session: String,
    browser: Browser,
    /// What the end user knows by heart.
    typed: Demo,
}

impl Walk {
    /// # Errors
    /// Where no browser can be made at all.
    pub fn new(way: Way, session: String, typed: Demo) -> anyhow::Result<Self> {
        Ok(Self { way, session, browser: Browser::new()?, typed })
    }

    /// Returns the connection's id.
    ///
    /// # Errors
    /// Where a page says that something is wrong, or leads nowhere.
    pub async fn connect(&self, link: &str) -> anyhow::Result<String> {
        let mut visit = self.open(link).await?;
        for _ in 0..PAGES_MAX {
            output::note(&format!("{}{}: {}", visit.url.authority(), visit.url.path(), visit.page.heading));
            let session = connect::look(&self.way, &self.session).await?;
            if session.state() == SessionState::Completed {
                return Ok(session.connection_id);
            }
            if let Some(alert) = &visit.page.alert {
                bail!("the page says: {alert}");
            }
            anyhow::ensure!(visit.status.is_success(), "the page answered {}", visit.status);
            visit = self.next(visit).await?;
        }
        bail!("no end in sight after {PAGES_MAX} pages")
    }

    /// What the link's page does with a script: the token goes from the fragment, which no server sees, into a form.
    async fn open(&self, link: &str) -> anyhow::Result<Visit> {
        let mut link = Url::parse(link).context("the connect link is no address")?;
        let fragment = link.fragment().unwrap_or_default().to_owned();
        let token = fragment.strip_prefix("s=").context("the connect link holds no token")?;
        link.set_fragment(None);
        let page = self.browser.go(link.clone()).await?;
        output::note(&format!("{}{}: {}", page.url.authority(), page.url.path(), page.page.heading));
        let mut form =
            page.page.forms.into_iter().next().context("the connect page has no form for the token")?;
        for field in form.fields.iter_mut().filter(|field| field.name == "token") {
            token.clone_into(&mut field.value);
        }
        self.browser.send(&page.url, &form, None).await
    }

    async fn next(&self, visit: Visit) -> anyhow::Result<Visit> {
        let Visit { url, page, .. } = visit;
        if let Some(mut form) = page.forms.into_iter().next() {
            self.fill_in(&mut form)?;
            return self.browser.send(&url, &form, agreeing(&form.buttons)).await;
        }
        match page.way_on {
            Some(href) => self.browser.go(url.join(&href).context("the page's link leads nowhere")?).await,
            None => bail!("there is nothing to do on the page `{}`", page.heading),
        }
    }

    fn fill_in(&self, form: &mut Form) -> anyhow::Result<()> {
        for field in form.fields.iter_mut().filter(|field| field.open && field.value.is_empty()) {
            // Connect's forms say which of the provider's inputs a field is.
            let known = match field.name.strip_prefix("in.") {
                Some("api_key") => &self.typed.api_key,
                Some("username") => &self.typed.username,
                Some("password") => &self.typed.password,
                _ => bail!("the page asks for `{}`, which the demo's end user does not know", field.name),
            };
            known.clone_into(&mut field.value);
        }
        Ok(())
    }
}

/// The button of somebody who wants to go on.
fn agreeing(buttons: &[Button]) -> Option<&Button> {
    let refuses = |button: &&Button| {
        let said = format!("{} {}", button.value, button.text).to_lowercase();
        // Who could ask an admin need not, where nobody says that they must.
        ["decline", "deny", "cancel", "refuse", "request"].iter().any(|word| said.contains(word))
    };
    buttons.iter().find(|button| !refuses(button))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_user_allows_wherever_the_button_stands() {
        let button =
            |value: &str| Button { name: Some("decision".into()), value: value.into(), text: String::new() };
        let buttons = [button("decline"), button("request"), button("allow")];
        assert_eq!(agreeing(&buttons).unwrap().value, "allow");
        assert!(agreeing(&buttons[..2]).is_none());
    }
}
