//! Crockford's base 32 for 128 bits, lower case: 26 characters that sort as the bytes do.

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters for 128 bits: 25 whole digits and one of three bits in front.
const LENGTH: usize = 26;

/// The 26 characters of these bytes.
pub(super) fn encode(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    (0..LENGTH).rev().map(|place| char::from(DIGITS[(number >> (5 * place)) as usize & 31])).collect()
}

/// The bytes of 26 characters; nothing unless `encode` could have written them.
pub(super) fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != LENGTH || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut number = 0u128;
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|&known| known == byte)?;
        number = (number << 5) | digit as u128;
    }
    Some(number.to_be_bytes())
}
