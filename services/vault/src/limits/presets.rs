//! What a session may settle for its integrations.

use super::{
    DOCUMENT_BYTES_MAX, FIELD_CHARS_MAX, FIELDS_MAX, NAME_CHARS_MAX, SCOPE_CHARS_MAX, SCOPES_MAX, are_scopes,
    held, is_line,
};
use crate::error::Error;
use latchkey_domain::IntegrationKey;
use latchkey_domain::session::{Preset, Presets};
use url::Url;

const PARAMS_MAX: usize = 20;
const PARAM_NAME_MAX: usize = 64;
const PARAM_CHARS_MAX: usize = 1024;
const URL_MAX: usize = 2048;
/// Of one session together: it is loaded with every step of its end user.
const BYTES_MAX: usize = 64 * 1024;

/// # Errors
/// [`Error::Field`] with the first that is malformed, too large, or for an integration the session does not offer.
pub fn presets(presets: &Presets, offered: &[IntegrationKey], allow_http: bool) -> Result<(), Error> {
    for (key, preset) in presets {
        let refused = |field: &str, message: String| {
            held(false, "presets", || format!("`presets[{key}]{field}`: {message}"))
        };
        if !offered.contains(key) {
            return refused("", "The session does not offer this integration.".to_owned());
        }
        if let Some((field, message)) = mistake(preset, allow_http) {
            return refused(&format!(".{field}"), message);
        }
    }
    let size = serde_json::to_vec(presets).map_or(usize::MAX, |text| text.len());
    held(size <= BYTES_MAX, "presets", || {
        format!("At most {BYTES_MAX} bytes as JSON, and these have {size}.")
    })
}

/// The field that cannot be what it is, and what it may be.
fn mistake(preset: &Preset, allow_http: bool) -> Option<(&'static str, String)> {
    let Preset { scopes, authorization_params, inputs, config, docs_url } = preset;
    if !are_scopes(scopes) {
        let message = format!(
            "At most {SCOPES_MAX} scopes of 1 to {SCOPE_CHARS_MAX} characters, none of them a control character."
        );
        return Some(("scopes", message));
    }
    let is_param = |(name, value): (&String, &String)| is_param_name(name) && is_line(value, PARAM_CHARS_MAX);
    if authorization_params.len() > PARAMS_MAX || !authorization_params.iter().all(is_param) {
        let message = format!(
            "At most {PARAMS_MAX} parameters, with names of 1 to {PARAM_NAME_MAX} letters, digits and . _ -, and values of at most \
             {PARAM_CHARS_MAX} characters, none of them a control character."
        );
        return Some(("authorization_params", message));
    }
    let is_input = |(name, value): (&String, &String)| {
        is_line(name, NAME_CHARS_MAX) && !value.is_empty() && value.chars().count() <= FIELD_CHARS_MAX
    };
    if inputs.len() > FIELDS_MAX || !inputs.iter().all(is_input) {
        let message =
            format!("At most {FIELDS_MAX} inputs, with values of 1 to {FIELD_CHARS_MAX} characters.");
        return Some(("inputs", message));
    }
    let size = serde_json::to_vec(config).map_or(usize::MAX, |text| text.len());
    if size > DOCUMENT_BYTES_MAX {
        return Some(("config", format!("At most {DOCUMENT_BYTES_MAX} bytes as JSON, and this has {size}.")));
    }
    if !docs_url.is_empty() && !is_page(docs_url, allow_http) {
        let message = format!("An https address of at most {URL_MAX} characters, without a user name.");
        return Some(("docs_url", message));
    }
    None
}

fn is_param_name(name: &str) -> bool {
    (1..=PARAM_NAME_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn is_page(text: &str, allow_http: bool) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_web = url.scheme() == "https" || (allow_http && url.scheme() == "http");
    text.len() <= URL_MAX && is_web && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn many(count: usize, value: &str) -> BTreeMap<String, String> {
        (0..count).map(|n| (format!("p{n}"), value.to_owned())).collect()
    }

    fn largest() -> Preset {
        Preset {
            scopes: vec!["x".repeat(20); SCOPES_MAX],
            authorization_params: many(PARAMS_MAX, &"é".repeat(PARAM_CHARS_MAX / 4)),
            inputs: many(FIELDS_MAX, "x"),
            config: [("k".to_owned(), "x".repeat(DOCUMENT_BYTES_MAX - 8).into())].into_iter().collect(),
            docs_url: format!("https://a/{}", "x".repeat(URL_MAX - 10)),
        }
    }

    fn refused(change: impl FnOnce(&mut Preset)) -> Option<String> {
        let key: IntegrationKey = "slack".parse().unwrap();
        let mut preset = largest();
        change(&mut preset);
        let given = Presets::from([(key.clone(), preset)]);
        match presets(&given, &[key], false) {
            Ok(()) => None,
            Err(Error::Field { field: "presets", message }) => {
                let named = message.strip_prefix("`presets[slack].").and_then(|rest| rest.split_once('`'));
                Some(named.map_or("presets", |(field, _)| field).to_owned())
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_preset_may_be_as_large_as_the_limits_and_no_larger() {
        let because = |field: &str| Some(field.to_owned());
        assert_eq!(refused(|_| {}), None);
        assert_eq!(refused(|preset| preset.scopes.push("x".into())), because("scopes"));
        for name in ["", "a b", "a=b", "é", &"x".repeat(PARAM_NAME_MAX + 1)] {
            let params = [(name.to_owned(), "x".to_owned())];
            let refused = refused(|preset| preset.authorization_params = params.into());
            assert_eq!(refused, because("authorization_params"), "{name:?}");
        }
        for params in
            [many(PARAMS_MAX + 1, "x"), many(1, &"x".repeat(PARAM_CHARS_MAX + 1)), many(1, "a\r\nb")]
        {
            assert_eq!(
                refused(|preset| preset.authorization_params = params),
                because("authorization_params")
            );
        }
        assert_eq!(refused(|preset| preset.authorization_params = many(1, "")), None);
        for inputs in [many(FIELDS_MAX + 1, "x"), many(1, ""), many(1, &"x".repeat(FIELD_CHARS_MAX + 1))] {
            assert_eq!(refused(|preset| preset.inputs = inputs), because("inputs"));
        }
        assert_eq!(refused(|preset| drop(preset.config.insert("l".into(), 1.into()))), because("config"));
        for wrong in ["x", "http://a/", "https://u@a/", "javascript:alert(1)"] {
            assert_eq!(refused(|preset| preset.docs_url = wrong.into()), because("docs_url"), "{wrong}");
        }
        assert_eq!(refused(|preset| preset.docs_url.push('x')), because("docs_url"));
        let inputs = many(FIELDS_MAX, &"x".repeat(1000));
        assert_eq!(refused(|preset| preset.inputs = inputs), because("presets"), "all together");
    }

    #[test]
    fn nothing_is_settled_for_an_integration_that_is_not_offered() {
        let (slack, github): (IntegrationKey, IntegrationKey) =
            ("slack".parse().unwrap(), "github".parse().unwrap());
        let given = Presets::from([(slack, Preset::default())]);
        let Err(Error::Field { message, .. }) = presets(&given, &[github], false) else { panic!("taken") };
        assert_eq!(message, "`presets[slack]`: The session does not offer this integration.");
    }
}
