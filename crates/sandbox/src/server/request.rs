//! Requests as they come in, byte by byte, and the cuts that fall into them.

use std::io;

use epp::frame::{FrameReader, HEADER_BYTES};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::connection::late;
use crate::faults::{Decided, Fault, Occasion, class_of};

/// Bytes asked of the stream at a time. Small, because every idle session holds one such buffer.
const READ_CHUNK_BYTES: usize = 4 * 1024;
/// Bytes in which the verb of a command shows. Where it does not, nothing is decided for the command.
const BEGINNING_BYTES: usize = 4 * 1024;

/// What came of reading.
pub(super) enum Request {
    /// A frame, with what goes wrong with its command.
    Whole { frame: Vec<u8>, decided: Option<Decided> },
    /// The client closed, or stayed idle too long.
    Closed,
    /// The connection is to end in the midst of it.
    Cut,
}

/// A frame that is coming in: as much of it as faults need to know.
#[derive(Default)]
struct Incoming {
    received: usize,
    beginning: Vec<u8>,
    /// None while the verb has not come.
    decided: Option<Option<Decided>>,
}

/// The next frame, which is the `number`th command of its connection if it is one.
pub(super) async fn next_request<S>(stream: &mut S, reader: &mut FrameReader, shared: &Shared, number: u64) -> io::Result<Request>
where
    S: AsyncRead + Unpin,
{
    let mut chunk = [0u8; READ_CHUNK_BYTES];
    let mut deadline = Instant::now() + shared.limits.idle;
    let mut incoming = Incoming::default();
    loop {
        let wanted = reader.wanted().min(READ_CHUNK_BYTES);
        let was_mid_frame = reader.is_mid_frame();
        let Ok(read) = timeout_at(deadline, stream.read(&mut chunk[..wanted])).await else {
            return if was_mid_frame { Err(late("a frame took too long")) } else { Ok(Request::Closed) };
        };
        let read = read?;
        if read == 0 {
            return Ok(Request::Closed);
        }
        if !was_mid_frame {
            deadline = Instant::now() + shared.limits.frame;
        }
        let mut input = &chunk[..read];
        let frame = reader.push(&mut input).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        // Never more is asked for than belongs to the frame, so all of it does.
        if incoming.ends_at(&chunk[..read], shared, number) {
            return Ok(Request::Cut);
        }
        if let Some(frame) = frame {
            return Ok(Request::Whole { frame, decided: incoming.decided.flatten() });
        }
    }
}

impl Incoming {
    /// Takes note of bytes that came; says whether the connection ends with them.
    fn ends_at(&mut self, bytes: &[u8], shared: &Shared, number: u64) -> bool {
        self.received += bytes.len();
        if self.decided.is_none() {
            self.beginning.extend_from_slice(&bytes[..bytes.len().min(BEGINNING_BYTES.saturating_sub(self.beginning.len()))]);
            let body = self.beginning.get(HEADER_BYTES..).unwrap_or_default();
            self.decided = class_of(body).map(|class| shared.decide_fault(Occasion { class, number }));
        }
        match self.decided {
            Some(Some(decided)) => match decided.fault {
                Fault::CutRequest(position) => self.received >= decided.bytes_of(position, self.announced()),
                _ => false,
            },
            _ => false,
        }
    }

    /// Length of the whole frame with its header, as the header has it.
    fn announced(&self) -> usize {
        self.beginning.first_chunk::<HEADER_BYTES>().map_or(0, |header| u32::from_be_bytes(*header) as usize)
    }
}
