//! Secrets as a registry keeps them, as salted hashes; and the strength of authorisation codes (RFC 9154).

use aws_lc_rs::digest::{SHA256, digest};
use epp::ResultCode;
use model::Entropy;

use super::refusal::{Outcome, Refusal, ensure};

/// Shortest code with 128 bits over the printable ASCII characters (RFC 9154 section 4.1).
const SECURE_MIN_CHARS: usize = 20;
/// Fewest different characters in a code of real randomness; below this it is a pattern.
const SECURE_MIN_DISTINCT: usize = 8;
/// Bounds of a code where RFC 9154 is not in force.
const PLAIN_CHARS: std::ops::RangeInclusive<usize> = 6..=255;

/// A code or password as the registry keeps it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AuthHash {
    salt: [u8; 16],
    sha256: [u8; 32],
}

impl std::fmt::Debug for AuthHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl AuthHash {
    pub(crate) fn of(code: &str, entropy: &mut dyn Entropy) -> AuthHash {
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        AuthHash { sha256: salted(&salt, code), salt }
    }

    pub(crate) fn matches(&self, code: &str) -> bool {
        same(&self.sha256, &salted(&self.salt, code))
    }
}

/// Refuses a code that could be guessed. The sentence never quotes it.
pub(crate) fn check_strength(code: &str, is_secure_required: bool) -> Outcome<()> {
    let is_printable = code.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_secure_required {
        return ensure(PLAIN_CHARS.contains(&code.len()), || Refusal::policy("the authorisation code must have 6 to 255 characters"));
    }
    let mut distinct: Vec<u8> = code.bytes().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let is_strong = is_printable && code.len() >= SECURE_MIN_CHARS && distinct.len() >= SECURE_MIN_DISTINCT;
    ensure(is_strong, || {
        let reason = "the authorisation code is too weak: at least 20 random printable ASCII characters are needed (RFC 9154 section 4.1)";
        Refusal::new(ResultCode::INVALID_AUTH_INFO, reason)
    })
}

/// SHA-256 over salt and text.
fn salted(salt: &[u8], text: &str) -> [u8; 32] {
    let mut input = Vec::with_capacity(salt.len() + text.len());
    input.extend_from_slice(salt);
    input.extend_from_slice(text.as_bytes());
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, &input).as_ref());
    out
}

/// Compares without telling by its time where two digests differ.
fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.iter().zip(right).fold(0, |difference, (l, r)| difference | (l ^ r)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_random_printable_codes_are_strong() {
        let table = [
            ("", false),
            ("short1!", false),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("abcabcabcabcabcabcabcabc", false),
            ("k8#Vq2!mZp9$Ls4^Xw", false),
            ("k8#Vq2!mZp9$Ls4^Xw7&", true),
            ("k8 Vq2!mZp9$Ls4^Xw7&", false),
            ("k8#Vq2!mZp9$Ls4^Xwé7&", false),
        ];
        for (code, is_strong) in table {
            let verdict = check_strength(code, true);
            assert_eq!(verdict.is_ok(), is_strong, "{code}");
            if let Err(refusal) = verdict {
                assert_eq!(refusal.code, ResultCode::INVALID_AUTH_INFO);
                assert!(code.is_empty() || !refusal.reason.contains(code));
            }
        }
        assert!(check_strength("secret", false).is_ok() && check_strength("secre", false).is_err());
    }

    #[test]
    fn a_hash_knows_its_code_and_shows_nothing() {
        let mut entropy = model::SeededEntropy::new(7);
        let hash = AuthHash::of("k8#Vq2!mZp9$Ls4^Xw7&", &mut entropy);
        assert!(hash.matches("k8#Vq2!mZp9$Ls4^Xw7&") && !hash.matches("k8#Vq2!mZp9$Ls4^Xw7"));
        assert_eq!(format!("{hash:?}"), "[secret]");
        assert_ne!(hash, AuthHash::of("k8#Vq2!mZp9$Ls4^Xw7&", &mut entropy));
    }
}
