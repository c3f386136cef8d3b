//! Which of the known names was probably meant.

/// The known name fewest edits away, if it is near enough to be a slip of the keyboard.
pub(super) fn nearest<'a>(meant: &str, known: &[&'a str]) -> Option<&'a str> {
    let slips_max = (meant.chars().count() / 3).max(1);
    known
        .iter()
        .map(|name| (edits(meant, name), *name))
        .filter(|(edits, _)| *edits <= slips_max)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// How many letters must be changed, added, removed or swapped with their neighbour.
fn edits(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            table[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let change = usize::from(one[i - 1] != other[j - 1]);
                    let mut best =
                        (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + change);
                    if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                }
            };
        }
    }
    table[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised() {
        let known = ["http", "grpc", "internal", "ops"];
        assert_eq!(nearest("htpp", &known), Some("http"));
        assert_eq!(nearest("htt", &known), Some("http"));
        assert_eq!(nearest("gprc", &known), Some("grpc"));
        assert_eq!(nearest("intrenall", &known), Some("internal"));
    }

    #[test]
    fn something_else_is_not_taken_for_a_slip() {
        assert_eq!(nearest("port", &["http", "grpc"]), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
