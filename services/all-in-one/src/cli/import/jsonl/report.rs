//! What became of each line: nothing secret, and enough to find and mend it.

use super::line::Wrong;
use crate::output;
use serde_json::json;
use std::collections::BTreeMap;

/// How often it is said how far it is.
const SAID_EVERY: usize = 100;

/// What became of one line.
pub struct Row {
    pub number: usize,
    pub integration: String,
    pub external_id: String,
    pub became: &'static str,
    /// Which connection it is here; empty where it is none.
    pub connection: String,
    pub wrong: Option<Wrong>,
}

pub const FAILED: &str = "failed";

pub struct Report {
    json: bool,
    total: usize,
    done: usize,
    counts: BTreeMap<&'static str, usize>,
}

impl Report {
    pub fn new(json: bool, total: usize) -> Self {
        Self { json, total, done: 0, counts: BTreeMap::new() }
    }

    pub fn add(&mut self, row: &Row) {
        self.done += 1;
        *self.counts.entry(row.became).or_default() += 1;
        if self.json {
            output::line(&row.json());
        } else if let Some(text) = row.text() {
            output::line(&text);
        }
        if self.done.is_multiple_of(SAID_EVERY) {
            output::note(&format!("{} of {}", self.done, self.total));
        }
    }

    /// How many became this.
    pub fn count(&self, became: &str) -> usize {
        self.counts.get(became).copied().unwrap_or_default()
    }

    pub fn summary(&self) -> String {
        let counts: Vec<_> = self.counts.iter().map(|(became, count)| format!("{count} {became}")).collect();
        if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }
    }

    pub fn done(&self) -> usize {
        self.done
    }
}

impl Row {
    fn json(&self) -> String {
        json!({
            "line": self.number,
            "integration": self.integration,
            "external_id": self.external_id,
            "became": self.became,
            "connection": self.connection,
            "field": self.wrong.as_ref().map(|wrong| &wrong.field),
            "problem": self.wrong.as_ref().map(|wrong| &wrong.problem),
        })
        .to_string()
    }

    /// A line for people, where there is something to say.
    fn text(&self) -> Option<String> {
        let Wrong { field, problem } = self.wrong.as_ref()?;
        let clean = |text: &str| text.chars().filter(|letter| !letter.is_control()).collect::<String>();
        let whose = match (self.integration.as_str(), self.external_id.as_str()) {
            ("", _) => String::new(),
            (integration, id) => format!(" ({}, {})", clean(integration), clean(id)),
        };
        let field = if field.is_empty() { String::new() } else { format!("`{field}` ") };
        Some(format!("line {}{whose}: {}: {field}{problem}", self.number, self.became))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_by_number_field_and_fix() {
        let wrong = Some(Wrong::new("credential.access_token", "is missing"));
        let row = Row {
            number: 7,
            integration: "crm".into(),
            external_id: "a\u{1b}[2J".into(),
            became: FAILED,
            connection: String::new(),
            wrong,
        };
        assert_eq!(row.text().unwrap(), "line 7 (crm, a[2J): failed: `credential.access_token` is missing");
        let mut report = Report::new(false, 1);
        report.add(&row);
        assert_eq!((report.count(FAILED), report.summary().as_str()), (1, "1 failed"));
    }
}
