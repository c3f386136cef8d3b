//! What a person could do on a web page: its forms, its way on, and what it says is wrong. Any page's, not only ours.

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its first heading.
    pub heading: String,
    /// What it warns of.
    pub alert: Option<String>,
    pub forms: Vec<Form>,
    /// Where its first link that looks like a button leads.
    pub way_on: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Empty for the page itself.
    pub action: String,
    pub method: Method,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Method {
    #[default]
    Get,
    Post,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub value: String,
    /// Whether a person could change it.
    pub open: bool,
}

/// Sends its form, with its own name and value where it has them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Button {
    pub name: Option<String>,
    pub value: String,
    pub text: String,
}

impl Page {
    pub fn parse(html: &str) -> Self {
        let mut emitter = DefaultEmitter::<()>::default();
        // Style sheets and scripts are text, not tags.
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => reader.start(&tag),
                Token::EndTag(tag) => reader.end(&text(&tag.name)),
                Token::String(words) => reader.words(&text(&words)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        reader.page
    }
}

fn text(html: &HtmlString) -> String {
    String::from_utf8_lossy(html).into_owned()
}

/// An element whose text is being read.
struct Open {
    tag: String,
    what: Told,
    words: String,
}

enum Told {
    Heading,
    Alert,
    Button,
    Choice { picked: bool },
}

#[derive(Default)]
struct Reader {
    page: Page,
    in_form: bool,
    open: Option<Open>,
}

impl Reader {
    fn start(&mut self, tag: &StartTag<()>) {
        let has = |name: &[u8]| tag.attributes.contains_key(name);
        let get = |name: &[u8]| tag.attributes.get(name).map(|value| text(value)).unwrap_or_default();
        let is = |class: &str| get(b"class").split_whitespace().any(|one| one == class);
        let name = text(&tag.name);
        match name.as_str() {
            "form" => {
                self.in_form = true;
                let method =
                    if get(b"method").eq_ignore_ascii_case("post") { Method::Post } else { Method::Get };
                self.page.forms.push(Form { action: get(b"action"), method, ..Form::default() });
            }
            "input" => self.input(&get(b"type"), get(b"name"), get(b"value"), has(b"checked")),
            "button" if self.in_form && matches!(get(b"type").as_str(), "" | "submit") => {
                let name = Some(get(b"name")).filter(|name| !name.is_empty());
                self.button(Button { name, value: get(b"value"), text: String::new() });
                self.read(name_of("button"), Told::Button);
            }
            "textarea" | "select" => self.field(get(b"name"), String::new(), true),
            "option" => {
                let picked = has(b"selected");
                if has(b"value") {
                    self.choose(&get(b"value"), picked)
                } else {
                    self.read(name, Told::Choice { picked })
                }
            }
            "a" if is("button") && self.page.way_on.is_none() => self.page.way_on = Some(get(b"href")),
            "h1" if self.page.heading.is_empty() => self.read(name, Told::Heading),
            _ if (get(b"role") == "alert" || is("problem")) && !has(b"hidden") => {
                self.read(name, Told::Alert)
            }
            _ => {}
        }
    }

    fn input(&mut self, kind: &str, name: String, value: String, checked: bool) {
        match kind {
            "submit" | "image" => {
                let text = value.clone();
                self.button(Button { name: Some(name).filter(|name| !name.is_empty()), value, text });
            }
            "button" | "reset" | "file" => {}
            "checkbox" | "radio" if !checked => {}
            _ => self.field(name, value, kind != "hidden"),
        }
    }

    fn field(&mut self, name: String, value: String, open: bool) {
        if let (true, false, Some(form)) = (self.in_form, name.is_empty(), self.page.forms.last_mut()) {
            form.fields.push(Field { name, value, open });
        }
    }

    fn button(&mut self, button: Button) {
        if let (true, Some(form)) = (self.in_form, self.page.forms.last_mut()) {
            form.buttons.push(button);
        }
    }

    /// The first choice stands until another is marked.
    fn choose(&mut self, value: &str, picked: bool) {
        let fields = self.page.forms.last_mut().filter(|_| self.in_form).map(|form| &mut form.fields);
        if let Some(field) = fields.and_then(|fields| fields.last_mut())
            && (picked || field.value.is_empty())
        {
            value.clone_into(&mut field.value);
        }
    }

    fn read(&mut self, tag: String, what: Told) {
        self.open = Some(Open { tag, what, words: String::new() });
    }

    fn words(&mut self, words: &str) {
        if let Some(open) = &mut self.open {
            open.words.push_str(words);
        }
    }

    fn end(&mut self, tag: &str) {
        if tag == "form" {
            self.in_form = false;
        }
        let Some(Open { what, words, .. }) = self.open.take_if(|open| open.tag == tag) else { return };
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        match what {
            Told::Heading => self.page.heading = words,
            Told::Alert => {
                self.page.alert = self.page.alert.take().or(Some(words).filter(|words| !words.is_empty()))
            }
            Told::Choice { picked } => self.choose(&words, picked),
            Told::Button => {
                if let Some(button) = self.page.forms.last_mut().and_then(|form| form.buttons.last_mut()) {
                    button.text = words;
                }
            }
        }
    }
}

fn name_of(tag: &str) -> String {
    tag.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_what_is_filled_in_and_what_sends_it() {
        let page = Page::parse(
            r#"<style>h1 > form { color: red }</style><h1>Allow <strong>it</strong>?</h1>
            <form method="post" action="/decide"><input type="hidden" name="consent" value="a&amp;b">
            <input name="in.user"><select name="plan"><option>one</option><option selected>two</option></select>
            <input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
            <button name="decision" value="allow">Allow</button><button type="button">Help</button></form>"#,
        );
        let field = |name: &str, value: &str, open| Field { name: name.into(), value: value.into(), open };
        let form = Form {
            action: "/decide".into(),
            method: Method::Post,
            fields: vec![
                field("consent", "a&b", false),
                field("in.user", "", true),
                field("plan", "two", true),
                field("on", "1", true),
            ],
            buttons: vec![Button {
                name: Some("decision".into()),
                value: "allow".into(),
                text: "Allow".into(),
            }],
        };
        assert_eq!(page, Page { heading: "Allow it?".into(), alert: None, forms: vec![form], way_on: None });
    }

    #[test]
    fn what_a_page_warns_of_is_heard_unless_it_is_hidden() {
        let page =
            Page::parse(r#"<p role="alert" hidden>no</p><p class="problem">It did <b>not</b> work.</p>"#);
        assert_eq!(page.alert.as_deref(), Some("It did not work."));
    }

    #[test]
    fn the_way_on_is_the_first_link_that_looks_like_a_button() {
        let page =
            Page::parse(r#"<a href="/x">x</a><a class="big button" href="/on?a=1&amp;b=2">Continue</a>"#);
        assert_eq!(page.way_on.as_deref(), Some("/on?a=1&b=2"));
    }

    #[test]
    fn a_page_that_is_no_page_has_nothing_to_do() {
        for html in ["", "<", "<form", "<p>hello", "\u{0}</form><input name=x>"] {
            let page = Page::parse(html);
            assert!(page.forms.is_empty() && page.way_on.is_none(), "{html:?}: {page:?}");
        }
    }
}
