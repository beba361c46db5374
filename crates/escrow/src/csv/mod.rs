//! Comma-separated values by RFC 4180, strictly: lines end with CR LF, a quote in a quoted field is doubled, nothing else escapes anything.
//! The text is UTF-8 without a byte order mark.

mod read;

pub use read::{CsvFault, Reader};

/// Appends a row.
pub fn write_row(out: &mut Vec<u8>, fields: &[&str]) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write_field(out, field);
    }
    end_row(out);
}

/// Appends a field, in quotes where it holds what would end it.
pub(crate) fn write_field(out: &mut Vec<u8>, field: &str) {
    let bytes = field.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b'\r' | b'\n')) {
        return out.extend_from_slice(bytes);
    }
    out.push(b'"');
    for &byte in bytes {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Ends a row.
pub(crate) fn end_row(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<Vec<String>>, CsvFault> {
        let mut reader = Reader::new(text);
        let mut rows = Vec::new();
        while reader.next_row()? {
            rows.push(reader.fields().map(str::to_owned).collect());
        }
        Ok(rows)
    }

    proptest! {
        /// What is written is read back byte for byte, whatever stands in it but a byte order mark.
        #[test]
        fn every_text_comes_back(wanted in prop::collection::vec(prop::collection::vec("[^\u{0}-\u{8}\u{feff}]{0,20}", 2..5), 1..5)) {
            let mut text = Vec::new();
            for row in &wanted {
                write_row(&mut text, &row.iter().map(String::as_str).collect::<Vec<_>>());
            }
            prop_assert_eq!(rows(&text).unwrap(), wanted);
        }

        #[test]
        fn nothing_makes_the_reader_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(rows(&text));
        }
    }

    fn check(text: &[u8], wanted: &str) {
        let read = match rows(text) {
            Ok(rows) => rows.iter().map(|row| row.join("|")).collect::<Vec<_>>().join(" / "),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(read, wanted, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn rows_are_read_strictly() {
        check(b"a,b\r\nc,d\r\n", "a|b / c|d");
        check(b"a,b\nc,d", "a|b / c|d");
        check(b"\"a,\"\"x\"\"\r\n\",b\r\n", "a,\"x\"\r\n|b");
        check(b",\r\n", "|");
        check(b"", "");
        check(b"a\"b,c\r\n", "row 1: a quote stands inside a field that does not begin with one; the whole field belongs in quotes");
        check(b"\"a\"b,c\r\n", "row 1: something follows a closing quote; a quote inside a field is doubled, and nothing else escapes it");
        check(br#""a\"b",c"#, "row 1: something follows a closing quote; a quote inside a field is doubled, and nothing else escapes it");
        check(b"x\r\n\"a", "row 2: a quote is opened and never closed");
        check(b"a\rb\r\n", "row 1: a carriage return stands alone; lines end with CR LF");
        check(b"\xef\xbb\xbfa,b\r\n", "row 1: the text begins with a byte order mark; leave it out");
        check(b"a,\xe4\r\n", "row 1: it is not UTF-8");
    }
}
