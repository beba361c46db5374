//! Signing and encrypting, as a stream: memory does not grow with what is sealed.

use std::io::{Read, Write};

use jiff::Timestamp;
use pgp::composed::{MessageBuilder, SubpacketConfig};
use pgp::crypto::aead::{AeadAlgorithm, ChunkSize};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{Subpacket, SubpacketData};
use pgp::types::{Password, SigningKey};
use rand::rngs::OsRng;

use super::Form;
use super::certificate::{Certificate, Component};
use super::fault::PgpFault;
use super::own_key::OwnKey;

/// Length of an OpenPGP packet's parts in bytes, while the length of the whole is not known.
const PART_BYTES: u32 = 1 << 18;

/// Signs with one key and encrypts for others, in their form. Nothing is compressed: what is sealed was.
#[derive(Debug)]
pub struct Sealer {
    form: Form,
    signer: OwnKey,
    recipients: Vec<Certificate>,
}

impl Sealer {
    /// A sealer, if every key of it may do its part at `now`.
    ///
    /// # Errors
    /// [`PgpFault::Refused`] with the key and what the policy has against it, or if the keys are of two forms.
    pub fn new(signer: OwnKey, recipients: Vec<Certificate>, now: Timestamp) -> Result<Self, PgpFault> {
        let form = signer.certificate().form();
        if recipients.is_empty() {
            return Err(PgpFault::Refused {
                what: "the deposit".to_owned(),
                reason: "nobody is named for whom it is encrypted".to_owned(),
            });
        }
        if let Some(other) = recipients.iter().find(|recipient| recipient.form() != form) {
            return Err(PgpFault::Refused {
                what: format!("certificate {}", other.fingerprint()),
                reason: format!("it is {} and our key is {form}; both sides need the same form", other.form()),
            });
        }
        signer.signing_key(now)?;
        recipients.iter().try_for_each(|recipient| recipient.check_recipient(now))?;
        Ok(Self { form, signer, recipients })
    }

    /// Which OpenPGP it seals by.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Fingerprint of the certificate that it signs by.
    #[must_use]
    pub fn signer(&self) -> String {
        self.signer.certificate().fingerprint()
    }

    /// Fingerprints of those it encrypts for.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        self.recipients.iter().map(Certificate::fingerprint).collect()
    }

    /// Seals everything that `plain` gives into `sealed`.
    ///
    /// # Errors
    /// [`PgpFault`] if a key may not be used at `now` any more, or reading or writing fails.
    pub fn seal(&self, plain: impl Read, sealed: impl Write, now: Timestamp) -> Result<(), PgpFault> {
        let fault = |error: pgp::errors::Error| PgpFault::Sealing { reason: said(&error) };
        let signer = self.signer.signing_key(now)?;
        let mut message = MessageBuilder::from_reader("", plain);
        message.partial_chunk_size(PART_BYTES).map_err(fault)?;
        message.sign_with_subpackets(signer, Password::empty(), HashAlgorithm::Sha256, subpackets(signer, self.form, now)?);
        // One text for two types of messages, which share no trait for this.
        macro_rules! encrypt {
            ($message:expr) => {{
                let mut message = $message;
                for recipient in &self.recipients {
                    match recipient.encryption_key(now)?.0 {
                        Component::Primary(key) => message.encrypt_to_key(OsRng, key),
                        Component::Subkey(subkey) => message.encrypt_to_key(OsRng, subkey),
                    }
                    .map_err(fault)?;
                }
                message.to_writer(OsRng, sealed).map_err(fault)
            }};
        }
        match self.form {
            Form::V6 => encrypt!(message.seipd_v2(OsRng, SymmetricKeyAlgorithm::AES256, AeadAlgorithm::Ocb, ChunkSize::C64KiB)),
            Form::V4 => encrypt!(message.seipd_v1(OsRng, SymmetricKeyAlgorithm::AES256)),
        }
    }
}

/// What the signature says: who signed, and when by our clock.
fn subpackets(signer: &dyn SigningKey, form: Form, now: Timestamp) -> Result<SubpacketConfig, PgpFault> {
    let fault = |reason: String| PgpFault::Sealing { reason };
    let seconds = u32::try_from(now.as_second()).map_err(|_| fault(format!("OpenPGP cannot write the time {now}")))?;
    let regular = |data| Subpacket::regular(data).map_err(|error| fault(error.to_string()));
    let hashed = vec![
        regular(SubpacketData::IssuerFingerprint(signer.fingerprint()))?,
        regular(SubpacketData::SignatureCreationTime(pgp::types::Timestamp::from_secs(seconds)))?,
    ];
    let unhashed = match form {
        Form::V6 => Vec::new(),
        Form::V4 => vec![regular(SubpacketData::IssuerKeyId(signer.legacy_key_id()))?],
    };
    Ok(SubpacketConfig::UserDefined { hashed, unhashed })
}

/// The library's words with what lies below them: "no space left on device" is in the source.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(below) = source {
        let more = below.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        source = below.source();
    }
    words
}
