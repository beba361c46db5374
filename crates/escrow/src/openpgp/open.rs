//! Opening what somebody sealed for us, as a stream. What was read is believed only after [`Opened::finish`]: a message that was cut gives
//! all that was before the cut (Q23).

use std::fmt;
use std::io::{self, BufRead, Read};

use jiff::{SignedDuration, Timestamp};
use pgp::composed::{DecryptionOptions, Esk, Message, TheRing};
use pgp::errors::Error;
use pgp::packet::{PublicKeyEncryptedSessionKey, SignatureType};
use pgp::types::{Password, VerifyingKey};

use super::certificate::{Certificate, Component};
use super::fault::OpenFault;
use super::own_key::OwnKey;
use super::seal::said;
use super::standing::is_sound;

/// How far the signer's clock may be ahead of ours.
const CLOCK_ERROR: SignedDuration = SignedDuration::from_hours(24);

/// For whom a message is encrypted, as it says itself: the fingerprint of a key (version 6), its key id (version 4), or nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// Of a version 6 message.
    Fingerprint(String),
    /// Of a version 4 message: 16 hexadecimal digits.
    KeyId(String),
    /// It does not say.
    Hidden,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fingerprint(fingerprint) => write!(f, "key {fingerprint}"),
            Self::KeyId(id) => write!(f, "key {id}"),
            Self::Hidden => f.write_str("somebody it does not name"),
        }
    }
}

/// A message that was decrypted. Reading it gives the plain text.
pub struct Opened<'m> {
    message: Message<'m>,
    recipients: Vec<Recipient>,
    is_compressed: bool,
}

impl fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened([secret])")
    }
}

/// Decrypts with a key of ours. Only what protects its integrity is opened: SEIPD of version 1 or 2.
///
/// # Errors
/// [`OpenFault`].
pub fn open<'m>(sealed: impl BufRead + fmt::Debug + Send + 'm, key: &OwnKey) -> Result<Opened<'m>, OpenFault> {
    let (message, _) = Message::from_reader(sealed).map_err(|error| OpenFault::NoMessage { reason: said(&error) })?;
    let Message::Encrypted { esk, .. } = &message else { return Err(OpenFault::NotEncrypted) };
    let recipients = esk.iter().map(recipient).collect();
    let nothing = Password::empty();
    let ring = TheRing {
        secret_keys: vec![key.inner()],
        key_passwords: vec![&nothing],
        decrypt_options: DecryptionOptions::default(),
        ..TheRing::default()
    };
    let (mut message, _) = message.decrypt_the_ring(ring, true).map_err(|error| match error {
        Error::MissingKey => OpenFault::OtherRecipient,
        error => OpenFault::Damaged { reason: said(&error) },
    })?;
    let is_compressed = message.is_compressed();
    if is_compressed {
        message = message.decompress().map_err(|error| OpenFault::Damaged { reason: said(&error) })?;
    }
    Ok(Opened { message, recipients, is_compressed })
}

fn recipient(esk: &Esk) -> Recipient {
    match esk {
        Esk::PublicKeyEncryptedSessionKey(PublicKeyEncryptedSessionKey::V6 { fingerprint: Some(fingerprint), .. }) => {
            Recipient::Fingerprint(fingerprint.to_string())
        }
        Esk::PublicKeyEncryptedSessionKey(PublicKeyEncryptedSessionKey::V3 { id, .. }) => Recipient::KeyId(id.to_string()),
        _ => Recipient::Hidden,
    }
}

impl Opened<'_> {
    /// For whom it is encrypted.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// Whether OpenPGP compressed it, which a deposit has no use for.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }

    /// Reads what is left, and judges the signatures: one of them has to be by a key of `signers` that might sign when it signed. Gives the
    /// fingerprint of its certificate.
    ///
    /// # Errors
    /// [`OpenFault`].
    pub fn finish(mut self, signers: &[Certificate], now: Timestamp) -> Result<String, OpenFault> {
        io::copy(&mut self.message, &mut io::sink()).map_err(|error| OpenFault::Damaged { reason: said(&error) })?;
        let Message::Signed { reader, .. } = &self.message else { return Err(OpenFault::Unsigned) };
        let count = reader.num_signatures();
        if count == 0 {
            return Err(OpenFault::Unsigned);
        }
        let mut reason = String::new();
        for place in 0..count {
            match self.signer(place, signers, now) {
                Ok(fingerprint) => return Ok(fingerprint),
                Err(why) => reason = why,
            }
        }
        Err(OpenFault::Signer { reason })
    }

    /// Whose signature the one at `place` is, or why it is not believed.
    fn signer(&self, place: usize, signers: &[Certificate], now: Timestamp) -> Result<String, String> {
        let Message::Signed { reader, .. } = &self.message else { return Err("there is none".to_owned()) };
        let signature = reader.signature(place).ok_or("the signature is missing at its end")?;
        let at = signature.created().and_then(|at| Timestamp::from_second(i64::from(at.as_secs())).ok()).ok_or("it has no date")?;
        if at > now.saturating_add(CLOCK_ERROR).unwrap_or(now) {
            return Err(format!("it is dated {at}, which is in the future"));
        }
        if signature.typ() != Some(SignatureType::Binary) {
            return Err("it is not a signature over a file as it is".to_owned());
        }
        if !signature.hash_alg().is_some_and(is_sound) {
            return Err("its hash can be forged".to_owned());
        }
        let named: Vec<String> = signature.issuer_fingerprint().iter().map(ToString::to_string).collect();
        for certificate in signers {
            for component in certificate.signing_keys(at) {
                let key: &dyn VerifyingKey = match &component {
                    Component::Primary(key) => *key,
                    Component::Subkey(subkey) => &subkey.key,
                };
                if self.message.verify_nested_explicit(place, key).is_ok() {
                    return Ok(certificate.fingerprint());
                }
            }
        }
        let named = if named.is_empty() { "a key it does not name".to_owned() } else { format!("key {}", named.join(", ")) };
        Err(format!("it is by {named}, dated {at}; no key in force then made it"))
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.message.read(buffer)
    }
}
