//! The template language and its places, close up.

use crate::evaluate::Scope;
use crate::format::response::{Capture, Condition, Pointer};
use crate::format::template::{DocumentTemplate, Template};
use crate::format::url_template::{Position, UrlPart, UrlTemplate};
use crate::{Answer, Values};
use serde_json::json;

fn values() -> Values {
    let mut values = Values::at(1_700_000_000_123);
    for (name, value) in
        [("a", "Alpha"), ("empty", ""), ("key", "key"), ("url", "https://x.example.com/p/last/")]
    {
        values.conn.insert(name.into(), value.into());
    }
    values.randomness = Some([9; 32]);
    values
}

fn render(template: &str) -> Result<String, String> {
    let template = Template::parse(template).map_err(|error| error.to_string())?;
    Scope::of(&values()).template(&template)
}

#[test]
fn text_holes_and_escapes() {
    for (template, text) in [
        ("", ""),
        ("plain $ {text}", "plain $ {text}"),
        ("${conn.a}", "Alpha"),
        ("x${conn.a}y${conn.a}", "xAlphayAlpha"),
        ("$${conn.a}", "${conn.a}"),
        ("$$${conn.a}", "$${conn.a}"),
        ("$${${conn.a}}", "${Alpha}"),
        ("${ conn.a }", "Alpha"),
        ("${\"a\\\"b\\\\c\\nd}\"}", "a\"b\\c\nd}"),
        ("${conn.none ?? conn.a}", "Alpha"),
        ("${conn.empty ?? \"fallback\"}", "fallback"),
        ("${conn.none ?? conn.empty ?? conn.a ?? \"late\"}", "Alpha"),
        ("${upper(conn.none) ?? lower(conn.a)}", "alpha"),
        ("${42}", "42"),
    ] {
        assert_eq!(render(template).as_deref(), Ok(text), "{template}");
    }
}

#[test]
fn a_rendered_value_is_not_a_template() {
    let mut values = values();
    values.conn.insert("a".into(), "${conn.key}".into());
    let template = Template::parse("<${conn.a}>").unwrap();
    assert_eq!(Scope::of(&values).template(&template).unwrap(), "<${conn.key}>");
}

#[test]
fn what_is_undefined_is_named() {
    assert_eq!(render("${conn.none}").unwrap_err(), "conn.none");
    assert_eq!(render("a${upper(conn.none)}").unwrap_err(), "conn.none");
    assert_eq!(render("${conn.empty}").unwrap_err(), "conn.empty");
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    for (template, said) in [
        ("${", "ends inside"),
        ("${conn.a", "expected `}`"),
        ("${conn}", "alone is not a value"),
        ("${conn.}", "a name must follow the dot"),
        ("${env.home}", "neither a space"),
        ("${exec(\"rm\")}", "there is no function `exec`"),
        ("${upper()}", "does not take 0 arguments"),
        ("${upper(conn.a, conn.a)}", "does not take 2 arguments"),
        ("${\"open}", "not closed"),
        ("${\"\\x\"}", "may follow a backslash"),
        ("${conn.a ??}", "expected a reference"),
        ("${conn.a | conn.b}", "expected `}`"),
        ("${conn.a || conn.b}", "expected `}`"),
        ("${sha256(conn.a)}", "bytes where text is needed"),
        ("${99999999999999999999}", "not a whole number"),
    ] {
        let refused = render(template).expect_err(template);
        assert!(refused.contains(said) && refused.contains("at character"), "{template}: {refused}");
    }
    let deep = format!("${{{}conn.a{}}}", "upper(".repeat(40), ")".repeat(40));
    assert!(render(&deep).unwrap_err().contains("too deeply"));
}

