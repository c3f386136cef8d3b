use crate::world::{World, dev};
use latchkey_domain::api_key::Scope;
use latchkey_wire::contract::IssueKey;
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::events::WatchEventsRequest;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use latchkey_wire::{Fault, Reason, Route};
use std::time::Duration;
use tokio::time::timeout;
use tonic::Request;

#[tokio::test]
async fn a_watcher_hears_what_happens_and_nothing_more_once_its_key_is_revoked() {
    let world = World::new().await;
    let issue = IssueKey {
        environment: dev(),
        name: "watcher".into(),
        scopes: vec![Scope::ConnectionsRead],
        expires_at: None,
    };
    let issued = world.vault.issue_key(issue).await.unwrap();
    let mut request = Request::new(WatchEventsRequest::default());
    let bearer = format!("Bearer {}", secret_to_pb(&issued.secret));
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    let mut client = EventServiceClient::new(Route::local(world.service.public()));
    let mut events = client.watch_events(request).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().unwrap().event.is_none(), "first where it stands");

    let connection = world.connected().await;
    let event = events.message().await.unwrap().unwrap().event.unwrap();
    assert_eq!(event.connection_id, connection.to_string());

    world.vault.revoke_key(&dev(), issued.key.id).await.unwrap();
    let ended = async {
        loop {
            if let Err(status) = events.message().await {
                return Fault::from(status);
            }
        }
    };
    // What a key may do is remembered for five seconds, and looked at every five.
    let fault = timeout(Duration::from_secs(15), ended).await.unwrap();
    assert_eq!(fault.reason, Reason::ApiKeyInvalid);
}
