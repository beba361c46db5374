//! `application/x-www-form-urlencoded` (URL Standard section 5.1), bounded.

use percent_encoding::percent_decode;
use policy::desk::Fields;
use thiserror::Error;

/// Largest body, in bytes: every field of the longest form, percent-encoded in the widest script.
pub const MAX_BODY_BYTES: usize = 128 * 1024;
/// Most pairs in a form; the longest has some twenty.
const MAX_PAIRS: usize = 64;
/// Longest name of a field, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeFault {
    /// Longer than any form.
    #[error("It is longer than the form can be.")]
    TooLong,
    /// More fields, or longer names, than any form.
    #[error("It has fields that the form does not have.")]
    Fields,
    /// Not text.
    #[error("It is not text in UTF-8.")]
    NotText,
}

/// Decodes a body or a query: every field with its values in order.
///
/// # Errors
/// [`DecodeFault`], which repeats nothing of it.
pub fn decode(bytes: &[u8]) -> Result<Fields, DecodeFault> {
    if bytes.len() > MAX_BODY_BYTES {
        return Err(DecodeFault::TooLong);
    }
    let mut fields = Fields::new();
    for (place, pair) in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).enumerate() {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (&pair[..at], pair.get(at + 1..).unwrap_or_default());
        if place >= MAX_PAIRS || name.len() > MAX_NAME_BYTES {
            return Err(DecodeFault::Fields);
        }
        fields.entry(text(name)?).or_default().push(text(value)?);
    }
    Ok(fields)
}

fn text(bytes: &[u8]) -> Result<String, DecodeFault> {
    let blanks: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&blanks).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| DecodeFault::NotText)
}
