//! `latchkey import nango report`.

use super::state::{State, Status};
use crate::output;
use std::fmt::Write as _;

pub fn report(state: &State, json: bool) {
    output::line(&if json { serde_json::json!(state).to_string() } else { markdown(state) });
}

fn markdown(state: &State) -> String {
    let mut text = format!("# Import from {} to {}\n\n", state.source, state.target);
    text.push_str("| integration | provider | connections |\n|---|---|---|\n");
    for (key, integration) in &state.integrations {
        let provider = if integration.known { &integration.ours } else { "not in the catalogue here" };
        let _ = writeln!(text, "| {} | {} | {} |", cell(key), cell(provider), state.summary(key));
    }
    text.push_str("\n| integration | connection | status | reason |\n|---|---|---|---|\n");
    for row in &state.connections {
        let (integration, id, reason) = (cell(&row.integration), cell(&row.id), cell(&row.reason));
        let _ = writeln!(text, "| {integration} | {id} | {} | {reason} |", row.status.word());
    }
    let active = state.connections.iter().filter(|row| row.status == Status::Active).count();
    let _ = write!(text, "\n{active} of {} were taken over.", state.connections.len());
    text
}

/// An id may hold what a table is made of.
fn cell(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect::<String>().replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::super::state::{Integration, Row};
    use super::*;

    #[test]
    fn a_report_is_a_table_whatever_an_id_holds() {
        let mut state = State::default();
        let integration = Integration {
            provider: "p".into(),
            ours: "p".into(),
            known: true,
            present: true,
            mode: "OAUTH2".into(),
        };
        state.integrations.insert("crm".into(), integration);
        state.connections.push(Row {
            integration: "crm".into(),
            id: "a|b\n".into(),
            status: Status::Paused,
            reason: String::new(),
            generation: 1,
        });
        let text = markdown(&state);
        assert!(
            text.contains("| crm | p | 1 paused |") && text.contains("| crm | a\\|b | paused |  |"),
            "{text}"
        );
    }
}
