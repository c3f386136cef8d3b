use crate::context::canonical;
use crate::header::{self, KeyName, Kind};
use crate::message::{self, KeyBytes, Label, Once};
use crate::{DataKey, EnvelopeError, random};
use uuid::Builder;
use zeroize::Zeroizing;

/// The key of one environment's data keys, in the clear. Wiped when dropped; no `Clone`, no `Debug`.
pub struct EnvironmentKey {
    pub(crate) bytes: KeyBytes,
    name: KeyName,
}

impl EnvironmentKey {
    /// The first key of an environment, or with `former` the one after it. Its id tells when it was made, in milliseconds
    /// since the Unix epoch: age is part of the name, which whoever wraps it authenticates.
    #[must_use]
    pub fn generate(made_at: u64, former: Option<KeyName>) -> Self {
        let id = Builder::from_unix_timestamp_millis(made_at, &random::bytes()).into_uuid();
        let version = former.map_or(1, |former| former.version.saturating_add(1));
        Self::from_bytes(Zeroizing::new(random::bytes()), KeyName { id, version })
    }

    #[must_use]
    pub const fn name(&self) -> KeyName {
        self.name
    }

    /// Wraps a stream's data key for that stream: 144 bytes, to be stored with it.
    ///
    /// # Errors
    /// [`EnvelopeError::ContextTooLong`], which is not within reach of parsed ids.
    pub fn wrap(
        &self,
        key: &DataKey,
        deployment: &str,
        environment: &str,
        owner: &str,
    ) -> Result<Vec<u8>, EnvelopeError> {
        self.wrap_once(key, &data_key_context(deployment, environment, owner)?, Once::fresh())
    }

    /// Unwraps a stream's data key. Local: no key service is called.
    ///
    /// # Errors
    /// See [`EnvelopeError`]; [`EnvelopeError::WrongKey`] where another environment key wrapped it.
    pub fn unwrap(
        &self,
        wrapped: &[u8],
        deployment: &str,
        environment: &str,
        owner: &str,
    ) -> Result<DataKey, EnvelopeError> {
        let context = data_key_context(deployment, environment, owner)?;
        let plain = message::open(&self.bytes, self.label(), &context, wrapped)?;
        let bytes: &[u8; 32] = plain.as_bytes().try_into().map_err(|_| EnvelopeError::WrongContent)?;
        Ok(DataKey::from_bytes(Zeroizing::new(*bytes)))
    }

    /// Which environment key wrapped a data key, as its header says; believed only once it has opened.
    ///
    /// # Errors
    /// [`EnvelopeError::CorruptHeader`] where it is not a wrapped data key.
    pub fn named_by(wrapped: &[u8]) -> Result<KeyName, EnvelopeError> {
        Ok(header::parse_preamble(wrapped, Kind::DataKey)?.0)
    }

    /// What every data key begins with that an environment key of this name wrapped: 28 bytes, no secret.
    #[must_use]
    pub fn head_of(name: KeyName) -> [u8; 28] {
        header::preamble(Kind::DataKey, name)
    }

    pub(crate) const fn from_bytes(bytes: KeyBytes, name: KeyName) -> Self {
        Self { bytes, name }
    }

    pub(crate) fn wrap_once(
        &self,
        key: &DataKey,
        context: &[u8],
        once: Once,
    ) -> Result<Vec<u8>, EnvelopeError> {
        message::seal(&self.bytes, self.label(), once, context, key.bytes.as_slice())
    }

    const fn label(&self) -> Label {
        Label { kind: Kind::DataKey, key: self.name, generation: 0 }
    }
}

pub(crate) fn data_key_context(
    deployment: &str,
    environment: &str,
    owner: &str,
) -> Result<Vec<u8>, EnvelopeError> {
    canonical(&[deployment.as_bytes(), environment.as_bytes(), owner.as_bytes(), b"data_key"])
}
