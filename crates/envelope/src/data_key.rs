use crate::header::{KeyName, Kind};
use crate::message::{self, KeyBytes, Label, Once};
use crate::{Clear, Context, EnvelopeError, RecordType, random};
use latchkey_secret::Sealed;
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

/// The key of one stream's secrets, in the clear. Wiped when dropped; no `Clone`, no `Debug`.
/// Forgetting its wrapped form shreds everything sealed with it.
pub struct DataKey {
    pub(crate) bytes: KeyBytes,
    id: Uuid,
}

impl DataKey {
    /// A data key is never changed, it is replaced by another with another id.
    const VERSION: u32 = 1;

    #[must_use]
    pub fn generate() -> Self {
        Self::from_bytes(Zeroizing::new(random::bytes()))
    }

    /// Derived from the key, so that no wrapped key can be passed off under another one's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Seals a secret for one place and one generation.
    ///
    /// # Errors
    /// [`EnvelopeError::ContextTooLong`] or [`EnvelopeError::SecretTooLong`]; neither is within reach of parsed ids
    /// and accepted answers.
    pub fn seal<T: Clear>(
        &self,
        clear: &T,
        context: &Context,
        generation: u64,
    ) -> Result<Sealed<T>, EnvelopeError> {
        self.seal_once(clear, context, generation, Once::fresh())
    }

    /// Opens what was sealed with this key, for this place and this generation.
    ///
    /// # Errors
    /// See [`EnvelopeError`].
    pub fn open<T: Clear>(
        &self,
        sealed: &Sealed<T>,
        context: &Context,
        generation: u64,
    ) -> Result<T, EnvelopeError> {
        let label = self.label(context, generation);
        let plain = message::open(&self.bytes, label, &context.encode()?, sealed.as_bytes())?;
        T::from_bytes(plain.as_bytes()).ok_or(EnvelopeError::WrongContent)
    }

    pub(crate) fn from_bytes(bytes: KeyBytes) -> Self {
        let id = Builder::from_custom_bytes(message::public_name(&bytes)).into_uuid();
        Self { bytes, id }
    }

    pub(crate) fn seal_once<T: Clear>(
        &self,
        clear: &T,
        context: &Context,
        generation: u64,
        once: Once,
    ) -> Result<Sealed<T>, EnvelopeError> {
        let label = self.label(context, generation);
        message::seal(&self.bytes, label, once, &context.encode()?, clear.bytes()).map(Sealed::from_bytes)
    }

    const fn label(&self, context: &Context, generation: u64) -> Label {
        let kind = match context.record {
            RecordType::Journal => Kind::Journal,
            RecordType::Handout
            | RecordType::Renewal
            | RecordType::ClientSecret
            | RecordType::RegisteredClient
            | RecordType::CodeVerifier
            | RecordType::Inputs
            | RecordType::WebhookKeys
            | RecordType::SigningKey => Kind::Record,
        };
        Label { kind, key: KeyName { id: self.id, version: Self::VERSION }, generation }
    }
}
