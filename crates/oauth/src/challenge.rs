//! The parameters of a `WWW-Authenticate` field (RFC 9110 §11.6.1), as far as a bearer challenge has any to tell
//! (RFC 6750 §3, RFC 9728 §5.1).

/// Longer than any honest challenge.
const CHALLENGE_MAX: usize = 8 * 1024;

/// The value of a parameter of a `Bearer` challenge; of the first such challenge that has it.
pub(crate) fn bearer_parameter(field: &str, wanted: &str) -> Option<String> {
    if field.len() > CHALLENGE_MAX {
        return None;
    }
    let mut rest = field;
    let mut in_bearer = false;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        let Some(value) = after.trim_start().strip_prefix('=') else {
            // A word without a value begins a challenge.
            in_bearer = word.eq_ignore_ascii_case("bearer");
            rest = after;
            continue;
        };
        let (value, after) = value_of(value.trim_start())?;
        if in_bearer && word.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

/// A token or a quoted string, and what follows it.
fn value_of(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            c => value.push(c),
        }
    }
    None
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_found_in_the_bearer_challenge_alone() {
        let metadata = |field: &str| bearer_parameter(field, "resource_metadata");
        let url = "https://mcp.example/.well-known/oauth-protected-resource";
        assert_eq!(metadata(&format!("Bearer resource_metadata=\"{url}\"")).as_deref(), Some(url));
        let mixed = format!(
            r#"Basic realm="a, resource_metadata=\"x\"", bearer error = "e", resource_metadata="{url}""#
        );
        assert_eq!(metadata(&mixed).as_deref(), Some(url));
        assert_eq!(metadata("Bearer scope=files, resource_metadata=x").as_deref(), Some("x"));
        for without in
            ["", "Bearer", "Basic resource_metadata=\"x\"", "Bearer resource_metadata=\"x", "=,=", "\"\""]
        {
            assert_eq!(metadata(without), None, "{without}");
        }
        assert_eq!(metadata(&format!("Bearer resource_metadata=\"{}\"", "x".repeat(CHALLENGE_MAX))), None);
    }

    #[test]
    fn an_escaped_character_is_read_as_itself() {
        assert_eq!(bearer_parameter(r#"Bearer scope="a\"b c""#, "scope").as_deref(), Some("a\"b c"));
    }
}
