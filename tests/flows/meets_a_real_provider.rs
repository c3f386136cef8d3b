//! Latchkey and an OAuth server nobody here wrote (npm `oidc-provider`, in `tests/oidc`), known by nothing but an operator's
//! own provider file. Refresh tokens are good for one use there, and a second use revokes the grant, so whatever Latchkey
//! sends twice, or sends old, ends the connection. Started without clients, it is a server as MCP servers have: found by
//! its resource, registered with by nobody but Latchkey itself.

pub(crate) mod latchkey;
pub(crate) mod provider;

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

    // Deleted here, ended there: the server counts a revoked grant, and takes its token no more.
    let before = provider.counters().await["revoked"];
    latchkey.delete(&connection).await;
    provider.wait_for("revoked", before + 1).await;
    assert_eq!(provider.me(&mended.headers).await, 401);
    latchkey.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_knows_nobody_is_found_registered_with_once_and_connected() {
    latchkey_chassis::tls::install_provider();
    let port = free_port();
    let provider = Provider::open(port);
    let latchkey = Latchkey::start(&provider::mcp_file(&format!("http://127.0.0.1:{port}/mcp"), "[]"));
    latchkey.register_nothing("real").await;

    let connected = tokio::join!(
        latchkey.connect(&["real"], ""),
        latchkey.connect(&["real"], ""),
        latchkey.connect(&["real"], ""),
    );
    assert_eq!(provider.counters().await["registered"], 1, "one client for the integration");
    for connection in [&connected.0, &connected.1, &connected.2] {
        for force in [false, true, true] {
            let token = latchkey.token(connection, force).await.unwrap();
            // The server lets a token in that was asked for this resource and for no other.
            assert_eq!(provider.resource(&token.headers).await, 200);
        }
    }
    assert_eq!(latchkey.connect(&[], &connected.0).await, connected.0, "mended in place");
    let counted = provider.counters().await;
    let told = (counted["registered"], counted["reused"], counted["refused"]);
    assert_eq!(told, (1, 0, 0), "{counted:?}");

    // Where its grants are ended is found with the rest of it.
    let token = latchkey.token(&connected.1, true).await.unwrap();
    latchkey.delete(&connected.1).await;
    provider.wait_for("revoked", 1).await;
    assert_eq!(provider.resource(&token.headers).await, 401);
    assert_eq!(latchkey.revocation(&connected.1).await, "REVOKED");
    let others = latchkey.token(&connected.2, true).await.unwrap();
    assert_eq!(provider.resource(&others.headers).await, 200, "another grant of the same client lives on");
    latchkey.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_cannot_be_ended_alone_is_ended_only_where_that_is_wished_for() {
    latchkey_chassis::tls::install_provider();
    let port = free_port();
    let latchkey = Latchkey::start(&provider::file(port).replace("revoke: {", "revoke: {ends: account, "));
    let provider = Provider::start(port, &latchkey.register("real").await);

    let (kept, ended) = (latchkey.connect(&["real"], "").await, latchkey.connect(&["real"], "").await);
    let token = latchkey.token(&kept, true).await.unwrap();
    latchkey.delete(&kept).await;
    assert_eq!(latchkey.revocation(&kept).await, "UNSUPPORTED");
    assert_eq!((provider.me(&token.headers).await, provider.counters().await["revoked"]), (200, 0));

    let token = latchkey.token(&ended, true).await.unwrap();
    latchkey.delete_with_account(&ended).await;
    assert_eq!(latchkey.revocation(&ended).await, "REVOKED");
    assert_eq!((provider.me(&token.headers).await, provider.counters().await["revoked"]), (401, 1));
    latchkey.finish();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_user_gives_the_url_of_a_server_and_nothing_else() {
    latchkey_chassis::tls::install_provider();
    let (provider, port) = {
        let port = free_port();
        (Provider::open(port), port)
    };
    let inputs = r#"[{name: server, ask: connection, label: MCP server URL, format: uri}]"#;
    let latchkey = Latchkey::start(&provider::mcp_file("${conn.server}", inputs));
    latchkey.register_nothing("real").await;

    let server = format!("http://127.0.0.1:{port}/mcp");
    let connection = latchkey.connect_with(&["real"], "", &[("in.server", &server)]).await;
    for force in [false, true, true] {
        let token = latchkey.token(&connection, force).await.unwrap();
        assert_eq!(provider.resource(&token.headers).await, 200);
    }
    let other = latchkey.connect_with(&["real"], "", &[("in.server", &server)]).await;
    assert_ne!(other, connection);
    let counted = provider.counters().await;
    assert_eq!(
        (counted["registered"], counted["refused"]),
        (2, 0),
        "each connection has its own: {counted:?}"
    );
    latchkey.finish();
}
