//! Stands for `aws` in a build without it.

use crate::{KeyService, OpenKeyServiceError};
use std::sync::Arc;

pub fn check(_uri: &str) -> Result<(), OpenKeyServiceError> {
    Err(OpenKeyServiceError::NotBuilt("aws-kms"))
}

#[expect(clippy::unused_async, reason = "its counterpart loads AWS settings")]
pub async fn open(_uri: &str) -> Result<Arc<dyn KeyService>, OpenKeyServiceError> {
    Err(OpenKeyServiceError::NotBuilt("aws-kms"))
}
