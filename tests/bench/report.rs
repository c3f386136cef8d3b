//! The table that is printed: medians of rounds.

use crate::load::Measured;

/// What came of one size of one database.
pub struct Line {
    pub database: &'static str,
    pub connections: usize,
    pub rounds: Vec<Round>,
}

/// One after the other.
pub struct Round {
    pub bare: Measured,
    pub vault: Measured,
    /// The vault, asked half as often as it could answer just before.
    pub at_half: Measured,
}

impl Line {
    fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        let mut values: Vec<f64> = self.rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    }

    /// `p50/p99`.
    fn percentiles(&self, of: impl Fn(&Round) -> &Measured) -> String {
        let [p50, p99] = [0.5, 0.99].map(|quantile| self.median(|round| of(round).quantile(quantile)));
        format!("{p50:.0}/{p99:.0}")
    }
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a call are fewer than 2^52")]
    fn quantile(&self, quantile: f64) -> f64 {
        self.latencies.value_at_quantile(quantile) as f64
    }
}

pub fn print(lines: &[Line]) {
    println!();
    println!(
        "                          answers per second          CPU in µs each         p50/p99 in µs             vault at half load"
    );
    println!(
        "database    connections    bare   vault  ratio   bare  vault  ratio         bare        vault        p50/p99   p99:p50"
    );
    for line in lines {
        println!(
            "{:<12}{:>11}{:>8.0}{:>8.0}{:>5.0} %{:>7.0}{:>7.0}{:>5.0} %{:>13}{:>13}{:>15}{:>10.1}",
            line.database,
            line.connections,
            line.median(|round| round.bare.rate),
            line.median(|round| round.vault.rate),
            100.0 * line.median(|round| round.vault.rate / round.bare.rate),
            line.median(|round| round.bare.cpu),
            line.median(|round| round.vault.cpu),
            100.0 * line.median(|round| round.bare.cpu / round.vault.cpu),
            line.percentiles(|round| &round.bare),
            line.percentiles(|round| &round.vault),
            line.percentiles(|round| &round.at_half),
            line.median(|round| round.at_half.quantile(0.99) / round.at_half.quantile(0.5).max(1.0)),
        );
    }
}
