use crate::{Denial, KeyServiceError};
use aws_sdk_kms::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Sorts what AWS answered. Only what speaks of the key or of what it wrapped is a refusal; whatever is not understood
/// is not one, because a refusal throws away keys that may be the only ones at hand.
pub fn fault<E>(error: &SdkError<E>) -> KeyServiceError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let code = error.code().unwrap_or_default();
    let denial = match code {
        "AccessDeniedException" => Denial::AccessDenied,
        "DisabledException" => Denial::Disabled,
        "KMSInvalidStateException" | "InvalidKeyUsageException" => Denial::InvalidState,
        "NotFoundException" | "InvalidArnException" => Denial::KeyNotFound,
        "InvalidCiphertextException" | "IncorrectKeyException" => Denial::NotOurs,
        // Throttling, `KeyUnavailableException`, `DependencyTimeoutException`, `KMSInternalException`, expired
        // credentials, and no answer at all.
        _ => return KeyServiceError::Unavailable { detail: unavailable(error, code) },
    };
    KeyServiceError::Denied { denial, detail: told(code, error.message()) }
}

fn unavailable<E: ProvideErrorMetadata + std::error::Error + 'static>(
    error: &SdkError<E>,
    code: &str,
) -> String {
    match error {
        // The full chain of a service's answer prints its headers too; code and message are what helps.
        SdkError::ServiceError(_) => told(code, error.message()),
        _ => DisplayErrorContext(error).to_string(),
    }
}

fn told(code: &str, message: Option<&str>) -> String {
    match message {
        Some(message) => format!("{code}: {message}"),
        None if code.is_empty() => "no reason given".to_owned(),
        None => code.to_owned(),
    }
}
