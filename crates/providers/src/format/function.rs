//! The functions a template may call: a closed list, so that an entry is data and never a program.

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal ..= $most:literal),+ $(,)?) => {
        /// One function of the closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Function { $($variant),+ }

        impl Function {
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }

            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// How many arguments it takes, least and most.
            #[must_use]
            pub fn arity(self) -> (usize, usize) {
                match self { $(Self::$variant => ($least, $most)),+ }
            }
        }
    };
}

functions! {
    Concat "concat" 1..=16, Join "join" 2..=16, Split "split" 3..=3, Substr "substr" 3..=3, Replace "replace" 3..=3,
    Upper "upper" 1..=1, Lower "lower" 1..=1, LastSegment "last_segment" 1..=1, StripPrefix "strip_prefix" 2..=2,
    UrlHost "url_host" 1..=1, UrlOrigin "url_origin" 1..=1, Percent "percent" 1..=1,
    Base64 "base64" 1..=1, Base64Url "base64url" 1..=1, Hex "hex" 1..=1, FromHex "from_hex" 1..=1,
    Sha1 "sha1" 1..=1, Sha256 "sha256" 1..=1, HmacSha1 "hmac_sha1" 2..=2, HmacSha256 "hmac_sha256" 2..=2,
    Ed25519 "ed25519" 2..=2, SpkiFingerprint "spki_fingerprint" 1..=1,
    Now "now" 1..=2, Uuid "uuid" 0..=1, Nonce "nonce" 0..=1, At "at" 1..=1, Claim "claim" 1..=1, Json "json" 1..=16,
}

impl Function {
    /// Whether the result is bytes, which have to be written as text (`hex`, `base64`) before they go anywhere but a key.
    #[must_use]
    pub fn yields_bytes(self) -> bool {
        matches!(
            self,
            Self::FromHex | Self::Sha1 | Self::Sha256 | Self::HmacSha1 | Self::HmacSha256 | Self::Ed25519
        )
    }
}
