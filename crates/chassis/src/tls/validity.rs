//! How long a certificate is good for: the one thing an operator asks of it that the TLS library does not tell. Nothing is
//! believed for it: whoever verifies a certificate reads it by itself.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, in front of the version.
const VERSION: u8 = 0xa0;

/// The beginning and the end, in seconds since the Unix epoch, of a certificate in DER (RFC 5280 §4.1.2.5). `None` where
/// it is not one.
pub fn of(der: &[u8]) -> Option<(i64, i64)> {
    let (certificate, _) = element(der, SEQUENCE)?;
    let (fields, _) = element(certificate, SEQUENCE)?;
    let after_version = element(fields, VERSION).map_or(fields, |(_, rest)| rest);
    let (_, after_serial) = element(after_version, INTEGER)?;
    let (_, after_algorithm) = element(after_serial, SEQUENCE)?;
    let (_, after_issuer) = element(after_algorithm, SEQUENCE)?;
    let (validity, _) = element(after_issuer, SEQUENCE)?;
    let (not_before, rest) = time(validity)?;
    Some((not_before, time(rest)?.0))
}

/// What an element of this tag holds, and what stands behind it (X.690 §8.1).
fn element(der: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *tag != wanted {
        return None;
    }
    let (length, rest) = match *first {
        short @ ..0x80 => (usize::from(short), rest),
        long => {
            let (bytes, rest) =
                rest.split_at_checked(usize::from(long & 0x7f)).filter(|(it, _)| it.len() <= 4)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    rest.split_at_checked(length)
}

fn time(der: &[u8]) -> Option<(i64, &[u8])> {
    if let Some((text, rest)) = element(der, UTC_TIME) {
        let year = number(text, 0, 2)?;
        let century = if year >= 50 { 1900 } else { 2000 };
        return Some((seconds(century + year, text.get(2..)?)?, rest));
    }
    let (text, rest) = element(der, GENERALIZED_TIME)?;
    Some((seconds(number(text, 0, 4)?, text.get(4..)?)?, rest))
}

/// From a year and `MMDDHHMMSSZ`.
fn seconds(year: i64, rest: &[u8]) -> Option<i64> {
    let [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map(|at| number(rest, at, 2));
    let days = days_to(year, month?, day?);
    (rest.get(10..)? == b"Z").then_some(())?;
    Some(((days * 24 + hour?) * 60 + minute?) * 60 + second?)
}

/// From the Unix epoch to a day of the Gregorian calendar. Years are counted from March, so that leap days are last.
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

fn number(text: &[u8], at: usize, digits: usize) -> Option<i64> {
    std::str::from_utf8(text.get(at..at + digits)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    #[test]
    fn the_beginning_and_the_end_are_read_in_either_form() {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        // UTCTime up to 2049, GeneralizedTime from 2050 on.
        params.not_before = date_time_ymd(2024, 2, 29);
        params.not_after = date_time_ymd(2051, 12, 31);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(of(certificate.der()), Some((1_709_164_800, 2_587_593_600)));
    }

    #[test]
    fn what_is_cut_short_is_no_certificate() {
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        for end in 0..certificate.der().len() {
            assert_eq!(of(&certificate.der()[..end]), None, "{end}");
        }
    }
}
