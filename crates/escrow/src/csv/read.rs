//! The strict reader: a row at a time, however long the text is.

use std::io::BufRead;

use thiserror::Error;

/// Longest row, in bytes: a person has fewer than 3,000 characters.
const ROW_LIMIT_BYTES: usize = 256 * 1024;

/// Most fields of a row.
const FIELD_LIMIT: usize = 256;

/// Reads rows from a text.
pub struct Reader<R> {
    text: R,
    /// The fields of the row, one after another.
    content: Vec<u8>,
    /// Where each field ends in it.
    ends: Vec<usize>,
    row: u64,
}

/// Where in a row the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted field.
    Quote,
    /// After a CR that ends the row.
    CarriageReturn,
}

impl<R: BufRead> Reader<R> {
    /// A reader of a text.
    pub fn new(text: R) -> Self {
        Self { text, content: Vec::new(), ends: Vec::new(), row: 0 }
    }

    /// The number of the row that was read last, from 1, the header counted.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The fields of the row that was read last.
    pub fn fields(&self) -> impl Iterator<Item = &str> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        // The row was found to be UTF-8, and fields end where characters do.
        starts.zip(&self.ends).map(|(start, &end)| std::str::from_utf8(&self.content[start..end]).unwrap_or_default())
    }

    /// How many fields the row has that was read last.
    pub fn field_count(&self) -> usize {
        self.ends.len()
    }

    /// Reads the next row; `false` at the end of the text.
    ///
    /// # Errors
    /// [`CsvFault`] with the row, if the text breaks RFC 4180, is not UTF-8, or cannot be read.
    pub fn next_row(&mut self) -> Result<bool, CsvFault> {
        self.content.clear();
        self.ends.clear();
        self.row += 1;
        let row = self.row;
        let fault = |why| CsvFault::Malformed { row, why };
        let mut at = At::FieldStart;
        let mut is_begun = false;
        loop {
            let chunk = self.text.fill_buf().map_err(|error| CsvFault::Unreadable { row, reason: error.to_string() })?;
            if chunk.is_empty() {
                return match at {
                    At::FieldStart if !is_begun => Ok(false),
                    At::Quoted => Err(fault("a quote is opened and never closed")),
                    At::CarriageReturn => Err(fault("a carriage return stands alone; lines end with CR LF")),
                    At::FieldStart | At::Plain | At::Quote => {
                        self.ends.push(self.content.len());
                        self.check_text()
                    }
                };
            }
            let mut used = 0;
            let mut is_ended = false;
            for &byte in chunk {
                used += 1;
                is_begun = true;
                at = match (at, byte) {
                    (At::CarriageReturn, b'\n') => {
                        is_ended = true;
                        break;
                    }
                    (At::CarriageReturn, _) => return Err(fault("a carriage return stands alone; lines end with CR LF")),
                    (At::Quoted, b'"') => At::Quote,
                    (At::Quoted, _) => {
                        self.content.push(byte);
                        At::Quoted
                    }
                    (At::Quote, b'"') => {
                        self.content.push(b'"');
                        At::Quoted
                    }
                    (At::FieldStart | At::Plain | At::Quote, b',') => {
                        self.ends.push(self.content.len());
                        At::FieldStart
                    }
                    (At::FieldStart | At::Plain | At::Quote, b'\n') => {
                        self.ends.push(self.content.len());
                        is_ended = true;
                        break;
                    }
                    (At::FieldStart | At::Plain | At::Quote, b'\r') => {
                        self.ends.push(self.content.len());
                        At::CarriageReturn
                    }
                    (At::Quote, _) => {
                        return Err(fault(
                            "something follows a closing quote; a quote inside a field is doubled, and nothing else escapes it",
                        ));
                    }
                    (At::FieldStart, b'"') => At::Quoted,
                    (At::Plain, b'"') => {
                        return Err(fault("a quote stands inside a field that does not begin with one; the whole field belongs in quotes"));
                    }
                    (At::FieldStart | At::Plain, _) => {
                        self.content.push(byte);
                        At::Plain
                    }
                };
                if self.content.len() > ROW_LIMIT_BYTES || self.ends.len() >= FIELD_LIMIT {
                    return Err(fault("it is longer than any row of a deposit; is a quote missing before it?"));
                }
            }
            self.text.consume(used);
            if is_ended {
                return self.check_text();
            }
        }
    }

    fn check_text(&self) -> Result<bool, CsvFault> {
        let fault = |why| CsvFault::Malformed { row: self.row, why };
        if self.row == 1 && self.content.starts_with(b"\xef\xbb\xbf") {
            return Err(fault("the text begins with a byte order mark; leave it out"));
        }
        let mut start = 0;
        for &end in &self.ends {
            std::str::from_utf8(&self.content[start..end]).map_err(|_| fault("it is not UTF-8"))?;
            start = end;
        }
        Ok(true)
    }
}

/// Why a text is not read further. No variant repeats what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CsvFault {
    /// It breaks RFC 4180, or is not UTF-8.
    #[error("row {row}: {why}")]
    Malformed {
        /// The row, from 1, the header counted.
        row: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// It ended with a fault below: the file, the compression or the cipher.
    #[error("row {row}: the text ends before its end ({reason})")]
    Unreadable {
        /// The row that was being read.
        row: u64,
        /// The words of what is below.
        reason: String,
    },
}
