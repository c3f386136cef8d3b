//! A Rust file as its tokens: comments are gone, strings are told from code, and what only tests compile can be left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

pub struct Source {
    /// Relative to the root of the repository, with forward slashes.
    pub path: String,
    pub lines: usize,
    tokens: Vec<TokenTree>,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        Self { path: path.to_owned(), lines: text.lines().count(), tokens: stream.into_iter().collect() }
    }

    pub fn without_tests(mut self) -> Self {
        self.tokens = without_tests(self.tokens);
        self
    }

    /// The modules declared as `#[cfg(test)] mod name;`: their paths without `.rs`.
    pub fn test_modules(&self) -> Vec<String> {
        let file = self.path.trim_end_matches(".rs");
        let folder =
            ["/lib", "/main", "/mod"].iter().find_map(|name| file.strip_suffix(name)).unwrap_or(file);
        let mut modules = Vec::new();
        for (at, _) in self.tokens.iter().enumerate().filter(|(at, _)| is_test_only(&self.tokens[*at..])) {
            let mut rest =
                self.tokens[at + 2..].iter().skip_while(|token| word(token) != Some("mod".into())).skip(1);
            if let (Some(name), Some(TokenTree::Punct(end))) = (rest.next().and_then(word), rest.next())
                && end.as_char() == ';'
            {
                modules.push(format!("{folder}/{name}"));
            }
        }
        modules
    }

    /// Whether this file is the module `path`, or below it.
    pub fn is_within(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// Every place where the tokens, at any depth, begin as `matches` wants; as `path:line`.
    pub fn places(&self, matches: impl Fn(&[TokenTree]) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        each(&self.tokens, &mut |tokens| {
            if matches(tokens) {
                found.push(self.place(&tokens[0]));
            }
        });
        found
    }

    /// Every string literal, with its place.
    pub fn strings(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        each(&self.tokens, &mut |tokens| {
            if let Some(text) = string(&tokens[0]) {
                found.push((self.place(&tokens[0]), text));
            }
        });
        found
    }

    /// Every identifier, with its place.
    pub fn words(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        each(&self.tokens, &mut |tokens| {
            if let Some(word) = word(&tokens[0]) {
                found.push((self.place(&tokens[0]), word));
            }
        });
        found
    }

    fn place(&self, token: &TokenTree) -> String {
        format!("{}:{}", self.path, token.span().start().line)
    }
}

/// The identifier that `token` is.
pub fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

/// Whether `tokens` begin with these words and signs, given one by one: `["latchkey_wire", ":", ":", "pb"]`.
pub fn begins(tokens: &[TokenTree], pattern: &[&str]) -> bool {
    tokens.len() >= pattern.len()
        && tokens.iter().zip(pattern).all(|(token, wanted)| match token {
            TokenTree::Ident(word) => word == wanted,
            TokenTree::Punct(sign) => wanted.len() == 1 && wanted.starts_with(sign.as_char()),
            TokenTree::Group(_) | TokenTree::Literal(_) => false,
        })
}

/// The group that `token` is, when it has these brackets.
pub fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

pub fn contents(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// Calls `visit` with every rest of every sequence of tokens; documentation, which is an attribute to Rust, is left out.
fn each(tokens: &[TokenTree], visit: &mut impl FnMut(&[TokenTree])) {
    for (at, token) in tokens.iter().enumerate() {
        visit(&tokens[at..]);
        if let TokenTree::Group(inner) = token {
            let inner = contents(inner);
            if !begins(&inner, &["doc", "="]) {
                each(&inner, visit);
            }
        }
    }
}

/// The text between the quotes, escapes as they are written.
fn string(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    let written = literal.to_string();
    let text = written.trim_start_matches(['b', 'c', 'r']).trim_matches('#');
    Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// `#[cfg(test)]`, or `#[cfg(all(test, …))]`.
fn is_test_only(tokens: &[TokenTree]) -> bool {
    if !begins(tokens, &["#"]) {
        return false;
    }
    let Some(attribute) = group(tokens.get(1), Delimiter::Bracket).map(contents) else { return false };
    let Some(condition) = group(attribute.get(1), Delimiter::Parenthesis).map(contents) else { return false };
    let all = group(condition.get(1), Delimiter::Parenthesis).map(contents).unwrap_or_default();
    begins(&attribute, &["cfg"])
        && (begins(&condition, &["test"]) || begins(&condition, &["all"]) && begins(&all, &["test"]))
}

/// An item ends at its first `;` or braces.
fn without_tests(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_only(&tokens[at..]) {
            let end = tokens[at..].iter().position(|token| {
                begins(std::slice::from_ref(token), &[";"]) || group(Some(token), Delimiter::Brace).is_some()
            });
            at = end.map_or(tokens.len(), |end| at + end + 1);
            continue;
        }
        kept.push(match &tokens[at] {
            TokenTree::Group(inner) => {
                let mut outer =
                    Group::new(inner.delimiter(), without_tests(contents(inner)).into_iter().collect());
                outer.set_span(inner.span());
                TokenTree::Group(outer)
            }
            other => other.clone(),
        });
        at += 1;
    }
    kept
}

#[test]
fn comments_documentation_and_tests_are_not_code() {
    let source = Source::parse(
        "crates/a/src/lib.rs",
        r##"
            //! "doc"
            // "comment"
            fn kept() { say("kept", r#"raw"#) }
            #[cfg(test)]
            #[path = "x.rs"]
            mod tests { fn f() { say("test") } }
            mod inner { #[cfg(test)] use a::b; const KEPT: &str = "inner"; }
            #[cfg(test)]
            mod more;
        "##,
    );
    assert_eq!(source.test_modules(), ["crates/a/src/more"]);
    let strings: Vec<String> = source.without_tests().strings().into_iter().map(|(_, text)| text).collect();
    assert_eq!(strings, ["kept", "raw", "inner"]);
}

#[test]
fn the_file_of_a_test_module_is_known_by_its_parent() {
    let parent = Source::parse("crates/a/src/connection.rs", "#[cfg(test)] mod tests;");
    assert_eq!(parent.test_modules(), ["crates/a/src/connection/tests"]);
    assert!(
        Source::parse("crates/a/src/connection/tests/given.rs", "")
            .is_within("crates/a/src/connection/tests")
    );
    assert!(
        !Source::parse("crates/a/src/connection/tests_of.rs", "").is_within("crates/a/src/connection/tests")
    );
}
