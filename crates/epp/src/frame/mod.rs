//! Data units of RFC 5734 section 4: four octets of total length in network order, then one XML document.
//!
//! [`FrameReader`] takes bytes as they come and gives frames back; it never allocates by the announced length, only as body bytes
//! arrive. [`encode`] yields header and body in one buffer, because some servers close on a frame that arrives in pieces.

mod io;

pub use io::{FrameIoError, read_frame, write_frame};

/// Octets of the header, which the announced length includes.
pub const HEADER_BYTES: usize = 4;
/// Smallest length that announces any body (RFC 5734 section 4: header and at least one octet).
pub const MIN_FRAME_BYTES: usize = HEADER_BYTES + 1;
/// Longest frame a client accepts from a registry, in bytes with header. Namingo allows 4 MB, Nomulus 10 MB; real responses stay far below.
pub const CLIENT_MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;
/// Longest frame a server accepts from a registrar, in bytes with header.
pub const SERVER_MAX_FRAME_BYTES: usize = 1024 * 1024;
/// Most memory set aside before body bytes arrive.
const FIRST_ALLOCATION_BYTES: usize = 4 * 1024;

/// Why a data unit was refused. The connection is of no use afterwards: the position of the next header is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The header announces less than a header and one octet.
    #[error("the frame header announces {announced} bytes; the smallest EPP frame has {MIN_FRAME_BYTES}")]
    TooShort {
        /// Length in the header.
        announced: u32,
    },
    /// The header announces more than the limit.
    #[error("the frame header announces {announced} bytes; at most {limit} are accepted here")]
    TooLong {
        /// Length in the header.
        announced: u64,
        /// Limit of this side, with header.
        limit: usize,
    },
}

/// Reads frames from a stream of bytes, in pieces of any size.
#[derive(Debug)]
pub struct FrameReader {
    limit: usize,
    header: [u8; HEADER_BYTES],
    header_len: usize,
    body: Vec<u8>,
    /// Body octets the current header announces; zero while the header is incomplete.
    body_len: usize,
    failed: Option<FrameError>,
}

impl FrameReader {
    /// A reader that refuses frames longer than `limit` bytes, header included.
    pub fn new(limit: usize) -> FrameReader {
        FrameReader { limit, header: [0; HEADER_BYTES], header_len: 0, body: Vec::new(), body_len: 0, failed: None }
    }

    /// A reader for frames from a registry.
    pub fn client() -> FrameReader {
        FrameReader::new(CLIENT_MAX_FRAME_BYTES)
    }

    /// A reader for frames from a registrar.
    pub fn server() -> FrameReader {
        FrameReader::new(SERVER_MAX_FRAME_BYTES)
    }

    /// Takes bytes from the front of `input` until a frame is complete or `input` is empty; what remains in `input` belongs to the
    /// next frame, so call again until `Ok(None)`.
    ///
    /// # Errors
    /// [`FrameError`] when a header announces an impossible length; every later call gives the same error.
    pub fn push(&mut self, input: &mut &[u8]) -> Result<Option<Vec<u8>>, FrameError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.header_len < HEADER_BYTES {
            let taken = input.len().min(HEADER_BYTES - self.header_len);
            let (head, rest) = input.split_at(taken);
            self.header[self.header_len..self.header_len + taken].copy_from_slice(head);
            self.header_len += taken;
            *input = rest;
            if self.header_len < HEADER_BYTES {
                return Ok(None);
            }
            self.body_len = self.check_header().inspect_err(|error| self.failed = Some(*error))?;
            self.body = Vec::with_capacity(self.body_len.min(FIRST_ALLOCATION_BYTES));
        }
        let taken = input.len().min(self.body_len - self.body.len());
        let (piece, rest) = input.split_at(taken);
        self.body.extend_from_slice(piece);
        *input = rest;
        if self.body.len() < self.body_len {
            return Ok(None);
        }
        self.header_len = 0;
        Ok(Some(std::mem::take(&mut self.body)))
    }

    /// Whether part of a frame has been read; an end of stream now is a cut, not a close.
    pub fn is_mid_frame(&self) -> bool {
        self.header_len > 0
    }

    /// How many more bytes the current step can use: the rest of the header or of the body.
    pub fn wanted(&self) -> usize {
        if self.header_len < HEADER_BYTES { HEADER_BYTES - self.header_len } else { self.body_len - self.body.len() }
    }

    fn check_header(&self) -> Result<usize, FrameError> {
        let announced = u32::from_be_bytes(self.header);
        let total = announced as usize;
        if total < MIN_FRAME_BYTES {
            return Err(FrameError::TooShort { announced });
        }
        if total > self.limit {
            return Err(FrameError::TooLong { announced: u64::from(announced), limit: self.limit });
        }
        Ok(total - HEADER_BYTES)
    }
}

