# The short names of the long commands. `tests/run` and `.ci/run` are what counts; nothing here adds to them.

# List the recipes.
default:
    @just --list

# Run Latchkey with everything built in, and a demo provider.
dev:
    cargo run -- dev

# All the tests; starts and stops the servers they need.
test *mode:
    tests/run {{mode}}

# What a change must pass before it lands.
ci:
    .ci/run

# One crate's tests, with servers: `just crate latchkey-store-postgres`.
crate name:
    tests/with-servers cargo test --package {{name}}

# The browser's programs: check them, and build crates/web-ui/dist. Needs Node 20.
ui:
    cd crates/web-ui/web && npm ci --ignore-scripts --no-audit --no-fund && npm run build

# The same, again on every change; a debug build serves them from disk.
ui-watch:
    cd crates/web-ui/web && npm run watch

# Format and lint.
lint:
    cargo fmt
    cargo clippy --workspace --all-targets --locked -- -D warnings

# How many mistakes in catalogue entries are noticed, by kind.
score:
    cargo test --package latchkey-oauth --test transcripts -- --ignored --nocapture

# Only the rules of the house: dependencies, words, migrations.
tidy:
    cargo test --package latchkey-tests --test tidy

# Licences, bans, advisories.
deny:
    cargo deny check
