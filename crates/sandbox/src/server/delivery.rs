//! How answers leave: whole, or with the fault that was planned for them.

use std::io;
use std::time::Duration;

use epp::frame::{self, CLIENT_MAX_FRAME_BYTES};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use crate::answer::{Answer, Delivery};
use crate::faults::{reordered, unknown_code, written};

/// What a length field says when it announces more than anybody would send.
const ABSURD_LENGTH: u32 = u32::MAX;
/// Body bytes that follow an absurd announcement.
const ABSURD_BODY: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// Whether the connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Stay,
    Close,
}

/// Sends an answer.
pub(super) async fn deliver<S>(stream: &mut S, answer: Answer, reorders: bool, limit: Duration) -> io::Result<Step>
where
    S: AsyncWrite + Unpin,
{
    let Some(response) = answer.response else { return Ok(Step::Close) };
    let body = written(&response);
    show_to_judge(&body);
    let body = if reorders || answer.delivery == Delivery::Reordered { reordered(&body) } else { body };
    let closes = if answer.closes { Step::Close } else { Step::Stay };
    match answer.delivery {
        Delivery::Never => return Ok(Step::Close),
        Delivery::Whole | Delivery::Reordered => send_frame(stream, &body, limit).await?,
        Delivery::UnknownCode => send_frame(stream, &unknown_code(&body), limit).await?,
        Delivery::Twice => {
            send_frame(stream, &body, limit).await?;
            send_frame(stream, &body, limit).await?;
        }
        Delivery::LateMs(ms) => {
            sleep(Duration::from_millis(u64::from(ms))).await;
            send_frame(stream, &body, limit).await?;
        }
        Delivery::SlowlyMs(ms) => {
            for byte in framed(&body)? {
                write(stream, &[byte], limit).await?;
                sleep(Duration::from_millis(u64::from(ms))).await;
            }
        }
        Delivery::Cut(position, decided) => {
            let unit = framed(&body)?;
            write(stream, &unit[..decided.bytes_of(position, unit.len())], limit).await?;
        }
        Delivery::Oversize => {
            let mut unit = ABSURD_LENGTH.to_be_bytes().to_vec();
            unit.extend_from_slice(ABSURD_BODY);
            write(stream, &unit, limit).await?;
        }
    }
    Ok(closes)
}

/// Sends a frame with one write, header and body together.
pub(super) async fn send_frame<S>(stream: &mut S, body: &[u8], limit: Duration) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    write(stream, &framed(body)?, limit).await
}

/// Offers a frame to the schema judge, as it was before any planned fault.
pub(super) fn show_to_judge(frame: &[u8]) {
    #[cfg(any(test, feature = "capture"))]
    epp::capture::record(epp::capture::Side::Server, frame);
    #[cfg(not(any(test, feature = "capture")))]
    let _ = frame;
}

fn framed(body: &[u8]) -> io::Result<Vec<u8>> {
    frame::encode(body, CLIENT_MAX_FRAME_BYTES).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

async fn write<S>(stream: &mut S, bytes: &[u8], limit: Duration) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let all = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(limit, all).await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the client took no answer"))?
}
