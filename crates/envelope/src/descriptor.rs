//! How an environment key is stored: its name, and its wrap by each key service that can unwrap it, by that key's name.
//!
//! After the 28 bytes every kind begins with: the number of wraps (1), then for each its key's name and the wrapped
//! bytes, both as length (2) and bytes. The key service authenticates what counts, because the key's id and version
//! are in the context it checks.

use crate::EnvelopeError;
use crate::context::canonical;
use crate::error::HeaderFault;
use crate::header::{self, KeyName, Kind};

/// A second region and a second provider fit with room to spare.
const WRAPS_MAX: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    pub key: KeyName,
    pub wraps: Vec<Wrap>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrap {
    /// The key service's key, as [`crate::KeyService::uri`] names it.
    pub by: String,
    pub wrapped: Vec<u8>,
}

impl Descriptor {
    pub fn wrap_by(&self, kek: &str) -> Option<&[u8]> {
        self.wraps.iter().find(|wrap| wrap.by == kek).map(|wrap| wrap.wrapped.as_slice())
    }

    pub fn encode(&self) -> Result<Vec<u8>, EnvelopeError> {
        let count = u8::try_from(self.wraps.len()).map_err(|_| EnvelopeError::ContextTooLong)?;
        let mut bytes = header::preamble(Kind::Wraps, self.key).to_vec();
        bytes.push(count);
        for wrap in &self.wraps {
            bytes.extend(canonical(&[wrap.by.as_bytes(), &wrap.wrapped])?);
        }
        Ok(bytes)
    }

    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let (key, rest) = header::parse_preamble(bytes, Kind::Wraps)?;
        let (count, mut rest) = rest.split_first().ok_or(HeaderFault::Length)?;
        let count = usize::from(*count);
        if count == 0 || count > WRAPS_MAX {
            return Err(HeaderFault::Length);
        }
        let mut wraps = Vec::with_capacity(count);
        for _ in 0..count {
            let by = String::from_utf8(field(&mut rest)?.to_vec()).map_err(|_| HeaderFault::Length)?;
            wraps.push(Wrap { by, wrapped: field(&mut rest)?.to_vec() });
        }
        if !rest.is_empty() {
            return Err(HeaderFault::Length);
        }
        Ok(Self { key, wraps })
    }
}

fn field<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], HeaderFault> {
    let (length, after) = rest.split_first_chunk::<2>().ok_or(HeaderFault::Length)?;
    let (field, after) =
        after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(HeaderFault::Length)?;
    *rest = after;
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn descriptor() -> Descriptor {
        Descriptor {
            key: KeyName { id: Uuid::from_u128(7), version: 3 },
            wraps: vec![
                Wrap { by: "aws-kms://alias/a?region=eu-west-1".into(), wrapped: vec![1; 180] },
                Wrap { by: "file-key:00".into(), wrapped: vec![2; 61] },
            ],
        }
    }

    #[test]
    fn several_wraps_come_back_as_they_were_stored() {
        assert_eq!(Descriptor::parse(&descriptor().encode().unwrap()), Ok(descriptor()));
    }

    #[test]
    fn a_descriptor_cut_or_extended_anywhere_is_refused() {
        let whole = descriptor().encode().unwrap();
        for end in 0..whole.len() {
            assert!(Descriptor::parse(&whole[..end]).is_err(), "{end}");
        }
        assert!(Descriptor::parse(&[whole.as_slice(), &[0]].concat()).is_err());
        let mut none = whole[..29].to_vec();
        none[28] = 0;
        assert_eq!(Descriptor::parse(&none), Err(HeaderFault::Length));
    }
}
