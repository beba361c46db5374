//! The secret half of the recovery key, split among officers: any so many of them open it, fewer learn nothing (Shamir, over GF(256)).
//!
//! Not the key's file is split but a random key that seals it (AES-256-GCM), so that a share is a line that can be printed and typed. The
//! sealed file is worth nothing alone and may lie beside the backups.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand::fill;
use blahaj::{Share as Point, Sharks};
use zeroize::Zeroizing;

use crate::digest::sha256;

/// Bytes of the key that is split.
const KEY_BYTES: usize = 32;

/// Bytes of a checksum: a typing error is found but for one in four thousand million.
const CHECK_BYTES: usize = 4;

/// What a sealed file begins with.
const MAGIC: &[u8; 16] = b"nk-sealed-key-1\n";

/// What a share's line begins with.
const WORD: &str = "namekeep-share";

/// Characters between two dashes of a share.
const GROUP: usize = 5;

/// The alphabet of RFC 4648, 6: no digit looks like a letter of it.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What is wrong with shares.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// The numbers cannot be.
    #[error("{shares} shares of which {needed} open the key cannot be: at least 2 are needed, and at most 255 made")]
    Numbers {
        /// How many were to be made.
        shares: u8,
        /// How many were to be needed.
        needed: u8,
    },
    /// A line is no share.
    #[error("this is no share: {reason}")]
    Line {
        /// Why.
        reason: String,
    },
    /// Shares of different sets.
    #[error("share {share} is of set {set}, and the sealed key is of set {wanted}")]
    OtherSet {
        /// Which share.
        share: u8,
        /// Its set.
        set: String,
        /// The set of the sealed file.
        wanted: String,
    },
    /// The same twice.
    #[error("share {share} was given twice; another one is needed")]
    Twice {
        /// Which.
        share: u8,
    },
    /// Too few.
    #[error("{given} shares were given, and {needed} open the key")]
    TooFew {
        /// How many were given.
        given: usize,
        /// How many are needed.
        needed: u8,
    },
    /// The sealed file is none, or damaged.
    #[error("the sealed key cannot be opened: {reason}")]
    Sealed {
        /// Why.
        reason: String,
    },
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Randomness,
}

/// One officer's share. It cannot be printed by accident: [`Share::line`] gives what is written down.
#[derive(Clone)]
pub struct Share {
    set: String,
    needed: u8,
    /// The number, and the values.
    point: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of set {}, [secret])", self.number(), self.set)
    }
}

/// Seals a key's file and splits what opens it.
///
/// # Errors
/// [`ShareFault::Numbers`], [`ShareFault::Randomness`].
pub fn split(secret: &[u8], shares: u8, needed: u8) -> Result<(Vec<u8>, Vec<Share>), ShareFault> {
    if needed < 2 || shares < needed {
        return Err(ShareFault::Numbers { shares, needed });
    }
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    let mut nonce = [0_u8; NONCE_LEN];
    fill(key.as_mut()).and_then(|()| fill(&mut nonce)).map_err(|_| ShareFault::Randomness)?;
    let mut sealed = secret.to_vec();
    let cipher = UnboundKey::new(&AES_256_GCM, key.as_ref()).map(LessSafeKey::new).map_err(|_| ShareFault::Randomness)?;
    let aad = Aad::from([&MAGIC[..], &[needed]].concat());
    cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).map_err(|_| ShareFault::Randomness)?;
    let mut file = MAGIC.to_vec();
    file.push(needed);
    file.extend(nonce);
    file.extend(sealed);
    let set = set_of(&file);
    let dealer = Sharks(needed).dealer(key.as_ref());
    let points = dealer.take(usize::from(shares)).map(|point| Zeroizing::new(Vec::from(&point)));
    let shares = points.map(|point| Share { set: set.clone(), needed, point }).collect();
    Ok((file, shares))
}

