//! Who depends on whom, in what is shipped: normal and build dependencies, on Linux.

use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Packages by `name@version`; ours by the name of their folder.
pub struct Graph {
    edges: BTreeMap<String, BTreeSet<String>>,
    pub ours: BTreeSet<String>,
}

impl Graph {
    pub fn of_the_workspace() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(crate::repository::root().join("Cargo.toml"))
            .features(CargoOpt::AllFeatures)
            .other_options(["--locked", "--filter-platform", "x86_64-unknown-linux-gnu"].map(String::from))
            .exec()
            .expect("cargo metadata answers");
        let ours: BTreeSet<_> = metadata.workspace_members.iter().collect();
        let names: BTreeMap<_, _> = metadata
            .packages
            .iter()
            .map(|package| {
                let name = match ours.contains(&package.id) {
                    true => package
                        .manifest_path
                        .parent()
                        .and_then(|folder| folder.file_name())
                        .unwrap()
                        .to_owned(),
                    false => format!("{}@{}", package.name, package.version),
                };
                (&package.id, name)
            })
            .collect();
        let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves");
        let edges = resolve.nodes.iter().map(|node| {
            let shipped = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
            (names[&node.id].clone(), shipped.map(|dep| names[&dep.pkg].clone()).collect())
        });
        Self { edges: edges.collect(), ours: ours.iter().map(|id| names[*id].clone()).collect() }
    }

    /// A graph to try a rule on; every package without an `@` is ours.
    #[cfg(test)]
    pub fn sample(edges: &[(&str, &str)]) -> Self {
        let mut graph = Self { edges: BTreeMap::new(), ours: BTreeSet::new() };
        for (from, to) in edges {
            graph.edges.entry((*from).to_owned()).or_default().insert((*to).to_owned());
            graph.ours.extend(
                [from, to].into_iter().filter(|name| !name.contains('@')).map(|name| (*name).to_owned()),
            );
        }
        graph
    }

    pub fn direct(&self, package: &str) -> impl Iterator<Item = &str> {
        self.edges.get(package).into_iter().flatten().map(String::as_str)
    }

    /// Every package that `from` brings along, with the way to it: `domain → tokio@1.2.3`.
    pub fn reach(&self, from: &str) -> BTreeMap<String, String> {
        let mut ways = BTreeMap::from([(from.to_owned(), from.to_owned())]);
        let mut open = vec![from.to_owned()];
        while let Some(package) = open.pop() {
            for next in self.direct(&package) {
                if !ways.contains_key(next) {
                    ways.insert(next.to_owned(), format!("{} → {next}", ways[&package]));
                    open.push(next.to_owned());
                }
            }
        }
        ways.remove(from);
        ways
    }
}

/// The name of a package, without its version.
pub fn name(package: &str) -> &str {
    package.split('@').next().unwrap_or(package)
}
