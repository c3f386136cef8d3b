//! Catalogue format 1: the shape of an entry, the language of its templates, and what is checked before either is believed.
//!
//! This module has no clock, no network and no provider's name in it. The build script includes the same files,
//! so that an entry which would be refused at run time cannot be embedded.

pub mod behaviour;
pub mod callback;
pub mod entry;
pub mod expression;
pub mod function;
pub mod guidance;
pub mod host;
pub mod lint;
pub mod obtain;
pub mod read;
pub mod references;
pub mod request;
pub mod response;
pub mod template;
pub mod url_template;
pub mod urls;
pub mod vendor;
