//! Who may depend on whom.

use crate::{
    graph::{Graph, name},
    none, repository,
};
use std::{collections::BTreeMap, fs};

/// Every crate of ours, by its folder, and which of ours it may use in what is shipped. A new crate is added here, with
/// thought: it is born when it enforces a ban, isolates a heavy dependency, or has a second user.
const ALLOWED: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("domain", &["secret"]),
    ("providers", &["signing"]),
    ("signing", &[]),
    ("egress", &[]),
    ("issuers", &["domain", "egress", "secret"]),
    ("oauth", &["domain", "egress", "providers", "secret", "signing"]),
    ("envelope", &["egress", "secret"]),
    ("store", &[]),
    ("store-postgres", &["store"]),
    ("store-sqlite", &["store"]),
    ("bus", &[]),
    ("wire", &["chassis", "domain", "secret"]),
    ("rest", &["wire"]),
    ("chassis", &[]),
    ("web-ui", &[]),
    ("demo-provider", &[]),
    (
        "vault",
        &[
            "bus",
            "chassis",
            "domain",
            "envelope",
            "secret",
            "signing",
            "store",
            "store-postgres",
            "store-sqlite",
            "wire",
        ],
    ),
    (
        "connect",
        &[
            "bus",
            "chassis",
            "domain",
            "egress",
            "issuers",
            "oauth",
            "providers",
            "rest",
            "secret",
            "web-ui",
            "wire",
        ],
    ),
    ("refresher", &["bus", "chassis", "domain", "oauth", "providers", "secret", "wire"]),
    ("proxy", &["chassis", "domain", "egress", "issuers", "providers", "secret", "signing", "wire"]),
];

/// It is all of them in one process, so it may use all of them; not what is for tests.
const ALL_IN_ONE: &str = "all-in-one";

/// They may use everything, and nothing that is shipped may use them.
const TEST_ONLY: &[&str] = &["testkit", "tests"];

const SERVICES: &[&str] = &["vault", "connect", "refresher", "proxy"];
const STORAGE: &[&str] = &["envelope", "store", "store-postgres", "store-sqlite"];

/// A runtime, the network, a database, a clock or chance: the pure core gets what it needs as an argument.
const IMPURE: &[&str] = &[
    "async-nats",
    "async-std",
    "aws-config",
    "aws-sdk-kms",
    "axum",
    "chrono",
    "fastrand",
    "getrandom",
    "h2",
    "hyper",
    "jiff",
    "mio",
    "prost",
    "quinn",
    "rand",
    "rand_core",
    "reqwest",
    "ring",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tempfile",
    "time",
    "tokio",
    "tonic",
    "tower",
    "tracing",
    "ureq",
];

/// What only the vault may be linked with: a service that answers the internet has no way to storage or keys.
const STORAGE_LIBRARIES: &[&str] = &["sqlx", "sqlx-core", "libsqlite3-sys", "aws-sdk-kms"];

/// A second TLS library, or a build that needs more than a C compiler.
const NOT_IN_LOCK: &[&str] =
    &["aws-lc-rs", "aws-lc-sys", "bindgen", "cmake", "native-tls", "openssl", "openssl-sys", "protobuf-src"];

fn edges_outside_the_table(graph: &Graph) -> Vec<String> {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let mut violations = Vec::new();
    for package in graph.ours.iter().map(String::as_str).filter(|package| !TEST_ONLY.contains(package)) {
        let may_use = |it: &str| match allowed.get(package) {
            Some(row) => row.contains(&it),
            None => package == ALL_IN_ONE && !TEST_ONLY.contains(&it),
        };
        if package != ALL_IN_ONE && !allowed.contains_key(package) {
            violations.push(format!("{package} is in no row of the table"));
            continue;
        }
        let ours = graph.direct(package).filter(|it| graph.ours.contains(*it));
        violations.extend(ours.filter(|it| !may_use(it)).map(|it| format!("{package} → {it}")));
    }
    violations
}