#[test]
fn functions_against_known_answers() {
    for (template, text) in [
        ("${concat(conn.a, \"-\", 7)}", "Alpha-7"),
        ("${join(\",\", \"a\", \"b\")}", "a,b"),
        ("${split(\"id:secret\", \":\", 1)}", "secret"),
        ("${substr(conn.a, 1, 3)}", "lph"),
        ("${replace(conn.a, \"l\", \"\")}", "Apha"),
        ("${last_segment(conn.url)}", "last"),
        ("${strip_prefix(conn.url, \"https://\")}", "x.example.com/p/last/"),
        ("${url_host(conn.url)}", "x.example.com"),
        ("${url_origin(conn.url)}", "https://x.example.com"),
        ("${percent(\"a b/c\")}", "a%20b%2Fc"),
        ("${base64(\"a:b\")}", "YTpi"),
        ("${base64url(from_hex(\"fbff\"))}", "-_8"),
        ("${hex(sha1(\"abc\"))}", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("${hex(sha256(\"abc\"))}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        // RFC 2202 and RFC 4231, test case 2.
        (
            "${hex(hmac_sha1(\"Jefe\", \"what do ya want for nothing?\"))}",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            "${hex(hmac_sha256(\"Jefe\", \"what do ya want for nothing?\"))}",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        ("${now(\"rfc3339\")}", "2023-11-14T22:13:20.123Z"),
        ("${now(\"iso_seconds\", +60)}", "2023-11-14T22:14:20Z"),
        ("${now(\"compact\")}", "20231114T221320Z"),
        ("${now(\"date\")}", "2023-11-14"),
        ("${now(\"unix\")}", "1700000000"),
        ("${now(\"unix_ms\")}", "1700000000123"),
        ("${json(\"a\", conn.a, \"q\", \"\\\"\")}", "{\"a\":\"Alpha\",\"q\":\"\\\"\"}"),
    ] {
        assert_eq!(render(template).as_deref(), Ok(text), "{template}");
    }
    assert!(render("${now(\"tomorrow\")}").is_err());
}

#[test]
fn one_request_has_one_uuid() {
    let first = render("${uuid()}").unwrap();
    assert_eq!(first, render("${uuid()}").unwrap());
    assert_ne!(first, render("${uuid(\"other\")}").unwrap());
    assert_eq!((first.len(), &first[14..15]), (36, "4"));
    let template = Template::parse("${uuid()}").unwrap();
    assert!(Scope::of(&Values::at(0)).template(&template).is_err());
}

#[test]
fn documents_leave_out_what_is_undefined() {
    let document = DocumentTemplate::try_from(
        json!({"a": "${conn.a}", "b": "${conn.none}", "n": 1, "l": ["${conn.a}"]}),
    );
    let rendered = Scope::of(&values()).document(&document.unwrap());
    assert_eq!(rendered, Some(json!({"a": "Alpha", "n": 1, "l": ["Alpha"]})));
}

#[test]
fn a_path_that_no_value_reaches_is_known_to_everybody() {
    for (text, path) in [
        ("https://x.com/v1/", Some("/v1/")),
        ("https://x.com", Some("")),
        ("https://${conn.a}.x.com/v1", Some("/v1")),
        ("https://x.com:${conn.a}", Some("")),
        ("${conn.a}/services", Some("/services")),
        ("https://x.com/bot${conn.a}/v1", None),
        ("https://x.com/v1?key=${conn.a}", None),
    ] {
        assert_eq!(UrlTemplate::parse(text).unwrap().fixed_path(), path, "{text}");
    }
}

#[test]
fn each_hole_of_a_url_knows_its_position() {
    let positions = |text: &str| -> Result<Vec<Position>, String> {
        let parts = UrlTemplate::parse(text)?.parts;
        let position = |part: &UrlPart| match part {
            UrlPart::Hole { position, .. } => Some(*position),
            UrlPart::Text(_) => None,
        };
        Ok(parts.iter().filter_map(position).collect())
    };
    use Position::{Host, Label, LabelPart, Origin, Path, Port, Query};
    for (text, expected) in [
        ("https://${conn.a}.x.com/${conn.a}?q=${conn.a}#${conn.a}", vec![Label, Path, Query, Query]),
        ("https://${conn.a}/x", vec![Host]),
        ("https://${conn.a}", vec![Host]),
        ("https://api.${conn.a}/x", vec![Host]),
        ("https://${conn.a}:8443/x", vec![Host]),
        ("https://api-${conn.a}.x.com", vec![LabelPart]),
        ("https://${conn.a}-api.x.com", vec![LabelPart]),
        ("https://x.com:${conn.a}/", vec![Port]),
        ("https://sts.${conn.a}.amazonaws.com/", vec![Label]),
        ("https://${conn.a}.${conn.a}.x.com/", vec![Label, Label]),
        ("${conn.a}/services", vec![Origin]),
        ("${conn.a}/x/${conn.a}", vec![Origin, Path]),
        ("/v1/${conn.a}${conn.a}", vec![Path, Path]),
    ] {
        assert_eq!(positions(text), Ok(expected), "{text}");
    }
    for refused in [
        "ftp://x.com",
        "x.com",
        "//x.com",
        "https://${conn.a}${conn.a}.x.com",
        "https://u@x.com",
        "https://x${conn.a}",
        "${conn.a}x",
        "${conn.a}.x.com/",
        "https://x.com/a b",
        "https://x.com\\@y",
        "https://x.com/../y",
        "ht${conn.a}://x",
    ] {
        assert!(positions(refused).is_err(), "{refused}");
    }
}

#[test]
fn answers_are_read_as_the_entry_says() {
    let body = json!({"ok": true, "n": 5, "team": {"id": "T1"}, "nothing": null, "list": []});
    let text = body.to_string();
    let answer = |status| Answer { status, body: &text, json: Some(&body) };
    let holds = |condition: serde_json::Value, status| -> bool {
        serde_json::from_value::<Condition>(condition).unwrap().holds(answer(status))
    };
    assert!(holds(json!({}), 204) && !holds(json!({}), 404));
    assert!(holds(json!({"status": [404]}), 404));
    assert!(holds(json!({"pointer": "/ok", "equals": true}), 200));
    assert!(!holds(json!({"pointer": "/ok", "equals": false}), 200));
    assert!(holds(json!({"pointer": "/ok", "not_equals": false}), 200));
    assert!(
        holds(json!({"pointer": "/list", "is": "array"}), 200)
            && !holds(json!({"pointer": "/n", "is": "array"}), 200)
    );
    assert!(holds(json!({"pointer": "/team/id", "contains": "T"}), 200));
    assert!(
        !holds(json!({"body_contains": "absent"}), 200) && !holds(json!({"body_not_contains": "team"}), 200)
    );
    assert!(serde_json::from_value::<Condition>(json!({"equal": 1})).is_err());

    let read = |capture: serde_json::Value| {
        serde_json::from_value::<Capture>(capture).unwrap().read(&body, &values())
    };
    assert_eq!(read(json!("/team/id")).as_deref(), Some("T1"));
    assert_eq!(read(json!(["/none", "/n"])).as_deref(), Some("5"));
    assert_eq!(read(json!("${lower(at(\"/team/id\"))}")).as_deref(), Some("t1"));
    assert_eq!((read(json!("/nothing")), read(json!("/team"))), (None, None));
    assert_eq!(Pointer::try_from("1:/x".to_owned()).unwrap().answer, Some(1));
    assert!(Pointer::try_from("x".to_owned()).is_err());
}

#[test]
fn a_claim_is_read_from_the_access_token() {
    // {"sub":"u1","n":3}
    let answer = json!({"access_token": "e30.eyJzdWIiOiJ1MSIsIm4iOjN9.x"});
    let capture: Capture = serde_json::from_value(json!("${claim(\"sub\")}")).unwrap();
    assert_eq!(capture.read(&answer, &values()).as_deref(), Some("u1"));
}
