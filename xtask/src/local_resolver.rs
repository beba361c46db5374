//! A resolver that has one answer for every name: this machine.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

/// It, until this is dropped.
pub struct LocalResolver {
    /// Where it is asked.
    pub address: SocketAddr,
    has_ended: Arc<AtomicBool>,
}

impl LocalResolver {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(200)))?;
        let (address, has_ended) = (socket.local_addr()?, Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&has_ended);
        std::thread::spawn(move || {
            let mut question = [0; 1500];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut question) else { continue };
                if let Some(answer) = answer(&question[..length]) {
                    // Who does not get it asks again.
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Ok(Self { address, has_ended })
    }
}

impl Drop for LocalResolver {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }
}

/// The answer to a question of one name (RFC 1035 section 4.1): A and AAAA of this machine, nothing of any other type.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let (header, mut rest) = question.split_at_checked(HEADER)?;
    while let Some((&length, tail)) = rest.split_first().filter(|(length, _)| **length != 0) {
        rest = tail.get(usize::from(length)..)?;
    }
    // The root, the type, the class.
    let asked = question.get(HEADER..question.len() - rest.len() + 5)?;
    let data: &[u8] = match rest.get(1..3)? {
        [0, 1] => &Ipv4Addr::LOCALHOST.octets(),
        [0, 28] => &Ipv6Addr::LOCALHOST.octets(),
        _ => &[],
    };
    let answers = u8::from(!data.is_empty());
    // An answer, recursion wanted and had; one question; as many answers.
    let mut out = [&header[..2], &[0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0], asked].concat();
    if answers > 0 {
        // The name of the question, its type and class, a minute, the length.
        out.extend_from_slice(&[0xc0, 12]);
        out.extend_from_slice(&asked[asked.len() - 4..]);
        out.extend_from_slice(&[0, 0, 0, 60, 0, u8::try_from(data.len()).ok()?]);
        out.extend_from_slice(data);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: u8) -> Vec<u8> {
        [&[7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"\x04rdap\x04test\0", &[0, kind, 0, 1]].concat()
    }

    #[test]
    fn the_resolver_knows_this_machine_alone() {
        let a = answer(&question(1)).unwrap();
        assert_eq!((&a[..12], &a[a.len() - 4..]), (&[7, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..], &[127, 0, 0, 1][..]));
        assert_eq!(answer(&question(28)).unwrap().last(), Some(&1));
        assert_eq!(answer(&question(16)).unwrap()[6..8], [0, 0]);
        assert_eq!(answer(&question(1)[..20]), None);
    }
}
