//! Writing JSON into a buffer, with nothing in it that a browser might take for a script (TIG 1.15).

/// A text as JSON, in quotes.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    escaped(out, text);
    out.push(b'"');
}

/// A text as JSON, to stand inside quotes.
pub(super) fn escaped(out: &mut Vec<u8>, text: &str) {
    let mut clean = 0;
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'<' => b"\\u003c",
            0..0x20 | 0x7f => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[clean..at]);
        if escape.is_empty() {
            let digits = b"0123456789abcdef";
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        } else {
            out.extend_from_slice(escape);
        }
        clean = at + 1;
    }
    out.extend_from_slice(&bytes[clean..]);
}

/// Several pieces, one after another.
pub(super) fn raw(out: &mut Vec<u8>, pieces: &[&str]) {
    pieces.iter().for_each(|piece| out.extend_from_slice(piece.as_bytes()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in any::<String>()) {
            let mut out = Vec::new();
            super::text(&mut out, &text);
            prop_assert!(!out.contains(&b'<'));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
