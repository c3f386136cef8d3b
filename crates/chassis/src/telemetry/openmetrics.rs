//! The metrics page as OpenMetrics 1.0 has it, made of the one the exporter writes for Prometheus: the same samples, and
//! exemplars behind those of buckets.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use metrics::Key;

use super::exemplars::Buckets;

pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every line of `page`, as the other format has it. `exemplars` are found by how the line of a bucket begins.
pub fn page(page: &str, exemplars: &HashMap<String, Arc<Buckets>>) -> String {
    let mut open = String::with_capacity(page.len() + 128);
    for line in page.lines().filter(|line| !line.is_empty()) {
        if let Some(told) = line.strip_prefix("# TYPE ") {
            open.push_str("# TYPE ");
            open.push_str(&family(told));
        } else if let Some((head, bound, count)) = bucket(line) {
            let _ = write!(open, "{head}le=\"{}\"}} {count}", canonical(bound));
            if let Some(exemplar) = exemplars.get(head).and_then(|buckets| buckets.exemplar(bound)) {
                let _ = write!(open, " # {exemplar}");
            }
        } else {
            open.push_str(line);
        }
        open.push('\n');
    }
    open.push_str("# EOF\n");
    open
}

/// How the lines of a histogram's buckets begin, up to their bound.
pub fn buckets_of(key: &Key) -> String {
    let mut head = format!("{}_bucket{{", key.name());
    for label in key.labels() {
        let value = label.value().replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
        let _ = write!(head, "{}=\"{value}\",", label.key());
    }
    head
}

/// A counter is told by its family's name, which its samples have `_total` behind.
fn family(told: &str) -> String {
    let Some(counter) = told.strip_suffix(" counter") else { return told.to_owned() };
    match counter.strip_suffix("_total") {
        Some(family) => format!("{family} counter"),
        None => format!("{counter} unknown"),
    }
}

/// The beginning of a bucket's line, its upper bound, and its count.
fn bucket(line: &str) -> Option<(&str, f64, &str)> {
    line.split_once('{').filter(|(name, _)| name.ends_with("_bucket"))?;
    // The last label: no value holds a quotation mark that is not escaped.
    let (head, tail) = line.split_at(line.rfind("le=\"")?);
    let (bound, count) = tail.strip_prefix("le=\"")?.split_once("\"} ")?;
    Some((head, bound.parse().ok()?, count))
}

/// A bound always has a fraction, or is `+Inf`.
fn canonical(bound: f64) -> String {
    if bound.is_infinite() { "+Inf".to_owned() } else { format!("{bound:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics::Label;

    #[test]
    fn the_same_samples_are_told_as_the_other_format_has_them() {
        let told = page(
            "# TYPE calls_total counter\ncalls_total{a=\"b\"} 3\n\n# TYPE odd counter\nodd 1\n\n# TYPE took_seconds histogram\n\
             took_seconds_bucket{role=\"x\",le=\"0.5\"} 1\ntook_seconds_bucket{role=\"x\",le=\"10\"} 2\n\
             took_seconds_bucket{role=\"x\",le=\"+Inf\"} 2\ntook_seconds_sum{role=\"x\"} 7.5\n",
            &HashMap::new(),
        );
        let expected = "# TYPE calls counter\ncalls_total{a=\"b\"} 3\n# TYPE odd unknown\nodd 1\n# TYPE took_seconds histogram\n\
                        took_seconds_bucket{role=\"x\",le=\"0.5\"} 1\ntook_seconds_bucket{role=\"x\",le=\"10.0\"} 2\n\
                        took_seconds_bucket{role=\"x\",le=\"+Inf\"} 2\ntook_seconds_sum{role=\"x\"} 7.5\n# EOF\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn a_bucket_is_found_by_how_its_line_begins_whatever_its_labels_hold() {
        let labels = vec![Label::new("a", "le=\"1\"} 2"), Label::new("b", "back\\slash")];
        let head = buckets_of(&Key::from_parts("took_seconds", labels));
        assert_eq!(bucket(&format!("{head}le=\"5\"}} 7")), Some((head.as_str(), 5.0, "7")));
        assert_eq!(bucket("took_seconds_count 7"), None);
    }
}
