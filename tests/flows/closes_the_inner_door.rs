//! What services say to each other, secrets among it, is said to nobody else.

use latchkey_testkit::pb::vault::registry_service_client::RegistryServiceClient;
use latchkey_testkit::pb::vault::{AuthenticateKeyRequest, ListKeysRequest};
use latchkey_testkit::{Route, RouteOptions, RouteTls, Topology, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_cannot_call_what_is_for_services() {
    let world = World::start().await;
    for channel in world.backend().channels() {
        let request = ListKeysRequest { environment: "dev".into() };
        let refusal = RegistryServiceClient::new(channel).list_keys(request).await.unwrap_err();
        assert_eq!(refusal.code(), tonic::Code::Unimplemented, "{refusal:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_without_a_certificate_of_ours_is_refused() {
    if Topology::from_env() == Topology::One {
        // There the services call each other in one process: no port, nobody to refuse.
        return;
    }
    let world = World::start().await;
    let ask = async |tls: RouteTls| {
        let way = RouteOptions { tls: Some(tls), ..world.way_to_vault() };
        let mut registry = RegistryServiceClient::new(Route::remote(way).unwrap());
        registry.authenticate_key(AuthenticateKeyRequest { key: "lk_none".into() }).await.unwrap_err().code()
    };
    let shown = world.way_to_vault().tls.unwrap();
    assert_eq!(ask(shown.clone()).await, tonic::Code::Unauthenticated, "heard, and the key is none");
    let nothing = RouteTls { certificate: None, key: None, ..shown.clone() };
    assert_ne!(ask(nothing).await, tonic::Code::Unauthenticated);
    let elsewhere = RouteTls { server_name: Some("elsewhere.test".into()), ..shown };
    assert_ne!(ask(elsewhere).await, tonic::Code::Unauthenticated, "a server of another name is not trusted");
    world.finish().await;
}
