//! What a request is called: as its caller calls it, or by a name made here. In the span, in the answer, and in what is said
//! of a failure.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, MakeRequestUuid, RequestId};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What is longer is no name: it would stand in every span.
const LENGTH_MAX: usize = 128;

/// Sees to it that a request has a name, and says which.
pub fn settle(headers: &mut HeaderMap) -> Option<HeaderValue> {
    if !headers.get(REQUEST_ID).is_some_and(is_good) {
        // Also where there are several: the first would be one name, and the last another.
        headers.remove(REQUEST_ID);
        let made = MakeRequestUuid.make_request_id(&Request::new(()));
        headers.extend(made.map(|id| (REQUEST_ID, RequestId::into_header_value(id))));
    }
    headers.get(REQUEST_ID).cloned()
}

fn is_good(id: &HeaderValue) -> bool {
    (1..=LENGTH_MAX).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(sent: &[u8]) -> HeaderValue {
        let mut headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_bytes(sent).unwrap())]);
        let settled = settle(&mut headers).unwrap();
        assert_eq!(headers[REQUEST_ID], settled, "and a handler finds it");
        settled
    }

    #[test]
    fn a_good_name_is_kept_and_another_is_made_for_the_rest() {
        let long = [b'x'; LENGTH_MAX + 1];
        for good in [b"order-7".as_slice(), &long[1..]] {
            assert_eq!(settled(good), good);
        }
        for bad in [b"".as_slice(), b"order 7", b"order\t7", b"caf\xe9", &long] {
            assert_eq!(settled(bad).len(), 36, "{bad:?}");
        }
        assert_ne!(settle(&mut HeaderMap::new()), settle(&mut HeaderMap::new()));
    }
}
