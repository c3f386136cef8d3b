use super::*;
use crate::audit::keys::SigningKey;
use crate::audit::record::{event_record, read_record};
use crate::audit::root::Statement;
use latchkey_domain::Timestamp;
use latchkey_store::{NewEvent, ReadRow, Recorded, Stream, Version};
use serde_json::json;

const NOW: i64 = 1_800_000_000_000;

const KEPT_DAYS: u32 = 90;

struct Export {
    key: SigningKey,
    lines: Vec<String>,
    records: u64,
    link: [u8; 32],
}

impl Export {
    fn new() -> Self {
        Self { key: SigningKey::generate(), lines: vec![], records: 0, link: BEGINNING }
    }

    /// Events 1 to 3 under a root, reads 4 and 5 and event 6 under another, and the root at the end.
    fn of_six() -> Self {
        let mut export = Self::new();
        (1..=3).for_each(|number| export.event(number));
        export.root();
        export.read(4, NOW);
        export.read(5, NOW);
        export.event(6);
        export.root();
        export.root();
        export
    }

    fn event(&mut self, number: u64) {
        let recorded = Recorded {
            position: Position { tx: 7, sequence: number },
            stream: Stream::new("connection", "con_1"),
            version: Version(number),
            environment: "dev".into(),
            event: NewEvent {
                id: uuid::Uuid::from_u128(u128::from(number)),
                kind: "connection.disabled".into(),
                schema: 1,
                at: NOW,
                payload: json!({"event": "disabled", "at": NOW, "b": [1, {"c": null}]}),
                trace: None,
            },
        };
        self.add(Source::Event, &Entry::of_event(&recorded), &event_record(&recorded));
    }

    fn read(&mut self, number: u64, at: i64) {
        let read = ReadRow {
            environment: "dev".into(),
            connection: "con_1".into(),
            generation: 1,
            reader: "key_1".into(),
            way: "TOKEN".into(),
            count: 1,
            first_at: at,
            last_at: at,
        };
        let position = Position { tx: 7, sequence: number };
        self.add(Source::Read, &Entry::of_read(position, &read), &read_record(&read));
    }

    fn add(&mut self, source: Source, entry: &Entry, record: &Value) {
        self.records += 1;
        self.link = link(&self.link, self.records, source, entry);
        let line = json!({
            "number": self.records,
            "source": source.word(),
            "position": entry.position.to_string(),
            "at": entry.at,
            "digest": hex(&entry.digest),
            "link": hex(&self.link),
            "record": record,
        });
        self.lines.push(line.to_string());
    }

    fn root(&mut self) {
        let statement = Statement {
            deployment: "latchkey",
            environment: &"dev".parse().unwrap(),
            records: self.records,
            link: &self.link,
            reads_kept_days: KEPT_DAYS,
            now: Timestamp(NOW),
        };
        self.lines.push(self.key.sign(statement.members()).unwrap().to_string());
    }

    fn checked(&self, lines: &[String], known: Option<Root>) -> Verdict {
        let mut verifier = Verifier::new(vec![self.key.public_key().unwrap()], known);
        lines.iter().for_each(|line| verifier.line(line));
        verifier.finish()
    }

    fn problems(&self, change: impl FnOnce(&mut Vec<String>)) -> Vec<Problem> {
        let mut lines = self.lines.clone();
        change(&mut lines);
        self.checked(&lines, None).problems
    }

    /// The root in the line with this index.
    fn root_at(&self, index: usize) -> Root {
        Root::parse(&serde_json::from_str(&self.lines[index]).unwrap()).unwrap()
    }
}

fn changed(line: &str, place: &str, value: Value) -> String {
    let mut changed: Value = serde_json::from_str(line).unwrap();
    *changed.pointer_mut(place).unwrap() = value;
    changed.to_string()
}

fn name(number: u64) -> String {
    format!("event 00000000-0000-0000-0000-00000000000{number} connection.disabled of connection/con_1")
}

#[test]
fn a_whole_chain_is_found_to_be_whole() {
    let export = Export::of_six();
    let verdict = export.checked(&export.lines, Some(export.root_at(3)));
    assert_eq!((&verdict.problems, verdict.records, verdict.roots), (&vec![], 6, 3));
    assert_eq!(verdict.environment.as_deref(), Some("dev"));
    let mut empty = Export::new();
    empty.root();
    assert_eq!(empty.checked(&empty.lines, None).problems, []);
}

#[test]
fn whatever_is_changed_in_whichever_line_is_found() {
    let export = Export::of_six();
    for (index, line) in export.lines.iter().enumerate() {
        for place in places_in(&serde_json::from_str(line).unwrap(), String::new()) {
            // Where a record was found is nothing it says; it must be a place all the same.
            let others = match place.as_str() {
                "/position" => vec![json!("other"), json!(17)],
                _ => vec![json!("other"), json!(17), json!({"x": 1})],
            };
            for value in others {
                let problems = export.problems(|lines| lines[index] = changed(line, &place, value));
                assert!(!problems.is_empty(), "line {index}, {place}");
            }
        }
        let with_more = line.replacen('{', "{\"more\":1,", 1);
        assert!(!export.problems(|lines| lines[index] = with_more).is_empty(), "line {index}");
        assert!(!export.problems(|lines| lines[index] = "{".into()).is_empty(), "line {index}");
    }
}

