use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::routing::post;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1;
use tower::ServiceExt;

use super::*;
use crate::telemetry;

const GRACE: Duration = Duration::from_secs(10);
/// A service of ours, for the tests; what it is does not matter here.
const NAME: &str = "grpc.health.v1.Health";

async fn started(routes: Routes, options: Options) -> (SocketAddr, Lifecycle) {
    let lifecycle = Lifecycle::new(GRACE);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    serve(listener, routes, options, &lifecycle).unwrap();
    (address, lifecycle)
}

async fn in_the_clear(address: SocketAddr) -> Channel {
    Endpoint::try_from(format!("http://{address}")).unwrap().connect().await.unwrap()
}

async fn health(channel: Channel, service: &str) -> Result<i32, Status> {
    let request = HealthCheckRequest { service: service.to_owned() };
    HealthClient::new(channel).check(request).await.map(|answer| answer.into_inner().status)
}

#[tokio::test]
async fn every_service_and_the_server_as_a_whole_report_health() {
    let options = Options { services: vec![NAME], ..Options::default() };
    let (address, lifecycle) = started(Routes::default(), options).await;
    let channel = in_the_clear(address).await;
    for service in ["", NAME] {
        assert_eq!(
            health(channel.clone(), service).await.unwrap(),
            ServingStatus::Serving as i32,
            "{service}"
        );
    }
    assert_eq!(health(channel.clone(), "absent").await.unwrap_err().code(), Code::NotFound);
    drop(channel);
    lifecycle.finish().await.unwrap();
}

#[tokio::test]
async fn reflection_lists_the_services_of_the_descriptor_set() {
    use v1::server_reflection_request::MessageRequest;
    use v1::server_reflection_response::MessageResponse;

    let options = Options { reflection: Some(tonic_health::pb::FILE_DESCRIPTOR_SET), ..Options::default() };
    let (address, lifecycle) = started(Routes::default(), options).await;
    let channel = in_the_clear(address).await;
    let mut client = v1::server_reflection_client::ServerReflectionClient::new(channel);
    let question = v1::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = client.server_reflection_info(tokio_stream::once(question)).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = answer else { panic!("not a list: {answer:?}") };
    assert!(list.service.iter().any(|service| service.name == NAME), "{list:?}");
    drop((client, answers));
    lifecycle.finish().await.unwrap();
}

/// A service that answers as its path says, written by hand.
fn routes() -> Routes {
    Router::new()
        .route("/test.Behaviour/Hang", post(std::future::pending::<String>))
        .route("/test.Behaviour/Panic", post(async || -> String { panic!("canary_in_a_panic") }))
        .route("/test.Behaviour/Refuse", post(async || Status::failed_precondition("no").into_http::<Body>()))
        .route("/test.Behaviour/Read", post(read))
        .route("/test.Behaviour/Unread", post(async || Status::internal("no message").into_http::<Body>()))
        .route("/test.Behaviour/Broken", post(async || broken().into_http::<Body>()))
        .into()
}

/// As a handler tells a fault of its own: with details.
fn broken() -> Status {
    Status::with_details(Code::Internal, "internal error", "details".into())
}

async fn read(body: Body) -> axum::response::Response {
    use http_body_util::BodyExt;
    match body.collect().await {
        Ok(body) => Status::ok(body.to_bytes().len().to_string()).into_http(),
        Err(error) => Status::from_error(Box::new(error)).into_http(),
    }
}

