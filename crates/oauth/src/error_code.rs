//! What a provider's error code means. The words of RFC 6749 §5.2 and its relatives, and the words in wide use in their
//! place by servers that answer an error in a way of their own.

use crate::FaultKind;

/// `None` for a word nobody here knows.
pub(crate) fn kind(code: &str) -> Option<FaultKind> {
    Some(match code.to_ascii_lowercase().as_str() {
        "invalid_grant" | "bad_refresh_token" | "invalid_refresh_token" | "bad_verification_code"
        | "invalid_code" | "code_already_used" | "code_expired" | "token_revoked" | "token_expired"
        // OpenID Connect Core §3.1.2.6: only the user, present, can go on.
        | "interaction_required" | "login_required" | "consent_required" => FaultKind::GrantRefused,
        "invalid_client" | "unauthorized_client" | "invalid_client_id" | "bad_client_secret"
        | "incorrect_client_credentials" => FaultKind::ClientRejected,
        "invalid_request" | "invalid_scope" | "unsupported_grant_type" | "unsupported_response_type"
        | "invalid_target" | "access_denied" | "redirect_uri_mismatch" | "bad_redirect_uri" => {
            FaultKind::RequestRejected
        }
        "slow_down" | "ratelimited" | "rate_limited" | "rate_limit_exceeded" | "too_many_requests" => {
            FaultKind::RateLimited
        }
        "server_error" | "temporarily_unavailable" => FaultKind::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_means_one_thing_in_any_case() {
        let table: [(FaultKind, &[&str]); 5] = [
            (
                FaultKind::GrantRefused,
                &[
                    "invalid_grant",
                    "bad_refresh_token",
                    "invalid_refresh_token",
                    "bad_verification_code",
                    "invalid_code",
                    "code_already_used",
                    "code_expired",
                    "token_revoked",
                    "token_expired",
                    "interaction_required",
                    "login_required",
                    "consent_required",
                ],
            ),
            (
                FaultKind::ClientRejected,
                &[
                    "invalid_client",
                    "unauthorized_client",
                    "invalid_client_id",
                    "bad_client_secret",
                    "incorrect_client_credentials",
                ],
            ),
            (
                FaultKind::RequestRejected,
                &[
                    "invalid_request",
                    "invalid_scope",
                    "unsupported_grant_type",
                    "unsupported_response_type",
                    "invalid_target",
                    "access_denied",
                    "redirect_uri_mismatch",
                    "bad_redirect_uri",
                ],
            ),
            (
                FaultKind::RateLimited,
                &["slow_down", "ratelimited", "rate_limited", "rate_limit_exceeded", "too_many_requests"],
            ),
            (FaultKind::Unavailable, &["server_error", "temporarily_unavailable"]),
        ];
        for (meaning, words) in table {
            for word in words {
                assert_eq!(kind(word), Some(meaning.clone()), "{word}");
                assert_eq!(kind(&word.to_uppercase()), Some(meaning.clone()), "{word}");
            }
        }
    }

    #[test]
    fn an_unknown_word_means_nothing() {
        for word in ["", "invalid", "invalid_grant ", "a_word_of_its_own"] {
            assert_eq!(kind(word), None, "{word}");
        }
    }
}
