//! A TCP proxy that makes a registry far away: each byte arrives half a round trip later than it was sent.
//!
//! Threads and not tasks: the timer of the async runtime counts whole milliseconds, and half of a 1 ms round trip is less.
//! Waking a thread takes time too, so a bound is computed from [`measured_round_trip`], not from what was asked for.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Figure, Goal, Ratio, Setup};

/// Bytes taken from a socket at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// Chunks under way in one direction, so that a peer that does not read stops the other instead of filling the memory:
/// 1,024 chunks cover a round trip of 80 ms at 200 MB/s.
const CHUNKS_UNDER_WAY: usize = 1024;

/// Round trips that a measurement is the mean of.
const ROUND_TRIPS: u32 = 50;

/// A proxy that serves until the process ends.
pub struct DelayProxy {
    address: SocketAddr,
}

/// What was read, and when it may be passed on.
struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
}

impl DelayProxy {
    /// Listens on a free port of the loopback and passes every connection on to `target` with a round trip of `round_trip`
    /// on top.
    pub fn start(target: SocketAddr, round_trip: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let one_way = round_trip / 2;
        thread::Builder::new().name("delay-proxy".to_owned()).spawn(move || {
            for near in listener.incoming().flatten() {
                // A target that is gone closes the connection, as it would without the proxy.
                drop(TcpStream::connect(target).and_then(|far| connect(&near, &far, one_way)));
            }
        })?;
        Ok(Self { address })
    }

    /// Where to connect instead of the target.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Carries both directions, each on a pair of threads.
fn connect(near: &TcpStream, far: &TcpStream, one_way: Duration) -> io::Result<()> {
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    carry(near.try_clone()?, far.try_clone()?, one_way)?;
    carry(far.try_clone()?, near.try_clone()?, one_way)
}

fn carry(from: TcpStream, to: TcpStream, one_way: Duration) -> io::Result<()> {
    let (sender, receiver) = sync_channel(CHUNKS_UNDER_WAY);
    thread::Builder::new().spawn(move || take_in(from, &sender, one_way))?;
    thread::Builder::new().spawn(move || give_out(to, &receiver))?;
    Ok(())
}

fn take_in(mut from: TcpStream, sender: &SyncSender<Chunk>, one_way: Duration) {
    let mut buffer = vec![0; CHUNK_BYTES];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let chunk = Chunk { due: Instant::now() + one_way, bytes: buffer[..length].to_vec() };
        if sender.send(chunk).is_err() {
            return;
        }
    }
}

fn give_out(mut to: TcpStream, receiver: &Receiver<Chunk>) {
    for chunk in receiver {
        thread::sleep(chunk.due.saturating_duration_since(Instant::now()));
        if to.write_all(&chunk.bytes).is_err() {
            return;
        }
    }
    // The other side closed; pass that on. If it is closed already there is nothing to say.
    drop(to.shutdown(Shutdown::Write));
}

/// The proxy against what it was asked for: every bound that a benchmark computes from a round trip rests on it.
pub fn run(_: &Setup) -> Result<Vec<Ratio>> {
    [1, 20, 80].into_iter().map(Duration::from_millis).map(measure).collect()
}

/// What a round trip through a proxy with this delay really takes here and now.
pub fn measured_round_trip(round_trip: Duration) -> io::Result<Duration> {
    let proxy = DelayProxy::start(echo_server()?, round_trip)?;
    mean_round_trip(proxy.address(), ROUND_TRIPS)
}

/// What a round trip on the loopback takes without a proxy.
pub fn loopback_round_trip() -> io::Result<Duration> {
    mean_round_trip(echo_server()?, ROUND_TRIPS)
}

fn measure(round_trip: Duration) -> Result<Ratio> {
    let measured = measured_round_trip(round_trip)?;
    let figure = |what, value: Duration| Figure::new(what, value.as_secs_f64() * 1e3, "ms");
    Ok(Ratio {
        setting: format!("round trip of {} ms", round_trip.as_millis()),
        ours: figure("measured", measured),
        peer: figure("asked for", round_trip),
        besides: Vec::new(),
        goal: Goal::AtMost(1.5),
    })
}

/// Answers every byte with itself.
fn echo_server() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::Builder::new().spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves ends its own copy only.
            thread::spawn(move || stream.set_nodelay(true).and_then(|()| io::copy(&mut &stream, &mut &stream)));
        }
    })?;
    Ok(address)
}

fn mean_round_trip(address: SocketAddr, count: u32) -> io::Result<Duration> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let start = Instant::now();
    for _ in 0..count {
        stream.write_all(b"?")?;
        stream.read_exact(&mut [0])?;
    }
    Ok(start.elapsed() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_arrive_whole_in_order_and_late() {
        let proxy = DelayProxy::start(echo_server().unwrap(), Duration::from_millis(40)).unwrap();
        let mut stream = TcpStream::connect(proxy.address()).unwrap();
        let sent: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let start = Instant::now();
        let mut writer = stream.try_clone().unwrap();
        let copy = sent.clone();
        let writing = thread::spawn(move || {
            writer.write_all(&copy).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        writing.join().unwrap();
        assert!(start.elapsed() >= Duration::from_millis(40));
        assert!(received == sent, "{} bytes of {}", received.len(), sent.len());
    }

    #[test]
    fn a_target_that_is_gone_closes_the_connection() {
        let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let proxy = DelayProxy::start(gone, Duration::from_millis(1)).unwrap();
        let mut stream = TcpStream::connect(proxy.address()).unwrap();
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    }
}
