//! Frames over asynchronous streams.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{FrameError, FrameReader, encode};

/// Bytes asked of the stream at a time. Small, because the buffer is part of every waiting session's memory.
const READ_CHUNK_BYTES: usize = 4 * 1024;

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameIoError {
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The peer sent, or we tried to send, an impossible data unit.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The stream ended inside a frame.
    #[error("the connection ended inside a frame")]
    Cut,
}

/// Reads one frame and gives its body; `None` when the peer closed between frames.
///
/// Takes from the stream exactly the bytes of one frame, so nothing is lost between calls. Not cancel-safe on its own: keep the
/// `reader` across calls and a cancelled read continues where it stopped.
///
/// # Errors
/// [`FrameIoError`] when the stream fails, ends inside a frame, or announces an impossible length.
pub async fn read_frame<S>(stream: &mut S, reader: &mut FrameReader) -> Result<Option<Vec<u8>>, FrameIoError>
where
    S: AsyncRead + Unpin,
{
    let mut chunk = [0u8; READ_CHUNK_BYTES];
    loop {
        let wanted = reader.wanted().min(READ_CHUNK_BYTES);
        let got = stream.read(&mut chunk[..wanted]).await?;
        if got == 0 {
            return if reader.is_mid_frame() { Err(FrameIoError::Cut) } else { Ok(None) };
        }
        let mut input = &chunk[..got];
        if let Some(frame) = reader.push(&mut input)? {
            return Ok(Some(frame));
        }
    }
}

/// Writes header and body with one write and flushes.
///
/// # Errors
/// [`FrameIoError`] when the body does not fit `limit` or the stream fails; after a failure it is unknown how much the peer received.
pub async fn write_frame<S>(stream: &mut S, body: &[u8], limit: usize) -> Result<(), FrameIoError>
where
    S: AsyncWrite + Unpin,
{
    let unit = encode(body, limit)?;
    stream.write_all(&unit).await?;
    stream.flush().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{CLIENT_MAX_FRAME_BYTES, SERVER_MAX_FRAME_BYTES};
    use super::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn two_frames_then_a_close() {
        block_on(async {
            let (mut ours, mut theirs) = tokio::io::duplex(64);
            let write = async {
                write_frame(&mut theirs, b"<one/>", SERVER_MAX_FRAME_BYTES).await.unwrap();
                write_frame(&mut theirs, &[b'x'; 5_000], SERVER_MAX_FRAME_BYTES).await.unwrap();
                drop(theirs);
            };
            let read = async {
                let mut reader = FrameReader::client();
                assert_eq!(read_frame(&mut ours, &mut reader).await.unwrap().unwrap(), b"<one/>");
                assert_eq!(read_frame(&mut ours, &mut reader).await.unwrap().unwrap().len(), 5_000);
                assert!(read_frame(&mut ours, &mut reader).await.unwrap().is_none());
            };
            tokio::join!(write, read);
        });
    }

    #[test]
    fn an_end_inside_a_frame_is_a_cut() {
        block_on(async {
            let unit = encode(b"<epp/>", CLIENT_MAX_FRAME_BYTES).unwrap();
            for length in 1..unit.len() {
                let mut stream = &unit[..length];
                let outcome = read_frame(&mut stream, &mut FrameReader::client()).await;
                assert!(matches!(outcome, Err(FrameIoError::Cut)), "after {length} bytes");
            }
        });
    }
}
