//! Latchkey and an OAuth server nobody here wrote (npm `oidc-provider`, in `tests/oidc`), known by nothing but an operator's
//! own provider file. Refresh tokens are good for one use there, and a second use revokes the grant, so whatever Latchkey
//! sends twice, or sends old, ends the connection.

mod latchkey;
mod provider;

use latchkey::Latchkey;
use latchkey_testkit::pb::connection::ConnectionState;
use latchkey_testkit::{free_port, reason};
use provider::Provider;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_server_is_connected_refreshed_ten_times_revoked_and_connected_again() {
    latchkey_chassis::tls::install_provider();
    let port = free_port();
    let latchkey = Latchkey::start(&provider::file(port));
    let provider = Provider::start(port, &latchkey.register("real").await);

    let connection = latchkey.connect(&["real"], "").await;
    let first = latchkey.token(&connection, false).await.unwrap();
    let mut tokens = BTreeSet::from([first.access_token]);
    for _ in 0..10 {
        let next = latchkey.token(&connection, true).await.unwrap();
        assert_eq!(provider.me(&next.headers).await, 200);
        assert!(tokens.insert(next.access_token), "a token came twice");
    }
    let counted = provider.counters().await;
    assert!(counted["refreshed"] >= 10 && counted["rotated"] >= counted["refreshed"], "{counted:?}");
    assert_eq!((counted["exchanged"], counted["reused"], counted["refused"]), (1, 0, 0), "{counted:?}");

    // Its tokens live six seconds, and nobody asks: they are refreshed all the same, each time with the latest.
    provider.wait_for("refreshed", counted["refreshed"] + 2).await;
    let fresh = latchkey.token(&connection, false).await.unwrap();
    assert_eq!(provider.me(&fresh.headers).await, 200);
    assert_eq!(provider.counters().await["refused"], 0);

    provider.revoke(&latchkey.refresh_token(&connection).await).await;
    let refusal = latchkey.token(&connection, true).await.unwrap_err();
    assert_eq!(reason(&refusal), "REAUTH_REQUIRED");
    assert_eq!(latchkey.state(&connection).await, ConnectionState::NeedsReauth);
    assert_eq!(reason(&latchkey.token(&connection, false).await.unwrap_err()), "REAUTH_REQUIRED");
    assert_eq!(latchkey.events(&connection).await, ["created", "failed"], "told once");
    assert_eq!(provider.counters().await["refused"], 1, "a dead grant is not tried again");

    assert_eq!(latchkey.connect(&[], &connection).await, connection, "mended in place");
    let mended = latchkey.token(&connection, true).await.unwrap();
    assert_eq!(provider.me(&mended.headers).await, 200);
    assert!(tokens.insert(mended.access_token));
    let events = latchkey.events(&connection).await;
    assert_eq!(events, ["created", "failed", "reauthorized", "recovered"]);
    assert_eq!(provider.counters().await["reused"], 0);
    latchkey.finish();
}