#[test]
fn a_changed_record_is_named_and_the_others_are_not() {
    let export = Export::of_six();
    let problems = export.problems(|lines| lines[1] = changed(&lines[1], "/record/payload/at", json!(1)));
    assert_eq!(problems, [Problem::Changed { number: 2, name: name(2) }]);
    let problems = export.problems(|lines| lines[4] = changed(&lines[4], "/record/reader", json!("key_2")));
    assert_eq!(problems, [Problem::Changed { number: 4, name: "read of con_1 by key_2".into() }]);
}

#[test]
fn a_record_that_is_gone_is_missing() {
    let export = Export::of_six();
    let problems = export.problems(|lines| lines[1] = changed(&lines[1], "/record", Value::Null));
    let missing = "the event at 7-2 in the database".to_owned();
    assert_eq!(problems, [Problem::Missing { number: 2, name: missing }]);
    let problems = export.problems(|lines| drop(lines.remove(1)));
    assert_eq!(problems, [Problem::OutOfOrder { expected: 2, found: 3 }]);
}

#[test]
fn records_that_changed_places_are_found_wherever_they_did() {
    let export = Export::of_six();
    let problems = export.problems(|lines| lines.swap(0, 1));
    assert!(problems.contains(&Problem::OutOfOrder { expected: 1, found: 2 }), "{problems:?}");
    // In the database: each is where the other was.
    let problems = export.problems(|lines| {
        let [one, other] = [0, 2]
            .map(|index: usize| serde_json::from_str::<Value>(&lines[index]).unwrap()["record"].clone());
        lines[0] = changed(&lines[0], "/record", other);
        lines[2] = changed(&lines[2], "/record", one);
    });
    let expected = [(1, 3), (3, 1)].map(|(number, named)| Problem::Changed { number, name: name(named) });
    assert_eq!(problems, expected);
}

#[test]
fn a_chain_made_anew_over_a_changed_record_is_not_what_was_signed() {
    let export = Export::of_six();
    let mut forged = Export::new();
    (1..=2).for_each(|number| forged.event(number));
    forged.event(4);
    let problems = export.problems(|lines| lines[..3].clone_from_slice(&forged.lines));
    assert_eq!(problems, [Problem::RootDiffers { records: 3 }, Problem::Unlinked { number: 4 }]);
    // Also where every link was made anew.
    forged.root();
    forged.read(4, NOW);
    forged.root();
    let problems = export.problems(|lines| lines.clone_from(&forged.lines));
    assert!(problems.iter().all(|problem| matches!(problem, Problem::RootNotBelieved { .. })));
    assert_eq!(problems.len(), 2);
}

#[test]
fn what_was_cut_off_is_seen_at_the_missing_root_or_against_one_that_was_kept() {
    let export = Export::of_six();
    for cut in 0..export.lines.len() {
        let lines = &export.lines[..cut];
        let ends_with_a_root = cut > 0 && lines[cut - 1].contains(ROOT);
        let verdict = export.checked(lines, None);
        assert_eq!(verdict.problems.is_empty(), ends_with_a_root, "cut at {cut}");
        let verdict = export.checked(lines, Some(export.root_at(8)));
        assert_eq!(verdict.problems.is_empty(), verdict.records == 6 && ends_with_a_root, "cut at {cut}");
    }
    let shorter = export.checked(&export.lines[..4], Some(export.root_at(8)));
    assert_eq!(shorter.problems, [Problem::ShorterThan { records: 3, known: 6 }]);
}

#[test]
fn history_that_was_written_anew_with_the_same_key_is_seen_against_a_root_that_was_kept() {
    let known = Export::of_six();
    let mut rewritten = Export { key: known.key, ..Export::new() };
    (2..=9).for_each(|number| rewritten.event(number));
    rewritten.root();
    let kept = Root::parse(&serde_json::from_str(&known.lines[8]).unwrap()).unwrap();
    assert_eq!(rewritten.checked(&rewritten.lines, None).problems, [], "it cannot be seen otherwise");
    let problems = rewritten.checked(&rewritten.lines, Some(kept)).problems;
    assert_eq!(problems, [Problem::Rewritten { known: 6 }]);
}

#[test]
fn of_old_reads_the_digest_is_enough_and_of_young_ones_not() {
    let day = 24 * 3600 * 1000;
    let mut export = Export::new();
    let kept_since = NOW - i64::from(KEPT_DAYS) * day;
    export.read(1, kept_since - 1);
    export.read(2, kept_since);
    export.event(3);
    export.root();
    let verdict = export.checked(
        &[0, 1, 2, 3].map(|index| match index {
            3 => export.lines[3].clone(),
            _ => changed(&export.lines[index], "/record", Value::Null),
        }),
        None,
    );
    assert_eq!(verdict.expired, 1);
    let numbers: Vec<_> = verdict
        .problems
        .iter()
        .map(|problem| match problem {
            Problem::Missing { number, .. } => *number,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(numbers, [3, 2]);
}

#[test]
fn without_keys_a_chain_is_checked_and_nobodys_signature() {
    let export = Export::of_six();
    let checked = |key: Option<&str>| {
        let mut verifier = Verifier::new(key.map(str::to_owned).into_iter().collect(), None);
        export.lines.iter().for_each(|line| verifier.line(line));
        verifier.finish().problems.len()
    };
    assert_eq!(checked(None), 0);
    let other = SigningKey::generate().public_key().unwrap();
    assert_eq!(checked(Some(&other)), 3);
}

/// The JSON pointers of every member, at any depth.
fn places_in(value: &Value, at: String) -> Vec<String> {
    let Some(members) = value.as_object() else { return vec![] };
    let each = |(name, value): (&String, &Value)| {
        let place = format!("{at}/{name}");
        [vec![place.clone()], places_in(value, place)].concat()
    };
    members.iter().flat_map(each).collect()
}
