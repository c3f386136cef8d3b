//! What commands say: results on standard output, for programs and pipes; everything else on standard error.

use std::io::{IsTerminal as _, Write as _};

/// A result. A reader that has gone, as `head` does, is not an error.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Progress and advice, for whoever is watching.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A question, without a line end.
pub fn ask(text: &str) {
    if std::io::stdin().is_terminal() {
        let _ = write!(std::io::stderr().lock(), "{text} ");
    }
}

/// Columns as wide as their widest cell.
pub fn table<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([titles[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let render = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![render(titles.to_vec())];
    lines.extend(rows.iter().map(|row| render(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["con_1".to_owned(), "ACTIVE".to_owned()], ["c".to_owned(), "ünïcode".to_owned()]];
        assert_eq!(table(["ID", "STATE"], &rows), "ID     STATE\ncon_1  ACTIVE\nc      ünïcode");
    }
}
