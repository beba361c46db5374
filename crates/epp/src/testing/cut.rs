//! A stream that is cut after a number of bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Passes on at most so many bytes each way; then reads end and writes fail.
pub(crate) struct Cut<S> {
    pub(crate) inner: S,
    pub(crate) reads_left: usize,
    pub(crate) writes_left: usize,
}

impl<S: AsyncRead + Unpin> AsyncRead for Cut<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.reads_left == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut room = vec![0; buffer.remaining().min(self.reads_left)];
        let mut part = ReadBuf::new(&mut room);
        let polled = Pin::new(&mut self.inner).poll_read(cx, &mut part);
        self.reads_left -= part.filled().len();
        buffer.put_slice(part.filled());
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Cut<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let take = bytes.len().min(self.writes_left);
        if take == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let polled = Pin::new(&mut self.inner).poll_write(cx, &bytes[..take]);
        if let Poll::Ready(Ok(written)) = &polled {
            self.writes_left -= written;
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
