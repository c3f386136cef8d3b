//! Where an admin at the provider has to allow the access, and the way back to the product: in forms and links.

use crate::world::{between, world};
use latchkey_demo_provider::EntryKind;
use latchkey_domain::Reason;
use reqwest::StatusCode;

#[tokio::test]
async fn an_admin_goes_on_with_a_link_and_both_are_told() {
    let world = world().await;
    let (browser, session) = world.opened(EntryKind::OAuth).await;
    let back = browser.decided(session, "request").await;
    browser.http.get(back).send().await.unwrap();
    assert_eq!(world.described(session).await.last_failure.unwrap().reason, Reason::AdminApprovalPending);

    let page = browser.page(session).await;
    let token = between(&page, "name=\"form_token\" value=\"", "\"");
    let path = format!("/connect/{session}/approval");
    let ask = async |token: &str| browser.post(&path).form(&[("form_token", token)]).send().await.unwrap();
    assert_eq!(ask("0").await.status(), StatusCode::BAD_REQUEST);
    let link = |page: String| between(&page, "aria-label=\"Link for your admin\" value=\"", "\"");
    let first = link(ask(&token).await.text().await.unwrap());
    assert_eq!(link(ask(&token).await.text().await.unwrap()), first, "a link that was sent stays good");
    let invitation = first.strip_prefix(&format!("{}/connect#a=", world.url)).unwrap();

    let admin = world.browser();
    let opening = admin.post("/connect/approve").form(&[("approval", invitation)]);
    let opened = opening.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::BAD_REQUEST);
    let opened = admin.post("/connect/approve").form(&[("approval", invitation)]).send().await.unwrap();
    assert_eq!(opened.headers()["location"], format!("/connect/{session}"));
    assert!(!admin.page(session).await.contains("Make a link"), "an admin invites nobody");
    let back = admin.decided(session, "allow").await;
    admin.http.get(back).send().await.unwrap();
    for who in [&admin, &browser] {
        assert!(who.page(session).await.contains("is connected"));
    }
}

#[tokio::test]
async fn a_made_up_invitation_opens_nothing() {
    let world = world().await;
    for guess in ["", "lk_ca_AAAA", "garbage"] {
        let answer = world.browser().post("/connect/approve").form(&[("approval", guess)]).send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::NOT_FOUND, "{guess}");
    }
}
