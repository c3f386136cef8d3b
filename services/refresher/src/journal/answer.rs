//! A provider's answer as bytes, before they are encrypted. Integers are little-endian.

use latchkey_oauth::{Answer, AnswerBody};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

const WHOLE: u8 = 0;
const TOO_LARGE: u8 = 1;
/// How an absent text is told from an empty one.
const ABSENT: u16 = u16::MAX;
const NO_WAIT: u64 = u64::MAX;

/// `None` where not all of it came: a part of an answer is none.
#[must_use]
pub fn encode(answer: &Answer) -> Option<Zeroizing<Vec<u8>>> {
    let (kind, body): (u8, &[u8]) = match &answer.body {
        AnswerBody::Whole(body) => (WHOLE, body),
        AnswerBody::TooLarge => (TOO_LARGE, &[]),
        AnswerBody::CutOff => return None,
    };
    let text_length = answer.host.len() + answer.content_type.as_ref().map_or(0, String::len);
    // All the room at once: growing would leave copies of the answer behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(32 + text_length + body.len()));
    bytes.push(kind);
    bytes.extend_from_slice(&answer.status.to_le_bytes());
    let received = answer.received_at.duration_since(UNIX_EPOCH).unwrap_or_default();
    bytes.extend_from_slice(&u64::try_from(received.as_millis()).unwrap_or(u64::MAX).to_le_bytes());
    let wait = answer.retry_after.map_or(NO_WAIT, |wait| wait.as_secs());
    bytes.extend_from_slice(&wait.to_le_bytes());
    put_text(&mut bytes, Some(&answer.host));
    put_text(&mut bytes, answer.content_type.as_deref());
    bytes.extend_from_slice(body);
    Some(bytes)
}

/// `None` where the bytes are no answer.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Answer> {
    let (kind, rest) = bytes.split_first()?;
    let (status, rest) = rest.split_first_chunk::<2>()?;
    let (received, rest) = rest.split_first_chunk::<8>()?;
    let (wait, rest) = rest.split_first_chunk::<8>()?;
    let (host, rest) = take_text(rest)?;
    let (content_type, body) = take_text(rest)?;
    let wait = u64::from_le_bytes(*wait);
    Some(Answer {
        host: host.unwrap_or_default(),
        status: u16::from_le_bytes(*status),
        received_at: UNIX_EPOCH.checked_add(Duration::from_millis(u64::from_le_bytes(*received)))?,
        content_type,
        retry_after: (wait != NO_WAIT).then(|| Duration::from_secs(wait)),
        body: match *kind {
            WHOLE => AnswerBody::Whole(Zeroizing::new(body.to_vec())),
            TOO_LARGE if body.is_empty() => AnswerBody::TooLarge,
            _ => return None,
        },
    })
}

/// When an answer came, in Unix milliseconds.
#[must_use]
pub fn millis(instant: SystemTime) -> i64 {
    let since = instant.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn put_text(bytes: &mut Vec<u8>, text: Option<&str>) {
    // A header of 64 KiB does not get through any HTTP library.
    let text = text.filter(|text| text.len() < usize::from(ABSENT));
    let length = text.and_then(|text| u16::try_from(text.len()).ok()).unwrap_or(ABSENT);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
}

fn take_text(bytes: &[u8]) -> Option<(Option<String>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    match u16::from_le_bytes(*length) {
        ABSENT => Some((None, rest)),
        length => {
            let (text, rest) = rest.split_at_checked(usize::from(length))?;
            Some((Some(String::from_utf8(text.to_vec()).ok()?), rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: AnswerBody) -> Answer {
        Answer {
            host: "as.example".to_owned(),
            status: 200,
            received_at: UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
            content_type: Some("application/json".to_owned()),
            retry_after: Some(Duration::from_secs(7)),
            body,
        }
    }

    fn shown(answer: &Answer) -> String {
        let body = match &answer.body {
            AnswerBody::Whole(body) => format!("{:?}", body.as_slice()),
            AnswerBody::CutOff => "cut off".to_owned(),
            AnswerBody::TooLarge => "too large".to_owned(),
        };
        let Answer { host, status, received_at, content_type, retry_after, .. } = answer;
        format!("{host} {status} {received_at:?} {content_type:?} {retry_after:?} {body}")
    }

    #[test]
    fn an_answer_comes_back_from_its_bytes() {
        for body in [AnswerBody::Whole(b"{\"a\":1}".to_vec().into()), AnswerBody::TooLarge] {
            let mut answer = answer(body);
            assert_eq!(shown(&decode(&encode(&answer).unwrap()).unwrap()), shown(&answer));
            (answer.content_type, answer.retry_after) = (None, None);
            assert_eq!(shown(&decode(&encode(&answer).unwrap()).unwrap()), shown(&answer));
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(encode(&answer(AnswerBody::CutOff)).is_none());
        let whole = encode(&answer(AnswerBody::TooLarge)).unwrap();
        for cut in 0..whole.len() {
            assert!(decode(&whole[..cut]).is_none(), "{cut}");
        }
    }
}
