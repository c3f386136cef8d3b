//! Which HTTP request is which method, read from the protocol's description.

use crate::template::Template;
use http::Method;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};

const RULE: &str = "google.api.http";

/// One method over HTTP.
#[derive(Debug, Clone)]
pub struct Binding {
    pub verb: Method,
    /// As it is written in the rule.
    pub path: String,
    pub template: Template,
    /// Whether what the path does not name is in the body; in the query otherwise.
    pub has_body: bool,
    pub method: MethodDescriptor,
}

impl Binding {
    /// The path gRPC knows the method by.
    pub fn grpc_path(&self) -> String {
        format!("/{}/{}", self.method.parent_service().full_name(), self.method.name())
    }
}

/// Every method that has a rule. Those with a verb come first: `a:b` may also be a name.
pub fn bindings(pool: &DescriptorPool) -> Vec<Binding> {
    let Some(rule) = pool.get_extension_by_name(RULE) else { return vec![] };
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let mut bindings: Vec<Binding> = methods
        .filter_map(|method| {
            let options = method.options();
            let rule = options.get_extension(&rule);
            binding(rule.as_message()?, method)
        })
        .collect();
    bindings.sort_by_key(|binding| !binding.template.has_verb());
    bindings
}

fn binding(rule: &DynamicMessage, method: MethodDescriptor) -> Option<Binding> {
    let verbs = [
        ("get", Method::GET),
        ("put", Method::PUT),
        ("post", Method::POST),
        ("delete", Method::DELETE),
        ("patch", Method::PATCH),
    ];
    let text = |name: &str| {
        rule.get_field_by_name(name).as_deref().and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (verb, path) =
        verbs.into_iter().map(|(name, verb)| (verb, text(name))).find(|(_, path)| !path.is_empty())?;
    Some(Binding { verb, template: Template::parse(&path), path, has_body: text("body") == "*", method })
}
