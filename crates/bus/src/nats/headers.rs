//! A fact's attributes as NATS headers: CloudEvents 1.0, NATS protocol binding, binary mode.

use std::fmt::Write;

use async_nats::HeaderMap;

use crate::Fact;

/// The fact's place in the feed, read back by [`position`].
const POSITION: &str = "Lk-Position";

/// All headers of a fact. `stream` makes sure that the acknowledgement comes from the stream that is meant.
pub(super) fn of(fact: &Fact, stream: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: &str| headers.insert(name, encoded(value));
    put("Nats-Msg-Id", &fact.id);
    put("Nats-Expected-Stream", stream);
    put("Content-Type", "application/json");
    put(POSITION, &fact.position);
    put("ce-specversion", "1.0");
    put("ce-id", &fact.id);
    put("ce-type", &fact.kind);
    put("ce-source", &fact.source);
    put("ce-subject", &fact.about);
    put("ce-time", &fact.time);
    put("ce-datacontenttype", "application/json");
    put("ce-severity", fact.severity.as_str());
    // Padded, so that it sorts as text: the CloudEvents `sequence` extension is a string.
    put("ce-sequence", &format!("{:018}", fact.sequence));
    if let Some(traceparent) = &fact.traceparent {
        put("ce-traceparent", traceparent);
        put("traceparent", traceparent);
    }
    headers
}

/// The position that [`of`] wrote. `None` where the message is not one of ours.
pub(super) fn position(headers: &HeaderMap) -> Option<String> {
    decoded(headers.get(POSITION)?.as_str())
}

/// Percent-encodes what a header cannot carry, as the binding says (section 3.2.4): anything but printable ASCII,
/// and space, double quote and percent.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'"' | b'%' | 0..=b' ' | 0x7F.. => {
                // Writing to a String cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
            byte => text.push(char::from(byte)),
        }
    }
    text
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('%') {
        bytes.extend_from_slice(plain.as_bytes());
        bytes.push(u8::from_str_radix(escaped.get(..2)?, 16).ok()?);
        rest = &escaped[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_a_header_cannot_carry_is_percent_encoded() {
        assert_eq!(encoded("Euro € \"5%\"\r\n"), "Euro%20%E2%82%AC%20%225%25%22%0D%0A");
        assert_eq!(encoded("integrations/a/connections/con_1"), "integrations/a/connections/con_1");
    }

    #[test]
    fn every_value_comes_back() {
        for value in ["", "7/512/9", "a b%20c", "€", "100%"] {
            assert_eq!(decoded(&encoded(value)).as_deref(), Some(value));
        }
        assert_eq!(decoded("100%"), None);
        assert_eq!(decoded("%€"), None);
    }
}
