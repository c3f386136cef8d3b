//! Every rule, with clients that share nothing but the server.

latchkey_store::conformance_tests!(crate::scratch::database);
