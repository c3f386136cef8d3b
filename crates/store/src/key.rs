use crate::WrappedKey;

/// How much of a wrapped key it can be found by: what tells the key above it.
pub const HEAD_BYTES: usize = 28;

/// A wrapped key, with the name that owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedKey {
    pub owner: String,
    pub key: WrappedKey,
}

/// The same owner's key, wrapped anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReplacement {
    pub owner: String,
    /// What must be there still, byte for byte.
    pub former: Vec<u8>,
    pub key: WrappedKey,
}

/// What a wrapped key is found by.
#[must_use]
pub fn head(wrapped: &[u8]) -> &[u8] {
    &wrapped[..wrapped.len().min(HEAD_BYTES)]
}

/// The least bytes behind all heads that begin with `wanted`.
#[must_use]
pub fn head_end(wanted: &[u8]) -> Vec<u8> {
    // Behind the last of all heads there is only what is longer.
    let Some(last) = wanted.iter().rposition(|byte| *byte < u8::MAX) else {
        return vec![u8::MAX; HEAD_BYTES + 1];
    };
    let mut end = wanted[..=last].to_vec();
    end[last] += 1;
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_range_is_behind_all_that_begins_with_its_head() {
        assert_eq!(head_end(&[1, 2]), [1, 3]);
        assert_eq!(head_end(&[1, 255]), [2]);
        assert!(head_end(&[255, 255]) > vec![255; HEAD_BYTES]);
    }
}
