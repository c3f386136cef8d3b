use std::path::PathBuf;

use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    listen: Listen,
    #[serde(default)]
    telemetry: Telemetry,
    database: Option<Database>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    url: String,
    #[serde(default)]
    pool: u16,
}

struct Written {
    folder: tempfile::TempDir,
}

impl Written {
    fn path(&self) -> PathBuf {
        self.folder.path().join("latchkey.toml")
    }

    fn load(&self, variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        load_from(Some(&self.path()), owned(variables))
    }

    fn refusal(&self, variables: &[(&str, &str)]) -> String {
        self.load(variables).unwrap_err().to_string()
    }
}

fn file(content: &str) -> Written {
    let written = Written { folder: tempfile::tempdir().unwrap() };
    std::fs::write(written.path(), content).unwrap();
    written
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn without_file_and_variables_the_defaults_decide() {
    let settings: Settings = load_from(None, []).unwrap();
    assert_eq!(settings.telemetry.log, "info");
    assert_eq!(settings.listen, Listen::default());
}

#[test]
fn a_variable_wins_over_the_file_and_leaves_its_neighbours_alone() {
    let written = file("[listen]\nhttp = '127.0.0.1:1'\ngrpc = '127.0.0.1:2'\n[telemetry]\nformat = 'json'");
    let settings = written
        .load(&[
            ("LATCHKEY__LISTEN__HTTP", "127.0.0.1:9"),
            ("LATCHKEY_TEST_NATS_URL", "x"),
            ("HOME", "/root"),
        ])
        .unwrap();
    assert_eq!(settings.listen.http, Some("127.0.0.1:9".parse().unwrap()));
    assert_eq!(settings.listen.grpc, Some("127.0.0.1:2".parse().unwrap()));
    assert_eq!(settings.telemetry.format, LogFormat::Json);
}

#[test]
fn a_misspelt_key_is_an_error_that_names_the_file_and_what_was_meant() {
    let written = file("[listen]\nhtpp = '127.0.0.1:1'");
    let expected = format!("unknown key `listen.htpp` in {}; did you mean `http`?", written.path().display());
    assert_eq!(written.refusal(&[]), expected);
}

#[test]
fn a_misspelt_section_is_an_error_too() {
    let written = file("[listne]\nhttp = '127.0.0.1:1'");
    let expected = format!("unknown key `listne` in {}; did you mean `listen`?", written.path().display());
    assert_eq!(written.refusal(&[]), expected);
}

#[test]
fn a_misspelt_variable_is_an_error_that_names_the_variable() {
    assert_eq!(
        file("").refusal(&[("LATCHKEY__LISTEN__GPRC", "127.0.0.1:1")]),
        "unknown key `listen.gprc` in variable LATCHKEY__LISTEN__GPRC; did you mean `grpc`?"
    );
}

#[test]
fn an_unknown_key_that_resembles_nothing_gets_the_list_of_what_is_known() {
    let refusal = file("[listen]\nfrobnicate = 1").refusal(&[]);
    assert!(refusal.ends_with("known here: http, grpc, internal, ops"), "{refusal}");
}

#[test]
fn a_value_of_the_wrong_type_names_its_key_and_what_was_expected() {
    let written = file("[database]\nurl = 'sqlite:x'\npool = 'many'");
    let refusal = written.refusal(&[]);
    assert!(refusal.starts_with("`database.pool` in ") && refusal.contains("expected u16"), "{refusal}");
    assert!(refusal.contains("latchkey.toml") && refusal.contains("found a text"), "{refusal}");
}

#[test]
fn a_value_that_cannot_be_parsed_names_its_key() {
    let refusal = file("").refusal(&[("LATCHKEY__LISTEN__HTTP", "everywhere")]);
    assert!(refusal.starts_with("`listen.http` in variable LATCHKEY__LISTEN__HTTP is wrong"), "{refusal}");
}

#[test]
fn a_choice_that_does_not_exist_lists_those_that_do() {
    let refusal = file("telemetry.format = 'xml'").refusal(&[]);
    assert!(refusal.contains("`telemetry.format`") && refusal.contains("one of text, json"), "{refusal}");
}

#[test]
fn an_error_never_shows_the_value() {
    for refusal in [
        file("[database]\nurl = 'x'\npool = 'canary_value'").refusal(&[]),
        file("telemetry.format = 'canary_value'").refusal(&[]),
        file("[database]\nurl = 'canary_value\n").refusal(&[]),
        file("database = 'canary_value'").refusal(&[]),
    ] {
        assert!(!refusal.contains("canary"), "{refusal}");
    }
}

#[test]
fn a_number_where_a_text_is_wanted_says_how_to_write_it_in_a_variable() {
    let refusal = file("").refusal(&[("LATCHKEY__DATABASE__URL", "123")]);
    assert!(refusal.contains("double quotes"), "{refusal}");
    let settings = file("").load(&[("LATCHKEY__DATABASE__URL", "\"123\"")]).unwrap();
    assert_eq!(settings.database.unwrap().url, "123");
}

#[test]
fn a_missing_key_says_both_ways_to_give_it() {
    let refusal = file("[database]\npool = 3").refusal(&[]);
    assert!(
        refusal.contains("`database.url` is missing") && refusal.contains("LATCHKEY__DATABASE__URL"),
        "{refusal}"
    );
}

#[test]
fn a_missing_file_names_its_path_and_what_to_do() {
    let refusal = load::<Settings>(Some(Path::new("/nowhere/latchkey.toml"))).unwrap_err().to_string();
    assert!(refusal.contains("/nowhere/latchkey.toml") && refusal.contains("--config"), "{refusal}");
}

#[test]
fn broken_toml_names_the_line() {
    let refusal = file("[listen]\n\nhttp = = 1").refusal(&[]);
    assert!(refusal.contains("line 3"), "{refusal}");
}

#[test]
fn what_is_set_is_shown_with_where_it_comes_from_and_without_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latchkey.toml");
    let text = "public_url = \"https://connect.example.com\"\n[listen]\nhttp = \"0.0.0.0:8080\"\n\
                [database]\nurl = \"postgres://latchkey:canary_one@db/latchkey\"\n\
                [nats]\nurl = \"nats://a:canary_two@n1:4222,nats://b:canary_three@n2:4222\"\n\
                [keys]\nkek = \"aws-kms://alias/latchkey?region=eu-west-1\"\n[more]\nsecret = \"canary_four\"\n\
                dsn = \"x://h/d?password=canary_five\"\nclient_secret_file = \"/run/secrets/client\"\n";
    std::fs::write(&path, text).unwrap();
    let variables = [("LATCHKEY__LISTEN__HTTP".to_owned(), "127.0.0.1:1".to_owned())];
    let all = super::shown::shown_from(Some(&path), variables).unwrap();
    let of = |key: &str| all.iter().find(|shown| shown.key == key).unwrap();
    assert_eq!(of("listen.http").value, "127.0.0.1:1");
    assert_eq!(of("listen.http").origin, "LATCHKEY__LISTEN__HTTP");
    assert_eq!(of("public_url").origin, path.display().to_string());
    assert_eq!(of("database.url").value, "postgres://latchkey:•••@db/latchkey");
    assert_eq!(of("keys.kek").value, "aws-kms://alias/latchkey?region=eu-west-1");
    assert_eq!(of("more.client_secret_file").value, "/run/secrets/client");
    assert!(!format!("{all:?}").contains("canary"), "{all:?}");
}
