//! Whatever is sent to whichever door, no answer is a fault of ours. A dozen bodies for each endpoint, and ten thousand with
//! `LATCHKEY_TEST_LONG`, or `LATCHKEY_TEST_BODIES`; the seed is fixed, and `LATCHKEY_TEST_SEED` is another one.

mod over_grpc;

use futures::{StreamExt as _, future::ready, stream};
use latchkey_testkit::World;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const AT_ONCE: usize = 8;

/// A million spans would be collected here otherwise, and searched.
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const BODIES: usize = 12;
const BODIES_LONG: usize = 10_000;

/// What is served beside the described API.
const OTHERS: &[(&str, &str)] = &[
    ("POST", "/oauth/token"),
    ("GET", "/oauth/callback"),
    ("GET", "/oauth/connect/{key}"),
    ("GET", "/providers/{key}"),
    ("GET", "/integrations"),
    ("POST", "/integrations"),
    ("GET", "/integrations/{key}"),
    ("PATCH", "/integrations/{key}"),
    ("GET", "/config/{key}"),
    ("POST", "/connect/sessions"),
    ("POST", "/connect/sessions/reconnect"),
    ("GET", "/connect/session"),
    ("GET", "/connections"),
    ("POST", "/connections"),
    ("POST", "/connections/metadata"),
    ("PATCH", "/connections/metadata"),
    ("GET", "/connections/{connection_id}"),
    ("PATCH", "/connections/{connection_id}"),
    ("DELETE", "/connections/{key}"),
    ("POST", "/api-auth/api-key/{key}"),
    ("POST", "/api-auth/basic/{key}"),
    ("POST", "/connect/open"),
    ("POST", "/connect/approve"),
    ("GET", "/connect/{session_id}"),
    ("POST", "/connect/{session_id}/start"),
    ("POST", "/connect/{session_id}/account"),
    ("POST", "/connect/{session_id}/approval"),
    ("POST", "/connect/{session_id}/return"),
    ("POST", "/connect/api/sessions"),
    ("POST", "/connect/api/sessions/{session_id}/attempts"),
    ("POST", "/connect/api/sessions/{session_id}/approval"),
    ("POST", "/connect/api/sessions/{session_id}/result"),
    ("POST", "/connect/api/window"),
    ("POST", "/dashboard/login"),
    ("GET", "/dashboard/session"),
    ("POST", "/dashboard/api/v1/connections"),
    ("GET", "/embed/{key}"),
    ("POST", "/proxy/me"),
];

fn seed() -> u64 {
    std::env::var("LATCHKEY_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn bodies() -> usize {
    let told = std::env::var("LATCHKEY_TEST_BODIES").ok().and_then(|text| text.parse().ok());
    let long = std::env::var_os("LATCHKEY_TEST_LONG").is_some();
    told.unwrap_or(if long { BODIES_LONG } else { BODIES })
}

/// What follows from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn text(&mut self) -> String {
        let odd = [
            "", " ", "\0", "\u{202e}", "💣", "../../", "%2f", "con_", "\"", "${x}", "-1", "1e309", "null",
            "'--", "é",
        ];
        // Long ones are rare: in ten thousand bodies there are enough of them, and making them is what takes the time.
        let long = if self.below(40) == 0 { 5000 } else { 300 };
        let length = *self.of(&[0, 1, 3, 17, 17, 17, 40, long]);
        let mut text: String = (0..self.below(4)).map(|_| *self.of(&odd)).collect();
        text.extend(
            (0..length).map(|_| char::from_u32(u32::try_from(self.below(0x2fff)).unwrap()).unwrap_or('x')),
        );
        text
    }

    fn value(&mut self, names: &[String], depth: usize) -> Value {
        match self.below(if depth > 3 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.next().is_multiple_of(2)),
            2 => json!(self.next()),
            3 => json!(0_i64.wrapping_sub_unsigned(self.next())),
            4 => json!(f64::from_bits(self.next())),
            5 => self.text().into(),
            6 => (0..self.below(5)).map(|_| self.value(names, depth + 1)).collect(),
            _ => self.object(names, depth + 1),
        }
    }

    /// Of names that mean something somewhere.
    fn object(&mut self, names: &[String], depth: usize) -> Value {
        let fields = (0..self.below(6)).map(|_| {
            let name = if self.below(8) == 0 { self.text() } else { self.of(names).clone() };
            (name, self.value(names, depth))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }

    fn body(&mut self, names: &[String]) -> Vec<u8> {
        match self.below(10) {
            0 => (0..self.below(300)).map(|_| u8::try_from(self.below(256)).unwrap()).collect(),
            1 => "[".repeat(self.below(20_000)).into_bytes(),
            2 => {
                let whole = self.object(names, 0).to_string();
                whole.into_bytes().into_iter().take(self.below(200)).collect()
            }
            3 => format!("{}={}&{}", self.of(names), self.text(), self.of(names)).into_bytes(),
            4 => self.value(names, 0).to_string().into_bytes(),
            _ => self.object(names, 0).to_string().into_bytes(),
        }
    }
}

struct Endpoint {
    method: String,
    path: String,
}

/// What is described and what is not, but for streams, which have no end, and what would take away the key it is asked with.
fn endpoints(described: &Value) -> Vec<Endpoint> {
    let mut all = vec![];
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap().iter().filter(|(_, it)| it.is_object()) {
            let name = operation["operationId"].as_str().unwrap_or_default();
            if !name.starts_with("Watch") && name != "TailAuthLogs" {
                all.push(Endpoint { method: method.to_uppercase(), path: path.clone() });
            }
        }
    }
    all.extend(
        OTHERS
            .iter()
            .map(|(method, path)| Endpoint { method: (*method).to_owned(), path: (*path).to_owned() }),
    );
    all
}

