//! Which HTTP request is which method, read from the protocol's description.

use crate::template::Template;
use http::Method;
use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, MethodDescriptor, Value};

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
    /// Unique among all bindings: a method that can be called in several ways is numbered from the second on.
    pub operation: String,
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
    let mut bindings: Vec<Binding> = methods.flat_map(|method| bindings_of(&rule, &method)).collect();
    bindings.sort_by_key(|binding| !binding.template.has_verb());
    bindings
}

/// A method's rule, and the rules beside it.
fn bindings_of(rule: &ExtensionDescriptor, method: &MethodDescriptor) -> Vec<Binding> {
    let options = method.options();
    let rule = options.get_extension(rule);
    let Some(rule) = rule.as_message() else { return vec![] };
    let more = rule.get_field_by_name("additional_bindings");
    let more = more.as_deref().and_then(Value::as_list).unwrap_or_default();
    let rules = std::iter::once(rule).chain(more.iter().filter_map(Value::as_message));
    let numbered = rules.enumerate().filter_map(|(number, rule)| binding(rule, method.clone(), number));
    numbered.collect()
}

fn binding(rule: &DynamicMessage, method: MethodDescriptor, number: usize) -> Option<Binding> {
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
    let operation = match number {
        0 => method.name().to_owned(),
        _ => format!("{}{}", method.name(), number + 1),
    };
    let template = Template::parse(&path);
    Some(Binding { verb, template, path, has_body: text("body") == "*", method, operation })
}
