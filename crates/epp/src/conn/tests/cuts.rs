//! The line is cut after any byte, in either direction: every command still ends in the one way that is true.

use std::sync::Mutex;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::frame::{CLIENT_MAX_FRAME_BYTES, FrameReader, encode};
use crate::testing::{Cut, delete, response};
use crate::wire::{ClientMessage, decode_client_frame, encode_greeting, encode_response};

/// What the registry saw of the line.
#[derive(Default)]
struct Line {
    bytes: usize,
    carried_out: Vec<String>,
}

/// Answers every command it can read with 1000 and notes what it read.
async fn registry(mut stream: DuplexStream, line: Arc<Mutex<Line>>) {
    let greeting = encode(&encode_greeting(&Peer::greeting()).unwrap(), CLIENT_MAX_FRAME_BYTES).unwrap();
    let _ = stream.write_all(&greeting).await;
    let (mut reader, mut buffer) = (FrameReader::server(), [0; 256]);
    while let Ok(got @ 1..) = stream.read(&mut buffer).await {
        line.lock().unwrap().bytes += got;
        let mut input = &buffer[..got];
        while let Ok(Some(body)) = reader.push(&mut input) {
            let Ok(ClientMessage::Command(command)) = decode_client_frame(&body) else { panic!("our frames are valid") };
            line.lock().unwrap().carried_out.push(command.cltrid.as_ref().unwrap().to_string());
            let unit = encode(&encode_response(&response(&command, 1000)).unwrap(), CLIENT_MAX_FRAME_BYTES).unwrap();
            let _ = stream.write_all(&unit).await;
        }
    }
}

/// Sends four transforms, with a line that passes so many bytes, and checks that each end is true.
async fn play(window: usize, reads: usize, writes: usize) -> [usize; 3] {
    let settings = ConnectionSettings { transform_window: window, ..settings() };
    let (ours, theirs) = tokio::io::duplex(512);
    let line = Arc::new(Mutex::new(Line::default()));
    tokio::spawn(registry(theirs, Arc::clone(&line)));
    let stream = Cut { inner: ours, reads_left: reads, writes_left: writes };
    let Ok((connection, _)) = Connection::over(stream, "test", &settings).await else {
        assert_eq!(line.lock().unwrap().bytes, 0, "nothing is sent before the greeting");
        return [0; 3];
    };
    let calls: Vec<_> = ["AAA", "BBB", "CCC", "DDD"].map(|id| (id, start(&connection, delete(id)))).into();
    let (mut ends, mut sent_bytes) = ([0; 3], 0);
    for (id, call) in calls {
        let exchange = call.await.unwrap();
        let line = line.lock().unwrap();
        match exchange {
            Exchange::Answered(answer) => {
                ends[0] += 1;
                assert_eq!(answer.cltrid.as_str(), id);
                assert_eq!(answer.response.svtrid.as_ref().unwrap().as_str(), format!("SV-{id}"), "another command's answer");
                assert!(line.carried_out.iter().any(|seen| seen == id));
                sent_bytes += answer.request_frame.expose().len() + 4;
            }
            Exchange::Unknown(unknown) => {
                ends[1] += 1;
                sent_bytes += unknown.request_frame.expose().len() + 4;
            }
            Exchange::NotSent(_) => {
                ends[2] += 1;
                assert!(!line.carried_out.iter().any(|seen| seen == id), "`{id}` was carried out and is said not to be sent");
            }
        }
    }
    let line = line.lock().unwrap();
    assert!(line.bytes <= sent_bytes, "{} bytes left, but only {sent_bytes} are accounted for", line.bytes);
    ends
}

fn on_paused_time<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(future)
}

#[test]
fn a_cut_after_each_byte_we_write() {
    let mut all = [0; 3];
    for writes in 0..1_200 {
        let ends = on_paused_time(play(1, usize::MAX, writes));
        all = std::array::from_fn(|end| all[end] + ends[end]);
        assert_eq!(ends[1], usize::from(ends[0] < 4), "with window 1, a cut leaves at most one unknown (after {writes} bytes)");
    }
    assert!(all.iter().all(|count| *count > 0), "all three ends were met: {all:?}");
}

#[test]
fn a_cut_after_each_byte_we_read() {
    let greeting = encode_greeting(&Peer::greeting()).unwrap().len() + 4;
    let mut all = [0; 3];
    for reads in 0..greeting + 1_200 {
        let ends = on_paused_time(play(1, reads, usize::MAX));
        all = std::array::from_fn(|end| all[end] + ends[end]);
        assert!(ends[1] <= 1, "with window 1, a cut leaves at most one unknown (after {reads} bytes)");
    }
    assert!(all.iter().all(|count| *count > 0), "all three ends were met: {all:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn ends_are_true_wherever_both_directions_are_cut(window in 1usize..6, reads in 0usize..4_000, writes in 0usize..2_000) {
        let ends = on_paused_time(play(window, reads, writes));
        prop_assert!(ends[1] <= window);
    }
}

#[test]
fn cuts_inside_tls_records_are_cuts() {
    // The handshake alone takes some 3 to 4 kB each way.
    let mut all = [0; 3];
    for (reads, writes) in (3_000..8_000).step_by(61).flat_map(|n| [(n, usize::MAX), (usize::MAX, n)]) {
        let ends = on_paused_time(play_tls(reads, writes));
        all = std::array::from_fn(|end| all[end] + ends[end]);
    }
    assert!(all[0] > 0 && all[1] > 0, "{all:?}");
}

async fn play_tls(reads: usize, writes: usize) -> [usize; 3] {
    let (pki, settings) = (pki(), settings());
    let (ours, theirs) = tokio::io::duplex(16 * 1024);
    let acceptor = pki.acceptor();
    tokio::spawn(async move {
        let Ok((stream, _)) = acceptor.accept(theirs).await else { return };
        let mut peer = Peer::new(stream);
        peer.greet().await;
        while let Some(ClientMessage::Command(command)) = peer.receive().await {
            peer.answer(&command, 1000).await;
        }
    });
    let config = pki.client().config_at(settings.clock.now()).unwrap();
    let stream = Cut { inner: ours, reads_left: reads, writes_left: writes };
    let connect = tokio_rustls::TlsConnector::from(config).connect("localhost".try_into().unwrap(), stream);
    let Ok(stream) = connect.await else { return [0; 3] };
    let Ok((connection, _)) = Connection::over(stream, "test", &settings).await else { return [0; 3] };
    let mut ends = [0; 3];
    for id in ["AAA", "BBB", "CCC"] {
        match connection.exchange(delete(id)).await {
            Exchange::Answered(answer) => {
                assert_eq!(answer.response.svtrid.as_ref().unwrap().as_str(), format!("SV-{id}"));
                ends[0] += 1;
            }
            Exchange::Unknown(_) => ends[1] += 1,
            Exchange::NotSent(_) => ends[2] += 1,
        }
    }
    assert!(ends[1] <= 1);
    ends
}

/// One CA for all rounds, because keys are slow to make.
fn pki() -> &'static Pki {
    static PKI: std::sync::OnceLock<Pki> = std::sync::OnceLock::new();
    PKI.get_or_init(Pki::new)
}
