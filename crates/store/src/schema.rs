//! How a database's schema stands to the program that is to use it.

/// A change of the schema that the program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// `YYYYMMDDHHMMSS`, as its file is named.
    pub version: i64,
    pub name: String,
    /// What applying it runs.
    pub sql: String,
    pub is_applied: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaState {
    /// In their order.
    pub migrations: Vec<Migration>,
    /// What was applied that the program does not know: a newer one made it.
    pub ahead: Vec<i64>,
}

impl SchemaState {
    /// What the program knows, against what the database says was applied.
    #[must_use]
    pub fn of(known: impl IntoIterator<Item = (i64, String, String)>, applied: &[i64]) -> Self {
        let migrations: Vec<Migration> = known
            .into_iter()
            .map(|(version, name, sql)| Migration {
                version,
                name,
                sql,
                is_applied: applied.contains(&version),
            })
            .collect();
        let is_known = |version: &i64| migrations.iter().any(|migration| migration.version == *version);
        let ahead = applied.iter().copied().filter(|version| !is_known(version)).collect();
        Self { migrations, ahead }
    }

    /// How many are yet to be applied.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.migrations.iter().filter(|migration| !migration.is_applied).count()
    }
}