/// Opens a sealed key's file with enough shares.
///
/// # Errors
/// [`ShareFault`].
pub fn join(file: &[u8], shares: &[Share]) -> Result<Zeroizing<Vec<u8>>, ShareFault> {
    let no_file = |reason: &str| ShareFault::Sealed { reason: reason.to_owned() };
    let rest = file.strip_prefix(MAGIC).ok_or_else(|| no_file("it is no sealed key of ours"))?;
    let (needed, rest) = rest.split_first().ok_or_else(|| no_file("it is cut"))?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(|| no_file("it is cut"))?;
    let wanted = set_of(file);
    let mut numbers = Vec::new();
    for share in shares {
        if share.set != wanted {
            return Err(ShareFault::OtherSet { share: share.number(), set: share.set.clone(), wanted });
        }
        if numbers.contains(&share.number()) {
            return Err(ShareFault::Twice { share: share.number() });
        }
        numbers.push(share.number());
    }
    if shares.len() < usize::from(*needed) {
        return Err(ShareFault::TooFew { given: shares.len(), needed: *needed });
    }
    let points = shares.iter().map(|share| Point::try_from(share.point.as_slice())).collect::<Result<Vec<_>, _>>();
    let points = points.map_err(|_| no_file("a share is garbled"))?;
    let key = Sharks(*needed).recover(points.as_slice()).map(Zeroizing::new).map_err(|_| no_file("the shares do not fit together"))?;
    let cipher = UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| no_file("the shares make no key"))?;
    let mut secret = Zeroizing::new(sealed.to_vec());
    let aad = Aad::from([&MAGIC[..], &[*needed]].concat());
    let length = cipher
        .open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut secret)
        .map(|plain| plain.len())
        .map_err(|_| no_file("the shares are not the ones that were made for it"))?;
    secret.truncate(length);
    Ok(secret)
}

fn set_of(file: &[u8]) -> String {
    sha256(file).get(..8).unwrap_or_default().to_owned()
}

impl Share {
    /// Which of the set.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.point.first().copied().unwrap_or_default()
    }

    /// How many open the key.
    #[must_use]
    pub fn needed(&self) -> u8 {
        self.needed
    }

    /// The line that an officer keeps.
    #[must_use]
    pub fn line(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(self.point.to_vec());
        bytes.extend(check_of(&self.set, self.needed, &self.point));
        let digits = Zeroizing::new(to_base32(&bytes));
        let grouped: Vec<&str> = (0..digits.len()).step_by(GROUP).map(|at| &digits[at..digits.len().min(at + GROUP)]).collect();
        Zeroizing::new(format!("{WORD} {} {} {}", self.set, self.needed, grouped.join("-")))
    }
}

impl FromStr for Share {
    type Err = ShareFault;

    fn from_str(line: &str) -> Result<Self, ShareFault> {
        let fault = |reason: &str| ShareFault::Line { reason: reason.to_owned() };
        let words: Vec<&str> = line.split_whitespace().collect();
        let [WORD, set, needed, digits] = words.as_slice() else {
            return Err(fault("a share is one line, such as `namekeep-share 5f0c9a31 3 ABCDE-FGHIJ-...`"));
        };
        let needed = needed.parse().map_err(|_| fault("its second word is how many shares open the key"))?;
        let mut point = from_base32(digits).map(Zeroizing::new).ok_or_else(|| fault("its letters are A to Z and 2 to 7"))?;
        if point.len() != 1 + KEY_BYTES + CHECK_BYTES {
            return Err(fault("it is not as long as a share; was something left out?"));
        }
        let check = point.split_off(1 + KEY_BYTES);
        if check != check_of(set, needed, &point) {
            return Err(fault("its checksum does not agree; look for a letter that was mistyped"));
        }
        Ok(Self { set: (*set).to_owned(), needed, point })
    }
}

fn check_of(set: &str, needed: u8, point: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &[set.as_bytes(), &[needed], point].concat());
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&digest.as_ref()[..CHECK_BYTES]);
    check
}

fn to_base32(bytes: &[u8]) -> String {
    let (mut digits, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            digits.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        digits.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    digits
}

fn from_base32(digits: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in digits.bytes().filter(|digit| *digit != b'-') {
        let value = BASE32.iter().position(|letter| *letter == digit.to_ascii_uppercase())?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    // What does not fill a byte was nothing when it was written.
    (held & ((1 << bits) - 1) == 0).then_some(bytes)
}
