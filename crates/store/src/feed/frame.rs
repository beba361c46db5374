//! One record or removal in a file: four bytes of length, one of kind, then the record or the name.

use crate::fault::StoreFault;

/// Longest frame, in bytes: no public record comes near it.
const LIMIT_BYTES: usize = 1 << 20;

const RECORD: u8 = 1;
const REMOVAL: u8 = 2;

/// What happened to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// It has this record now; its name is inside.
    Record(&'a [u8]),
    /// It is no longer answered for.
    Removal(&'a str),
}

impl<'a> Frame<'a> {
    /// Writes it behind what `out` holds.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let (kind, body) = match self {
            Self::Record(record) => (RECORD, record),
            Self::Removal(name) => (REMOVAL, name.as_bytes()),
        };
        // A record beyond the limit does not exist; were there one, the reader would refuse the file.
        let length = u32::try_from(body.len() + 1).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.push(kind);
        out.extend_from_slice(body);
    }

    /// Reads one from the front of `bytes`; gives what is left.
    pub(super) fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), StoreFault> {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > LIMIT_BYTES {
            return Err(damaged());
        }
        let (frame, rest) = rest.split_at_checked(length).ok_or_else(damaged)?;
        match frame.split_first() {
            Some((&RECORD, record)) => Ok((Self::Record(record), rest)),
            Some((&REMOVAL, name)) => Ok((Self::Removal(std::str::from_utf8(name).map_err(|_| damaged())?), rest)),
            _ => Err(damaged()),
        }
    }
}

fn damaged() -> StoreFault {
    StoreFault::Feed { reason: "a file of it does not hold what its head vouches for".to_owned() }
}
