//! Every rule, with clients as separate from each other as two processes.

latchkey_store::conformance_tests!(crate::scratch::database);
