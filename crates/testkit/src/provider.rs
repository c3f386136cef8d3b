//! The provider of a world: in the test's own process, so that its switches are at hand. All its secrets are canaries.

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

pub(crate) struct Provider {
    pub demo: DemoProvider,
    pub issuer: String,
    serving: JoinHandle<()>,
}

impl Provider {
    pub(crate) async fn start(adjust: impl FnOnce(&mut Options)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let issuer = format!("http://{}/demo", listener.local_addr().expect("a bound port"));
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
        Self { demo, issuer, serving }
    }

    pub(crate) fn controls(&self) -> &Controls {
        self.demo.controls()
    }

    /// Registers Latchkey, as its developer would with the redirect URI Latchkey names.
    pub(crate) fn register(&self, redirect_uri: &str) {
        let client = Client::new(CLIENT_ID, CLIENT_SECRET, [redirect_uri]);
        self.demo.add_client(client).expect("the redirect URI is one");
    }

    /// The provider as an operator's own catalogue files.
    pub(crate) fn write_catalogue(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a folder can be made");
        for kind in EntryKind::ALL {
            let entry = catalogue_entry(&self.issuer, kind);
            std::fs::write(folder.join(format!("{}.yaml", kind.id())), entry).expect("a file can be written");
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