/// Every name of a field that the description has.
fn names(described: &Value) -> Vec<String> {
    let mut names = BTreeSet::new();
    let schemas = described.pointer("/components/schemas").and_then(Value::as_object).unwrap();
    for schema in schemas.values() {
        names.extend(schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned()));
    }
    names.into_iter().collect()
}

fn path(endpoint: &Endpoint, chance: &mut Chance, real: &str) -> String {
    let nonsense = |chance: &mut Chance| {
        let bytes: Vec<u8> = chance.text().into_bytes().into_iter().take(60).collect();
        bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<String>()
    };
    let mut path = endpoint.path.clone();
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        let (named, deletes) = (path[from + 1..to].to_owned(), endpoint.method == "DELETE");
        let value = match named.as_str() {
            "connection_id" if !deletes && chance.below(2) == 0 => real.to_owned(),
            _ if chance.below(3) == 0 => "con_01JD0000000000000000000000".to_owned(),
            "key" | "integration.key" if !deletes && chance.below(2) == 0 => "demo-oauth".to_owned(),
            _ => nonsense(chance),
        };
        path.replace_range(from..=to, &value);
    }
    match chance.below(3) {
        0 => format!("{path}?page_size={}&provider_config_key={}&limit=-1", chance.next(), nonsense(chance)),
        _ => path,
    }
}

async fn faulty(
    world: &World,
    endpoint: &Endpoint,
    mut chance: Chance,
    names: &[String],
    real: &str,
) -> Option<String> {
    let path = path(endpoint, &mut chance, real);
    let body = chance.body(names);
    let kind = *chance.of(&[
        "application/json",
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "nonsense",
    ]);
    let mut request =
        world.rest(&endpoint.method, &path).header("content-type", kind).header("traceparent", UNSAMPLED);
    if endpoint.method != "GET" || chance.below(4) == 0 {
        request = request.body(body.clone());
    }
    if endpoint.path.starts_with("/proxy") {
        request = request.header(
            "latchkey-connection",
            chance.of(&[real, "x", "con_01JD0000000000000000000000"]).to_owned(),
        );
    }
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return Some(format!("{} {path}: {error:?}", endpoint.method)),
    };
    let status = answer.status().as_u16();
    // What the contract of another product has and this server has not is answered 501, by name.
    let elsewhere = status == 501 && !endpoint.path.starts_with("/v1");
    let said = answer.text().await.unwrap_or_default();
    // Nor is it ours where the provider is waited for in vain.
    let theirs = said.contains("\"reason\":\"PROVIDER_") || said.contains("\"reason\":\"REFRESH_");
    let ours = status >= 500 && !elsewhere && !theirs;
    ours.then(|| {
        format!(
            "{} {path} {kind}: {status} {said:.300}\n  {}",
            endpoint.method,
            String::from_utf8_lossy(&body)
        )
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_is_answered_with_a_fault_of_ours() {
    let bodies = bodies();
    let world = World::builder().quiet(bodies > BODIES).start().await;
    let kept = world.connect("demo-oauth", "ana").await;
    let real = world.connect("demo-oauth", "ben").await;
    let described: Value = world.rest("GET", "/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    let (endpoints, names) = (endpoints(&described), names(&described));
    assert!(
        endpoints.len() > 80 && names.len() > 100,
        "{} endpoints, {} names",
        endpoints.len(),
        names.len()
    );
    let mut chance = Chance(seed());
    let tries = (0..bodies).flat_map(|_| endpoints.iter()).map(|endpoint| {
        let chance = Chance(chance.next());
        faulty(&world, endpoint, chance, &names, &real)
    });
    survived(&world, &kept, tries).await;
    world.finish().await;
}

/// None of what is tried leads to a fault of ours, and then all is there still.
async fn survived<F>(world: &World, kept: &str, tries: impl Iterator<Item = F>)
where
    F: Future<Output = Option<String>>,
{
    let told = stream::iter(tries).buffer_unordered(AT_ONCE);
    let faults: Vec<String> = told.filter_map(ready).collect().await;
    assert!(
        faults.is_empty(),
        "seed {}, {} faults of ours:\n{}",
        seed(),
        faults.len(),
        faults[..faults.len().min(5)].join("\n")
    );
    world.backend().assert_healthy().await;
    let token = world.backend().token(kept).await.unwrap();
    assert_eq!(world.call_api("/me", &token.headers).await, 200);
}
