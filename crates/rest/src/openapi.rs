//! The OpenAPI 3.1 document of all bindings.

use crate::binding::Binding;
use crate::request::in_query;
use crate::schema::{Schemas, comment};
use prost_reflect::FieldDescriptor;
use serde_json::{Map, Value, json};

/// What [`crate::router`] serves, described.
pub fn document(bindings: &[Binding]) -> Value {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    for binding in bindings {
        let operation = operation(binding, &mut schemas);
        let path = paths.entry(described_path(binding)).or_insert_with(|| json!({}));
        path[binding.verb.as_str().to_ascii_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Latchkey",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The life of third-party credentials. Everything here is also there over gRPC, by the same names.",
        },
        "security": [{"api_key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"api_key": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas.components.into_iter().chain([("Problem".to_owned(), problem())]).collect::<Map<_, _>>(),
        },
    })
}

/// The path with plain names: `{integration.key}` is described as `{key}`, like the other methods' at the same path.
fn described_path(binding: &Binding) -> String {
    let mut path = binding.path.clone();
    for name in binding.template.field_names() {
        path = path.replace(&format!("{{{name}}}"), &format!("{{{}}}", plain(name)));
    }
    path
}

fn plain(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn operation(binding: &Binding, schemas: &mut Schemas) -> Value {
    let method = &binding.method;
    let file = method.parent_service().parent_file();
    let mut operation = json!({
        "operationId": binding.operation,
        "tags": [method.parent_service().name()],
        "parameters": parameters(binding, schemas),
        "responses": {"200": success(binding, schemas), "default": {
            "description": "It did not work: `reason` says why to programs, `detail` to people.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }},
    });
    if let Some(text) = comment(file.file_descriptor_proto(), method.path()) {
        operation["description"] = json!(text);
    }
    if binding.has_body {
        let schema = schemas.of(&method.input());
        operation["requestBody"] = json!({"content": {"application/json": {"schema": schema}}});
    }
    operation
}

fn success(binding: &Binding, schemas: &mut Schemas) -> Value {
    let schema = schemas.of(&binding.method.output());
    if binding.method.is_server_streaming() {
        let description = "Server-sent events, each with one message as its data.";
        return json!({"description": description, "content": {"text/event-stream": {"schema": {"type": "string"}}}});
    }
    json!({"description": "Done.", "content": {"application/json": {"schema": schema}}})
}

fn parameters(binding: &Binding, schemas: &mut Schemas) -> Vec<Value> {
    let input = binding.method.input();
    let in_path: Vec<&str> = binding.template.field_names().collect();
    let path = in_path.iter().map(|name| {
        json!({"name": plain(name), "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}})
    });
    let mut parameters: Vec<Value> = path.collect();
    if !binding.has_body {
        let rest = input.fields().filter(|field| !in_path.contains(&field.name()) && in_query(field));
        parameters.extend(rest.map(|field| query(&field, schemas)));
    }
    parameters
}

fn query(field: &FieldDescriptor, schemas: &mut Schemas) -> Value {
    json!({"name": field.name(), "in": "query", "schema": schemas.field(field), "explode": true})
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "reason"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "For people."},
            "reason": {"type": "string", "description": "For programs: a value of latchkey.faults.v1.Reason, without its prefix."},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            "instance": {"type": "string", "description": "The request's id, as in the header x-request-id."},
            "field_errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "message"],
                    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                },
            },
            "retry_after_seconds": {"type": "integer", "minimum": 1},
        },
    })
}