/// Header and body in one buffer, ready for a single write.
///
/// # Errors
/// [`FrameError`] when the body is empty or does not fit `limit` bytes with its header.
pub fn encode(body: &[u8], limit: usize) -> Result<Vec<u8>, FrameError> {
    let total = body.len() + HEADER_BYTES;
    if body.is_empty() {
        return Err(FrameError::TooShort { announced: HEADER_BYTES as u32 });
    }
    let announced = match u32::try_from(total) {
        Ok(announced) if total <= limit => announced,
        _ => return Err(FrameError::TooLong { announced: total as u64, limit }),
    };
    let mut unit = Vec::with_capacity(total);
    unit.extend_from_slice(&announced.to_be_bytes());
    unit.extend_from_slice(body);
    Ok(unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_all(reader: &mut FrameReader, pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, FrameError> {
        let mut frames = Vec::new();
        for piece in pieces {
            let mut input = *piece;
            while !input.is_empty() {
                frames.extend(reader.push(&mut input)?);
            }
        }
        Ok(frames)
    }

    #[test]
    fn a_header_in_four_pieces_is_one_header() {
        let unit = encode(b"<epp/>", SERVER_MAX_FRAME_BYTES).unwrap();
        let pieces: Vec<&[u8]> = unit.chunks(1).collect();
        assert_eq!(read_all(&mut FrameReader::server(), &pieces).unwrap(), vec![b"<epp/>".to_vec()]);
    }

    #[test]
    fn a_megabyte_in_pieces_of_3_kb_is_one_frame() {
        let body = vec![b'x'; 1_000_000];
        let unit = encode(&body, CLIENT_MAX_FRAME_BYTES).unwrap();
        let pieces: Vec<&[u8]> = unit.chunks(3_000).collect();
        assert_eq!(read_all(&mut FrameReader::client(), &pieces).unwrap(), vec![body]);
    }

    #[test]
    fn impossible_lengths_are_refused_before_any_body() {
        let cases: [(u32, FrameError); 5] = [
            (0, FrameError::TooShort { announced: 0 }),
            (4, FrameError::TooShort { announced: 4 }),
            (u32::MAX, FrameError::TooLong { announced: 0xFFFF_FFFF, limit: CLIENT_MAX_FRAME_BYTES }),
            (0x8000_0000, FrameError::TooLong { announced: 0x8000_0000, limit: CLIENT_MAX_FRAME_BYTES }),
            (4_194_305, FrameError::TooLong { announced: 4_194_305, limit: CLIENT_MAX_FRAME_BYTES }),
        ];
        for (announced, expected) in cases {
            let mut reader = FrameReader::client();
            assert_eq!(reader.push(&mut &announced.to_be_bytes()[..]), Err(expected));
            assert_eq!(reader.push(&mut &b"more"[..]), Err(expected), "a failed reader stays failed");
        }
    }

    #[test]
    fn an_announced_body_costs_nothing_until_it_arrives() {
        let mut reader = FrameReader::client();
        let announced = u32::try_from(CLIENT_MAX_FRAME_BYTES).unwrap();
        assert_eq!(reader.push(&mut &announced.to_be_bytes()[..]), Ok(None));
        assert!(reader.body.capacity() <= FIRST_ALLOCATION_BYTES);
        assert!(reader.is_mid_frame());
    }

    #[test]
    fn a_body_beyond_the_limit_is_not_written() {
        assert_eq!(encode(&[0; 61], 64), Err(FrameError::TooLong { announced: 65, limit: 64 }));
        assert_eq!(encode(&[0; 60], 64).unwrap().len(), 64);
        assert_eq!(encode(&[], 64), Err(FrameError::TooShort { announced: 4 }));
    }

    proptest! {
        #[test]
        fn any_split_of_any_frames_gives_the_same_frames(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..200), 0..6),
            cut in 1usize..50,
        ) {
            let stream: Vec<u8> = bodies.iter().flat_map(|body| encode(body, 4096).unwrap()).collect();
            let pieces: Vec<&[u8]> = stream.chunks(cut).collect();
            let mut reader = FrameReader::new(4096);
            prop_assert_eq!(read_all(&mut reader, &pieces).unwrap(), bodies);
            prop_assert!(!reader.is_mid_frame());
        }
    }
}
