//! The provider of a world: in the test's own process, so that its switches are at hand. All its secrets are canaries.

use crate::relay::Relay;
use latchkey_demo_provider::{Client, Controls, DemoProvider, EntryKind, Options, catalogue_entry};
use std::path::Path;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The key `/keyed/me` accepts.
pub const API_KEY: &str = "canary_api_key_1";
pub const USERNAME: &str = "ana";
/// The password `/basic/me` accepts.
pub const PASSWORD: &str = "canary_password_1";
/// The OAuth client Latchkey is.
pub(crate) const CLIENT_ID: &str = "flows";
pub(crate) const CLIENT_SECRET: &str = "canary_client secret&:+%";
/// What its entry says of its refresh tokens unless another is asked for.
pub(crate) const DOCUMENTED: &str = "{rotation: strict}";

pub(crate) struct Provider {
    pub demo: DemoProvider,
    pub issuer: String,
    /// What everybody reaches it through, where that was asked for.
    pub relay: Option<Relay>,
    serving: JoinHandle<()>,
}

impl Provider {
    pub(crate) async fn start(relayed: bool, adjust: impl FnOnce(&mut Options)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let own = listener.local_addr().expect("a bound port").port();
        let relay = relayed.then(|| Relay::to(own));
        let port = relay.as_ref().map_or(own, |relay| relay.port());
        let issuer = format!("http://127.0.0.1:{port}/demo");
        let mut options = Options::new(&issuer);
        options.api_keys = vec![API_KEY.to_owned()];
        options.basic_username = USERNAME.to_owned();
        options.basic_password = Some(PASSWORD.to_owned());
        options.secret_prefix = crate::CANARY.to_owned();
        adjust(&mut options);
        let demo = DemoProvider::new(options).expect("the options are sound");
        let app = axum::Router::new().nest("/demo", demo.router()).merge(demo.origin_router());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Self { demo, issuer, relay, serving }
    }

    pub(crate) fn controls(&self) -> &Controls {
        self.demo.controls()
    }

    /// Registers Latchkey, as its developer would with the redirect URI Latchkey names.
    pub(crate) fn register(&self, redirect_uri: &str) {
        let client = Client::new(CLIENT_ID, CLIENT_SECRET, [redirect_uri]);
        self.demo.add_client(client).expect("the redirect URI is one");
    }

    /// The provider as an operator's own catalogue files. `documented`: what they say of its refresh tokens, if anything.
    pub(crate) fn write_catalogue(&self, folder: &Path, documented: Option<&str>) {
        std::fs::create_dir_all(folder).expect("a folder can be made");
        for kind in EntryKind::ALL {
            let entry = catalogue_entry(&self.issuer, kind);
            let entry = match documented {
                Some(rotation) => entry.replace(DOCUMENTED, rotation),
                None => without_behaviour(&entry),
            };
            std::fs::write(folder.join(format!("{}.yaml", kind.id())), entry).expect("a file can be written");
        }
    }
}

/// A file that documents nothing of refresh tokens.
fn without_behaviour(entry: &str) -> String {
    let (mut kept, mut within) = (String::new(), false);
    for line in entry.lines() {
        within = line == "behaviour:" || within && line.starts_with(' ');
        if !within {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
