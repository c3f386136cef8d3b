//! What is written down: which attempt, and what became known of it. Integers are little-endian.

use latchkey_domain::{ConnectionId, Generation};

/// Longer than any record: an answer is 256 KiB at most.
pub const RECORD_MAX: usize = 300 * 1024;

/// One claim's attempt. A claim's fence is never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId {
    pub connection: ConnectionId,
    pub generation: Generation,
    pub fence: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub attempt: AttemptId,
    /// Unix milliseconds.
    pub at: i64,
    pub entry: Entry,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The provider is about to be asked. Holds the attempt's key, sealed by the vault.
    Begun { sealed_key: Vec<u8> },
    /// An answer came. A later one with the same number replaces it.
    Answered(SealedAnswer),
    /// The vault has heard what came of it, or will never want to.
    Settled,
    /// Another refresher's answer, kept for it.
    Held(SealedAnswer),
}

/// One answer, encrypted, with what it takes to have the vault open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAnswer {
    pub sealed_key: Vec<u8>,
    /// Which of the attempt's answers, from 0.
    pub number: u8,
    pub sealed: Vec<u8>,
}

const BEGUN: u8 = 1;
const ANSWERED: u8 = 2;
const SETTLED: u8 = 3;
const HELD: u8 = 4;

impl Record {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(match &self.entry {
            Entry::Begun { .. } => BEGUN,
            Entry::Answered(_) => ANSWERED,
            Entry::Settled => SETTLED,
            Entry::Held(_) => HELD,
        });
        bytes.extend_from_slice(&self.attempt.connection.to_bytes());
        bytes.extend_from_slice(&self.attempt.generation.0.to_le_bytes());
        bytes.extend_from_slice(&self.attempt.fence.to_le_bytes());
        bytes.extend_from_slice(&self.at.to_le_bytes());
        match &self.entry {
            Entry::Begun { sealed_key } => bytes.extend_from_slice(sealed_key),
            Entry::Answered(answer) | Entry::Held(answer) => answer.encode_into(&mut bytes),
            Entry::Settled => {}
        }
        bytes
    }

    /// `None` where the bytes are no record this build knows.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (connection, rest) = rest.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<8>()?;
        let (fence, rest) = rest.split_first_chunk::<8>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let entry = match *kind {
            BEGUN => Entry::Begun { sealed_key: rest.to_vec() },
            ANSWERED => Entry::Answered(SealedAnswer::decode(rest)?),
            SETTLED if rest.is_empty() => Entry::Settled,
            HELD => Entry::Held(SealedAnswer::decode(rest)?),
            _ => return None,
        };
        let attempt = AttemptId {
            connection: ConnectionId::from_bytes(*connection),
            generation: Generation(u64::from_le_bytes(*generation)),
            fence: u64::from_le_bytes(*fence),
        };
        Some(Self { attempt, at: i64::from_le_bytes(*at), entry })
    }
}

impl SealedAnswer {
    fn encode_into(&self, bytes: &mut Vec<u8>) {
        // A sealed key has some two hundred bytes.
        let length = u16::try_from(self.sealed_key.len()).unwrap_or_default();
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&self.sealed_key[..usize::from(length)]);
        bytes.push(self.number);
        bytes.extend_from_slice(&self.sealed);
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (sealed_key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        let (number, sealed) = rest.split_first()?;
        Some(Self { sealed_key: sealed_key.to_vec(), number: *number, sealed: sealed.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_comes_back_from_its_bytes() {
        let attempt = AttemptId {
            connection: ConnectionId::from_parts(1_700_000_000_000, 7),
            generation: Generation(3),
            fence: 9,
        };
        let entries = [
            Entry::Begun { sealed_key: vec![1, 2, 3] },
            Entry::Answered(SealedAnswer { sealed_key: vec![1; 200], number: 1, sealed: vec![4; 900] }),
            Entry::Settled,
            Entry::Held(SealedAnswer { sealed_key: vec![5; 200], number: 0, sealed: vec![6] }),
        ];
        for entry in entries {
            let record = Record { attempt, at: 1_700_000_000_123, entry };
            let bytes = record.encode();
            assert_eq!(Record::decode(&bytes), Some(record));
            for cut in 0..41 {
                assert_eq!(Record::decode(&bytes[..cut]), None, "{cut}");
            }
        }
    }
}
