//! What the self-signatures of a certificate say of each of its keys (RFC 9580 section 5.2.3.10): what it may do, until when, and whether
//! it was revoked. A signature that does not verify, is of the future, has run out, or uses a broken hash says nothing.

use jiff::Timestamp;
use pgp::composed::{SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{EcdhPublicParams, KeyDetails, KeyVersion, PublicParams, Tag};

/// Smallest RSA key in bits that the agent takes.
const RSA_FLOOR_BITS: u16 = 3072;

/// What a key may do, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub can_sign: bool,
    pub can_encrypt: bool,
    /// Whether SEIPDv2 may be sent to it.
    pub takes_aead: bool,
    pub is_revoked: bool,
    pub expires_at: Option<Timestamp>,
}

impl Standing {
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// The primary key; none if no self-signature speaks for it.
pub(super) fn of_primary(certificate: &SignedPublicKey, now: Timestamp) -> Option<Standing> {
    let primary = &certificate.primary_key;
    let details = &certificate.details;
    let direct = details.direct_signatures.iter().filter(|signature| signature.verify_key(primary).is_ok());
    let certifications = details.users.iter().flat_map(|user| {
        let own = move |signature: &&Signature| signature.verify_certification(primary, Tag::UserId, &user.id).is_ok();
        let is_withdrawn = user.signatures.iter().filter(own).any(|signature| signature.typ() == Some(SignatureType::CertRevocation));
        user.signatures.iter().filter(own).filter(move |_| !is_withdrawn)
    });
    // In version 6 a user id says nothing of the key (RFC 9580 section 10.1.1).
    let said = match primary.version() {
        KeyVersion::V6 => newest(direct, now),
        _ => newest(direct.chain(certifications), now),
    };
    let said = said.filter(|_| exists(primary, now))?;
    let is_revoked = details.revocation_signatures.iter().any(|signature| signature.verify_key(primary).is_ok());
    Some(standing(said, primary, is_revoked))
}

/// A subkey; none if no binding signature speaks for it.
pub(super) fn of_subkey(certificate: &SignedPublicKey, subkey: &SignedPublicSubKey, now: Timestamp) -> Option<Standing> {
    let primary = &certificate.primary_key;
    let own = || subkey.signatures.iter().filter(|signature| signature.verify_subkey_binding(primary, &subkey.key).is_ok());
    let is_revoked = own().any(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation));
    let bindings = own().filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding));
    let said = newest(bindings, now).filter(|_| exists(&subkey.key, now))?;
    let mut standing = standing(said, &subkey.key, is_revoked);
    // A key that signs agrees to belong to this certificate.
    let agrees = said.embedded_signature().is_some_and(|back| back.verify_primary_key_binding(&subkey.key, primary).is_ok());
    standing.can_sign &= agrees;
    Some(standing)
}

/// Whether a key was made by then.
fn exists(key: &impl KeyDetails, now: Timestamp) -> bool {
    i64::from(key.created_at().as_secs()) <= now.as_second()
}

fn newest<'s>(signatures: impl Iterator<Item = &'s Signature>, now: Timestamp) -> Option<&'s Signature> {
    signatures.filter(|signature| speaks(signature, now)).max_by_key(|signature| created(signature))
}

fn created(signature: &Signature) -> i64 {
    signature.created().map_or(i64::MIN, |at| i64::from(at.as_secs()))
}

fn speaks(signature: &Signature, now: Timestamp) -> bool {
    let is_sound = signature.hash_alg().is_some_and(is_sound);
    let created = created(signature);
    let lasts = match signature.signature_expiration_time().map(|time| i64::from(time.as_secs())) {
        None | Some(0) => true,
        Some(seconds) => created.saturating_add(seconds) > now.as_second(),
    };
    is_sound && created != i64::MIN && created <= now.as_second() && lasts
}

/// Whether a hash is one that nobody can forge.
pub(super) fn is_sound(hash: HashAlgorithm) -> bool {
    matches!(
        hash,
        HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512 | HashAlgorithm::Sha3_256 | HashAlgorithm::Sha3_512
    )
}

fn standing(said: &Signature, key: &impl KeyDetails, is_revoked: bool) -> Standing {
    let flags = said.key_flags();
    let algorithm = Algorithm::of(key.public_params());
    let expires_at = said.key_expiration_time().map(|time| i64::from(time.as_secs())).filter(|&seconds| seconds > 0);
    let expires_at =
        expires_at.and_then(|seconds| Timestamp::from_second(i64::from(key.created_at().as_secs()).saturating_add(seconds)).ok());
    Standing {
        can_sign: flags.sign() && algorithm.signs,
        can_encrypt: (flags.encrypt_comms() || flags.encrypt_storage()) && algorithm.encrypts,
        takes_aead: said.features().is_some_and(pgp::packet::Features::seipd_v2),
        is_revoked,
        expires_at,
    }
}

/// What an algorithm is good for, by our floor.
struct Algorithm {
    signs: bool,
    encrypts: bool,
}

impl Algorithm {
    fn of(parameters: &PublicParams) -> Self {
        let (signs, encrypts) = match parameters {
            PublicParams::RSA(key) => {
                // The first number is the modulus, and it begins with its length in bits.
                let bits = key.to_bytes().ok().and_then(|bytes| bytes.first_chunk().map(|length| u16::from_be_bytes(*length)));
                let is_long = bits.is_some_and(|bits| bits >= RSA_FLOOR_BITS);
                (is_long, is_long)
            }
            PublicParams::Ed25519(_) | PublicParams::Ed448(_) | PublicParams::EdDSALegacy(_) | PublicParams::ECDSA(_) => (true, false),
            PublicParams::X25519(_) | PublicParams::X448(_) => (false, true),
            PublicParams::ECDH(curve) => (
                false,
                matches!(
                    curve,
                    EcdhPublicParams::Curve25519Legacy { .. }
                        | EcdhPublicParams::P256 { .. }
                        | EcdhPublicParams::P384 { .. }
                        | EcdhPublicParams::P521 { .. }
                ),
            ),
            _ => (false, false),
        };
        Self { signs, encrypts }
    }
}
