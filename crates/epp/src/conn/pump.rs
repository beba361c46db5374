//! Bytes in and out of one stream, frame by frame.
//!
//! All progress lives in the [`Pump`], so waiting for it can be given up at any time without losing a byte. It reads while it
//! writes: a registry that answers before it has read everything cannot bring both sides to a stop.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::CloseReason;
use super::fault::explain_tls;
use crate::frame::{self, FrameReader};

/// Bytes read from the stream at a time. It stays allocated while the session is idle, so it is small; a large response costs a few more
/// reads, each out of the record that TLS has already decrypted.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// What the pump has to report.
#[derive(Debug)]
pub(super) enum PumpEvent {
    /// A frame arrived; its body.
    Frame(Vec<u8>),
    /// The frame given to [`Pump::begin`] has been written and flushed.
    Written,
    /// Nothing more can be read or written.
    Ended(CloseReason),
}

pub(super) struct Pump<S> {
    stream: S,
    reader: FrameReader,
    input: Box<[u8]>,
    /// Bytes of `input` that were read but not looked at.
    unread: std::ops::Range<usize>,
    output: Option<Output>,
}

struct Output {
    unit: Vec<u8>,
    written: usize,
    /// Set before the stream is first offered a byte: from then on the peer may know the frame.
    is_begun: bool,
}

impl Drop for Output {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.unit);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Pump<S> {
    pub(super) fn new(stream: S, max_frame_bytes: usize) -> Pump<S> {
        Pump {
            stream,
            reader: FrameReader::new(max_frame_bytes),
            input: vec![0; READ_BUFFER_BYTES].into_boxed_slice(),
            unread: 0..0,
            output: None,
        }
    }

    /// Takes a frame to be written by the next [`Pump::next`]; header and body go out in one write. Only one at a time.
    pub(super) fn begin(&mut self, body: &[u8]) -> Result<(), frame::FrameError> {
        debug_assert!(self.output.is_none(), "one frame at a time");
        let unit = frame::encode(body, frame::CLIENT_MAX_FRAME_BYTES)?;
        self.output = Some(Output { unit, written: 0, is_begun: false });
        Ok(())
    }

    /// Whether a frame is still being written.
    pub(super) fn is_writing(&self) -> bool {
        self.output.is_some()
    }

    /// Whether some bytes of the frame have not been given to the stream yet; an answer to it cannot have come.
    pub(super) fn is_incomplete(&self) -> bool {
        self.output.as_ref().is_some_and(|output| output.written < output.unit.len())
    }

    /// Whether the frame being written is provably unknown to the peer.
    pub(super) fn is_untouched(&self) -> bool {
        self.output.as_ref().is_some_and(|output| !output.is_begun)
    }

    /// Waits for the next event. Giving up the wait loses nothing.
    pub(super) async fn next(&mut self) -> PumpEvent {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Says goodbye to the peer (TLS `close_notify`) and closes the stream.
    pub(super) async fn shutdown(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Reading comes first: a connection that is found closed must not be offered another byte.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<PumpEvent> {
        if let Poll::Ready(event) = self.poll_read(cx) {
            return Poll::Ready(event);
        }
        match ready!(self.poll_write(cx)) {
            Ok(()) => Poll::Ready(PumpEvent::Written),
            Err(error) => Poll::Ready(PumpEvent::Ended(io_reason(&error))),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<PumpEvent> {
        loop {
            if !self.unread.is_empty() {
                let mut rest = &self.input[self.unread.clone()];
                let before = rest.len();
                let pushed = self.reader.push(&mut rest);
                self.unread.start += before - rest.len();
                match pushed {
                    Ok(Some(frame)) => return Poll::Ready(PumpEvent::Frame(frame)),
                    Ok(None) => {}
                    Err(error) => return Poll::Ready(PumpEvent::Ended(CloseReason::Frame(error))),
                }
                continue;
            }
            let mut buffer = ReadBuf::new(&mut self.input);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer)) {
                Err(error) => return Poll::Ready(PumpEvent::Ended(self.end_of(&error))),
                Ok(()) if buffer.filled().is_empty() => {
                    let reason = if self.reader.is_mid_frame() { CloseReason::Cut } else { CloseReason::ServerClosed };
                    return Poll::Ready(PumpEvent::Ended(reason));
                }
                Ok(()) => self.unread = 0..buffer.filled().len(),
            }
        }
    }

    /// Pending when there is nothing to write.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(output) = &mut self.output else { return Poll::Pending };
        while output.written < output.unit.len() {
            output.is_begun = true;
            let taken = ready!(Pin::new(&mut self.stream).poll_write(cx, &output.unit[output.written..]))?;
            if taken == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            output.written += taken;
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.output = None;
        Poll::Ready(Ok(()))
    }

    /// A stream that ends without TLS's goodbye is a cut, whether inside a frame or between two.
    fn end_of(&self, error: &io::Error) -> CloseReason {
        match error.kind() {
            io::ErrorKind::UnexpectedEof if self.reader.is_mid_frame() => CloseReason::Cut,
            io::ErrorKind::UnexpectedEof => CloseReason::ServerClosed,
            _ => io_reason(error),
        }
    }
}

fn io_reason(error: &io::Error) -> CloseReason {
    match explain_tls(error) {
        Some(refusal) => CloseReason::Refused(refusal),
        None => CloseReason::Io(error.to_string()),
    }
}