/// A call inside the process, through the layers.
async fn call(method: &str, headers: &[(&'static str, &str)], body: Vec<u8>) -> (Option<i32>, HeaderMap) {
    let mut request = Request::post(format!("/test.Behaviour/{method}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = layers(routes()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let headers = response.headers().clone();
    (headers.get("grpc-status").map(|status| status.to_str().unwrap().parse().unwrap()), headers)
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_kept_without_a_socket_too() {
    let (code, _) = call("Hang", &[("grpc-timeout", "200m")], vec![]).await;
    assert_eq!(code, Some(Code::DeadlineExceeded as i32));
    let (code, _) = call("Hang", &[], vec![]).await;
    assert_eq!(code, Some(Code::DeadlineExceeded as i32));
}

#[tokio::test]
async fn a_handler_that_panics_answers_internal_without_its_message() {
    let (code, headers) = call("Panic", &[], vec![]).await;
    assert_eq!(code, Some(Code::Internal as i32));
    assert!(!format!("{headers:?}").contains("canary"), "{headers:?}");
}

#[tokio::test]
async fn a_request_nobody_could_read_is_its_callers_mistake_and_a_fault_of_ours_stays_ours() {
    assert_eq!(call("Unread", &[], vec![]).await.0, Some(Code::InvalidArgument as i32));
    let (code, headers) = call("Broken", &[], vec![]).await;
    assert_eq!(code, Some(Code::Internal as i32));
    assert!(headers.contains_key("grpc-status-details-bin"));
}

#[tokio::test]
async fn a_request_above_the_limit_is_refused_by_its_size() {
    assert_eq!(call("Read", &[], vec![0; REQUEST_BYTES_MAX]).await.0, Some(Code::Ok as i32));
    let (code, _) = call("Read", &[], vec![0; REQUEST_BYTES_MAX + 1]).await;
    assert_eq!(code, Some(Code::ResourceExhausted as i32));
}

#[tokio::test]
async fn calls_are_counted_by_method_and_code_and_invented_methods_under_one_name() {
    telemetry::metrics::install();
    call("Refuse", &[], vec![]).await;
    layers(Routes::default())
        .oneshot(Request::post("/canary.Invented/Method").body(Body::empty()).unwrap())
        .await
        .unwrap();
    // This one answers with a body, and its status in the trailers.
    let (_, service) = tonic_health::server::health_reporter();
    let answer = HealthClient::new(layers(Routes::new(service))).check(HealthCheckRequest::default()).await;
    assert!(answer.is_ok());
    let page = telemetry::metrics::render();
    let counted = |method: &str, code: &str| {
        page.contains(&format!(
            "rpc_server_call_duration_seconds_count{{method=\"{method}\",code=\"{code}\"}}"
        ))
    };
    assert!(counted("test.Behaviour/Refuse", "FAILED_PRECONDITION"), "{page}");
    assert!(counted("grpc.health.v1.Health/Check", "OK"), "{page}");
    assert!(counted("_OTHER", "UNIMPLEMENTED"), "{page}");
    assert!(!page.contains("canary"), "{page}");
}

#[tokio::test]
async fn a_call_joins_the_trace_of_its_caller() {
    use opentelemetry::trace::TracerProvider;
    use tracing_subscriber::layer::SubscriberExt;

    opentelemetry::global::set_text_map_propagator(
        opentelemetry_sdk::propagation::TraceContextPropagator::new(),
    );
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
    let subscriber = tracing_subscriber::registry()
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("test")));
    let _guard = tracing::subscriber::set_default(subscriber);
    let seen = Arc::new(std::sync::Mutex::new(None));
    let inside = seen.clone();
    let routes: Routes = Router::new()
        .route(
            "/test.Behaviour/Trace",
            post(async move || {
                *inside.lock().unwrap() = crate::trace::current_traceparent();
                Status::ok("").into_http::<Body>()
            }),
        )
        .into();
    let routes = layers(routes);
    let request = || {
        Request::post("/test.Behaviour/Trace")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .body(Body::empty())
            .unwrap()
    };
    // A test beside this one may be the first to come by the span, and has nobody who wants it: that is remembered, and looked
    // at again only now that it is known.
    routes.clone().oneshot(request()).await.unwrap();
    tracing::callsite::rebuild_interest_cache();
    routes.oneshot(request()).await.unwrap();
    let seen = seen.lock().unwrap().clone().unwrap();
    assert!(seen.starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{seen}");
    assert!(!seen.contains("b7ad6b7169203331"), "a span of its own: {seen}");
}

/// An authority and what it signed, in files.
struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    fn issue() -> Self {
        let certificates = Self { folder: tempfile::tempdir().unwrap() };
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        certificates.write("ca.pem", &authority.pem());
        for name in ["server", "client"] {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &authority).unwrap();
            certificates.write(&format!("{name}.pem"), &certificate.pem());
            certificates.write(&format!("{name}.key"), &key.serialize_pem());
        }
        certificates
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn server(&self) -> Options {
        let tls = Tls {
            certificate: self.path("server.pem"),
            key: self.path("server.key"),
            client_ca: Some(self.path("ca.pem")),
        };
        Options { tls: Some(tls), ..Options::default() }
    }

    fn trusting(&self) -> ClientTlsConfig {
        tls::install_provider();
        ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(self.read("ca.pem")))
            .domain_name("localhost")
    }

    fn showing(&self, of: &Certificates) -> ClientTlsConfig {
        self.trusting().identity(Identity::from_pem(of.read("client.pem"), of.read("client.key")))
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }
}

async fn health_over_tls(address: SocketAddr, client: ClientTlsConfig) -> Result<i32, String> {
    let endpoint = Endpoint::try_from(format!("https://{address}")).unwrap();
    let endpoint = endpoint.tls_config(client).unwrap();
    let channel = endpoint.connect().await.map_err(|error| format!("{error:?}"))?;
    health(channel, "").await.map_err(|error| format!("{error:?}"))
}

#[tokio::test]
async fn a_client_must_show_a_certificate_that_the_configured_authority_signed() {
    let (ours, foreign) = (Certificates::issue(), Certificates::issue());
    let (address, lifecycle) = started(Routes::default(), ours.server()).await;

    let without = health_over_tls(address, ours.trusting()).await.unwrap_err();
    assert!(without.contains("CertificateRequired"), "{without}");
    let foreign = health_over_tls(address, ours.showing(&foreign)).await.unwrap_err();
    assert!(foreign.contains("received fatal alert"), "{foreign}");
    let right = health_over_tls(address, ours.showing(&ours)).await;
    assert_eq!(right, Ok(ServingStatus::Serving as i32));
    let clear = Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy();
    assert!(health(clear, "").await.is_err());
    lifecycle.finish().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_certificate_is_named_before_anything_is_served() {
    let ours = Certificates::issue();
    ours.write("server.pem", "not a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusal = serve(listener, Routes::default(), ours.server(), &Lifecycle::new(GRACE)).unwrap_err();
    let cause = std::error::Error::source(&refusal).unwrap().to_string();
    assert!(cause.contains("tls.certificate") && cause.contains(&shown(&ours.path("server.pem"))), "{cause}");
}

/// Polls, since files are looked at now and then.
async fn in_the_end(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came about");
}

#[tokio::test]
async fn a_certificate_that_is_replaced_is_shown_without_a_restart_and_a_damaged_one_is_not() {
    let (ours, next) = (Certificates::issue(), Certificates::issue());
    let (address, lifecycle) = started(Routes::default(), ours.server()).await;
    let well = Ok(ServingStatus::Serving as i32);
    assert_eq!(health_over_tls(address, ours.showing(&ours)).await, well);
    assert!(health_over_tls(address, next.showing(&next)).await.is_err());

    let (old, old_key) = (ours.read("server.pem"), ours.read("server.key"));
    for name in ["ca.pem", "server.pem", "server.key"] {
        std::fs::copy(next.path(name), ours.path(name)).unwrap();
    }
    in_the_end(async || health_over_tls(address, next.showing(&next)).await == well).await;
    // Whom the authority of before signed is nobody any more.
    assert!(health_over_tls(address, next.showing(&ours)).await.is_err());

    // A key that is not the certificate's, for longer than it takes to notice; then the pair of before is put back.
    ours.write("server.key", &String::from_utf8(old_key.clone()).unwrap());
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(health_over_tls(address, next.showing(&next)).await, well);
    ours.write("server.pem", &String::from_utf8(old).unwrap());
    in_the_end(async || health_over_tls(address, next.showing(&next)).await.is_err()).await;
    lifecycle.finish().await.unwrap();
}

#[test]
fn when_a_certificate_ends_is_read_from_it() {
    let ours = Certificates::issue();
    let facts = tls::facts(&ours.path("server.pem")).unwrap();
    assert!(facts.not_before < facts.not_after);
    let refusal = tls::facts(&ours.path("server.key")).unwrap_err().to_string();
    assert!(refusal.contains("server.key") && refusal.contains("CERTIFICATE"), "{refusal}");
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
