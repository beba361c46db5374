//! Offering a server what it should turn down.

use super::Target;
use super::hello::{TLS_1_0, TLS_1_1, TLS_1_2, client_hello, taken};
use crate::session::TlsOffer;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

/// How long one offer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The length of a record's head, and of the largest record that is read.
const HEAD_OCTETS: usize = 5;
const RECORD_LIMIT_OCTETS: u16 = 1 << 14;

/// Cipher suites of TLS 1.0 and 1.1, which 1.2 has too: RSA, DHE and ECDHE with AES-CBC, and triple DES.
const CBC_SUITES: [u16; 11] = [0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0x0033, 0x0039, 0x000a, 0xc012, 0xc008];
/// What TLS 1.2 adds besides the four suites allowed: ChaCha20-Poly1305, CBC with SHA-2, AES-CCM, and AES-GCM without ECDHE.
const OTHER_SUITES: [u16; 18] = [
    0xcca8, 0xcca9, 0xccaa, 0xc023, 0xc024, 0xc027, 0xc028, 0x003c, 0x003d, 0x0067, 0x006b, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0x009c, 0x009d,
    0x009e,
];

/// The offers that the server took.
pub(super) async fn accepted_offers(target: &Target, address: IpAddr, url: &Url) -> Vec<TlsOffer> {
    let address = SocketAddr::new(address, target.port(url));
    let host = url.host_str().unwrap_or_default();
    let others = [&CBC_SUITES[..], &OTHER_SUITES[..]].concat();
    let offers = [(TLS_1_0, CBC_SUITES.to_vec()), (TLS_1_1, CBC_SUITES.to_vec()), (TLS_1_2, others)];
    let mut accepted = Vec::new();
    for (version, suites) in offers {
        let answer = tokio::time::timeout(PATIENCE, offer(address, client_hello(version, &suites, host))).await;
        let Ok(Ok(record)) = answer else { continue };
        accepted.extend(taken(&record).and_then(|(taken_version, suite)| match (version == taken_version, version) {
            (true, TLS_1_0) => Some(TlsOffer::Tls10),
            (true, TLS_1_1) => Some(TlsOffer::Tls11),
            (true, _) => Some(TlsOffer::Tls12WithOtherSuite(suite)),
            (false, _) => None,
        }));
    }
    accepted
}

/// The first record that a server sends after a hello.
async fn offer(address: SocketAddr, hello: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let mut tcp = TcpStream::connect(address).await?;
    tcp.write_all(&hello).await?;
    let mut record = vec![0; HEAD_OCTETS];
    tcp.read_exact(&mut record).await?;
    let length = u16::from_be_bytes([record[3], record[4]]).min(RECORD_LIMIT_OCTETS);
    record.resize(HEAD_OCTETS + usize::from(length), 0);
    tcp.read_exact(&mut record[HEAD_OCTETS..]).await?;
    Ok(record)
}
