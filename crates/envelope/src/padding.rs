//! Padding to 64-byte buckets (ISO/IEC 7816-4: `80 00…`), so that a ciphertext tells little about its secret's length.

pub const BUCKET: usize = 64;

/// The length of `length` bytes once padded. At least one byte is always added.
#[must_use]
pub const fn padded(length: usize) -> usize {
    (length / BUCKET + 1) * BUCKET
}

/// Appends the padding. The caller has reserved [`padded`] bytes, so that the plaintext is not moved, leaving a copy.
pub fn pad(plain: &mut Vec<u8>, start: usize) {
    let length = start + padded(plain.len() - start);
    plain.push(0x80);
    plain.resize(length, 0);
}

/// The bytes without their padding; `None` where the padding is not exactly what [`pad`] writes.
#[must_use]
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let end = padded.iter().rposition(|byte| *byte != 0)?;
    let added = padded.len() - end;
    (padded.len().is_multiple_of(BUCKET) && padded[end] == 0x80 && added <= BUCKET).then(|| &padded[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back_from_its_bucket() {
        for length in 0..200 {
            let plain = vec![0x80; length];
            let mut bytes = plain.clone();
            pad(&mut bytes, 0);
            assert_eq!(bytes.len() % BUCKET, 0);
            assert!(bytes.len() > length && bytes.len() <= length + BUCKET);
            assert_eq!(unpad(&bytes), Some(plain.as_slice()));
        }
    }

    #[test]
    fn padding_that_nothing_wrote_is_refused() {
        let mut too_much = vec![1, 0x80];
        too_much.resize(2 * BUCKET, 0);
        assert_eq!(unpad(&too_much), None);
        assert_eq!(unpad(&[0; BUCKET]), None);
        assert_eq!(unpad(&[1; BUCKET]), None);
        assert_eq!(unpad(&[0x80; 3]), None);
        assert_eq!(unpad(&[]), None);
    }
}
