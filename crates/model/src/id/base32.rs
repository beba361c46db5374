//! Crockford's base 32 for 128 bits, lower case: 26 characters that sort as the bytes do.

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What is no digit.
const NO_DIGIT: u8 = u8::MAX;

/// The value of each octet that is a digit.
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < DIGITS.len() {
        values[DIGITS[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Characters for 128 bits: 25 whole digits and one of three bits in front.
const LENGTH: usize = 26;

/// The 26 characters of these bytes, all ASCII.
pub(super) fn encode(bytes: [u8; 16]) -> [u8; LENGTH] {
    let mut number = u128::from_be_bytes(bytes);
    let mut digits = [0; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number & 31) as usize];
        number >>= 5;
    }
    digits
}

/// The bytes of 26 characters; nothing unless `encode` could have written them.
pub(super) fn decode(text: &str) -> Option<[u8; 16]> {
    if text.len() != LENGTH || text.as_bytes()[0] > b'7' {
        return None;
    }
    let mut number = 0u128;
    for byte in text.bytes() {
        let digit = VALUES[usize::from(byte)];
        if digit == NO_DIGIT {
            return None;
        }
        number = (number << 5) | u128::from(digit);
    }
    Some(number.to_be_bytes())
}
