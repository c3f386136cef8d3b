//! A real Envoy at the edge of a mesh, which asks a world before a request passes.

use crate::certificates::VAULT_NAME;
use crate::ports::free_port;
use crate::world::World;
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(30);

const API: &str = "type.googleapis.com/envoy.extensions";

/// A way through it: requests that begin with `prefix` go on to this port of this machine.
pub struct EnvoyRoute<'a> {
    pub prefix: &'a str,
    pub port: u16,
    /// What the route tells whoever is asked (`latchkey-origin`, `latchkey-connection`).
    pub says: Value,
}

/// Ends with its owner.
pub struct Envoy {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Envoy {
    /// That of `tests/with-servers`.
    ///
    /// # Panics
    /// Where there is none, or it does not come up.
    pub async fn start(world: &World, routes: &[EnvoyRoute<'_>]) -> Self {
        let program = std::env::var("LATCHKEY_TEST_ENVOY").expect("LATCHKEY_TEST_ENVOY: run tests/run");
        let port = free_port();
        let file = world.folder.path().join("envoy.json");
        let log = world.folder.path().join("envoy.log");
        let settings = settings(world, port, routes).to_string();
        std::fs::write(&file, settings).expect("a file can be written");
        let child = Command::new(program)
            .args(["--concurrency", "1", "--use-dynamic-base-id", "--log-level", "warning", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a file can be written"))
            .spawn()
            .expect("Envoy starts");
        let mut envoy = Self { child, port, log };
        envoy.ready().await;
        envoy
    }

    async fn ready(&mut self) {
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let ended = self.child.try_wait().expect("a process can be asked");
            let is_coming = ended.is_none() && begun.elapsed() < READY_WITHIN;
            assert!(is_coming, "Envoy does not come up:\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What it logged.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The address of a path at the mesh's edge.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As README.md has it, with a listener around it.
fn settings(world: &World, port: u16, routes: &[EnvoyRoute<'_>]) -> Value {
    let manager = json!({
        "@type": format!("{API}.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "edge",
        "http_filters": [
            filter("ext_authz", json!({
                "@type": format!("{API}.filters.http.ext_authz.v3.ExtAuthz"),
                "transport_api_version": "V3",
                "grpc_service": {"envoy_grpc": {"cluster_name": "latchkey"}, "timeout": "10s"},
            })),
            filter("router", json!({"@type": format!("{API}.filters.http.router.v3.Router")})),
        ],
        "route_config": {"virtual_hosts": [{
            "name": "all",
            "domains": ["*"],
            "routes": routes.iter().map(route).collect::<Value>(),
        }]},
    });
    let manager = json!({"name": "envoy.filters.network.http_connection_manager", "typed_config": manager});
    let to_routes = routes.iter().map(|route| cluster(&name_of(route), route.port));
    json!({"static_resources": {
        "listeners": [{
            "name": "edge",
            "address": address(port),
            "filter_chains": [{"filters": [manager]}],
        }],
        "clusters": to_routes.chain([latchkey(world)]).collect::<Value>(),
    }})
}

fn filter(name: &str, settings: Value) -> Value {
    json!({"name": format!("envoy.filters.http.{name}"), "typed_config": settings})
}

fn name_of(route: &EnvoyRoute<'_>) -> String {
    format!("to{}", route.prefix)
}

fn route(route: &EnvoyRoute<'_>) -> Value {
    json!({
        "match": {"prefix": route.prefix},
        "route": {"cluster": name_of(route)},
        "typed_per_filter_config": {"envoy.filters.http.ext_authz": {
            "@type": format!("{API}.filters.http.ext_authz.v3.ExtAuthzPerRoute"),
            "check_settings": {"context_extensions": route.says},
        }},
    })
}

fn cluster(name: &str, port: u16) -> Value {
    let endpoint = json!({"endpoint": {"address": address(port)}});
    json!({
        "name": name,
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    })
}

/// Over HTTP/2, and TLS where the world speaks it.
fn latchkey(world: &World) -> Value {
    let mut cluster = cluster("latchkey", world.proxy.authorization);
    cluster["typed_extension_protocol_options"] = json!({"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": format!("{API}.upstreams.http.v3.HttpProtocolOptions"),
        "explicit_http_config": {"http2_protocol_options": {}},
    }});
    if let Some(authority) = &world.proxy.authority {
        cluster["transport_socket"] = tls(authority);
    }
    cluster
}

fn tls(authority: &Path) -> Value {
    let trusted = json!({
        "trusted_ca": {"filename": authority},
        "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": VAULT_NAME}}],
    });
    json!({"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": format!("{API}.transport_sockets.tls.v3.UpstreamTlsContext"),
        "sni": VAULT_NAME,
        "common_tls_context": {"alpn_protocols": ["h2"], "validation_context": trusted},
    }})
}

fn address(port: u16) -> Value {
    json!({"socket_address": {"address": "127.0.0.1", "port_value": port}})
}
