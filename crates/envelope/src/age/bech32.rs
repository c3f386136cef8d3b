//! Bech32 (BIP 173), as far as a public key of 32 bytes needs it, in lower case.

use super::InvalidRecipient;

const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// 32 bytes are 52 letters of five bits, and four bits that are nothing; the sum is six more.
const LENGTH: usize = 52;
const SUM: usize = 6;

/// What stands for 32 bytes after `prefix` and `1`.
pub fn decoded(prefix: &str, letters: &str) -> Result<[u8; 32], InvalidRecipient> {
    let value = |letter: char| LETTERS.find(letter).and_then(|at| u8::try_from(at).ok());
    let values: Option<Vec<u8>> = letters.chars().map(value).collect();
    let values = values.filter(|values| values.len() == LENGTH + SUM).ok_or(InvalidRecipient::Form)?;
    let high = prefix.bytes().map(|byte| byte >> 5);
    let low = prefix.bytes().map(|byte| byte & 31);
    if checked(high.chain([0]).chain(low).chain(values.iter().copied())) != 1 {
        return Err(InvalidRecipient::Sum);
    }
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(32), 0, 0_u16);
    for value in &values[..LENGTH] {
        held = (held << 5) | u16::from(*value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            let [_, byte] = (held >> bits).to_be_bytes();
            bytes.push(byte);
            held &= (1 << bits) - 1;
        }
    }
    if held != 0 {
        return Err(InvalidRecipient::Form);
    }
    bytes.try_into().map_err(|_| InvalidRecipient::Form)
}

fn checked(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        let chosen = GENERATOR.iter().enumerate().filter(|(bit, _)| (top >> bit) & 1 == 1);
        chosen.fold(next, |sum, (_, word)| sum ^ word)
    })
}