/// The ways from `package` to something called one of `names`.
fn ways(graph: &Graph, package: &str, names: &[&str]) -> Vec<String> {
    let reached = graph.reach(package);
    reached.into_iter().filter(|(reached, _)| names.contains(&name(reached))).map(|(_, way)| way).collect()
}

fn ways_around_the_vault(graph: &Graph) -> Vec<String> {
    let without = ["vault", ALL_IN_ONE];
    let others = graph.ours.iter().map(String::as_str).filter(|package| {
        !without.contains(package) && !TEST_ONLY.contains(package) && !STORAGE.contains(package)
    });
    others.flat_map(|package| ways(graph, package, &[STORAGE, STORAGE_LIBRARIES].concat())).collect()
}

fn services_that_use_a_service(graph: &Graph) -> Vec<String> {
    SERVICES.iter().flat_map(|service| ways(graph, service, &[SERVICES, &[ALL_IN_ONE]].concat())).collect()
}

fn locked(lock: &str) -> Vec<String> {
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.filter(|name| NOT_IN_LOCK.contains(name)).map(String::from).collect()
}

#[test]
fn crates_depend_on_each_other_in_the_agreed_directions_only() {
    let rule = "an edge that the table in tests/tidy/dependencies.rs does not allow";
    none(rule, edges_outside_the_table(&Graph::of_the_workspace()));
}

#[test]
fn domain_and_secret_know_no_runtime_no_network_no_clock_and_no_chance() {
    let graph = Graph::of_the_workspace();
    let ways = ["domain", "secret"].iter().flat_map(|package| ways(&graph, package, IMPURE)).collect();
    none("the core is pure", ways);
}

#[test]
fn only_the_vault_has_storage_and_keys() {
    none(
        "a way to storage or keys that is not the vault's",
        ways_around_the_vault(&Graph::of_the_workspace()),
    );
}

#[test]
fn no_service_depends_on_another() {
    none(
        "services meet over a route, never as crates",
        services_that_use_a_service(&Graph::of_the_workspace()),
    );
}

#[test]
fn there_is_one_tls_library_and_a_c_compiler_is_enough() {
    let lock = fs::read_to_string(repository::root().join("Cargo.lock")).expect("Cargo.lock");
    none("in Cargo.lock", locked(&lock));
}

#[test]
fn an_edge_against_the_direction_is_found() {
    let graph = Graph::sample(&[
        ("secret", "domain"),
        ("domain", "secret"),
        ("vault", "testkit"),
        ("all-in-one", "testkit"),
        ("all-in-one", "vault"),
        ("new", "domain"),
    ]);
    assert_eq!(
        edges_outside_the_table(&graph),
        ["all-in-one → testkit", "new is in no row of the table", "secret → domain", "vault → testkit"]
    );
}

#[test]
fn an_impure_library_is_found_however_far_away() {
    let graph =
        Graph::sample(&[("domain", "ids@1.0.0"), ("ids@1.0.0", "rand@0.10.0"), ("rand@0.10.0", "os@1.0.0")]);
    assert_eq!(ways(&graph, "domain", IMPURE), ["domain → ids@1.0.0 → rand@0.10.0"]);
}

#[test]
fn a_way_around_the_vault_is_found() {
    let graph = Graph::sample(&[
        ("vault", "store"),
        ("all-in-one", "vault"),
        ("proxy", "helper@1.0.0"),
        ("helper@1.0.0", "sqlx@0.9.0"),
    ]);
    assert_eq!(ways_around_the_vault(&graph), ["proxy → helper@1.0.0 → sqlx@0.9.0"]);
}

#[test]
fn a_service_that_uses_a_service_is_found() {
    let graph = Graph::sample(&[("proxy", "wire"), ("wire", "vault"), ("all-in-one", "vault")]);
    assert_eq!(services_that_use_a_service(&graph), ["proxy → wire → vault"]);
}

#[test]
fn a_second_tls_library_is_found() {
    assert_eq!(locked("[[package]]\nname = \"openssl-sys\"\nversion = \"0.9\"\n"), ["openssl-sys"]);
}
