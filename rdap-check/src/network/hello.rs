//! A `ClientHello` with one version and a chosen list of cipher suites, and reading which of them a server takes.
//!
//! A TLS library refuses to offer what is obsolete; these few octets don't. The handshake never goes on beyond the server's choice, so
//! nothing secret hangs on them, and the "random" octets may be constant.

/// TLS 1.0, 1.1 and 1.2 as they stand in the messages.
pub(super) const TLS_1_0: u16 = 0x0301;
pub(super) const TLS_1_1: u16 = 0x0302;
pub(super) const TLS_1_2: u16 = 0x0303;

const HANDSHAKE_RECORD: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const RANDOM: [u8; 32] = *b"rdap-check looks, and goes away.";

/// The message, for a host named by DNS.
pub(super) fn client_hello(version: u16, suites: &[u16], host: &str) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    body.extend(RANDOM);
    body.push(0);
    body.extend(with_length_2(&octets(suites)));
    body.extend([1, 0]);
    body.extend(with_length_2(&extensions(version, host)));
    let mut message = vec![CLIENT_HELLO, 0];
    message.extend(with_length_2(&body));
    let mut record = vec![HANDSHAKE_RECORD];
    record.extend(TLS_1_0.to_be_bytes());
    record.extend(with_length_2(&message));
    record
}

/// The version and cipher suite that a server's first record takes; none if it turns the offer down.
pub(super) fn taken(record: &[u8]) -> Option<(u16, u16)> {
    let message = record.get(5..).filter(|_| record.first() == Some(&HANDSHAKE_RECORD))?;
    let body = message.get(4..).filter(|_| message.first() == Some(&SERVER_HELLO))?;
    let session_id_length = usize::from(*body.get(34)?);
    Some((number(body, 0)?, number(body, 35 + session_id_length)?))
}

fn extensions(version: u16, host: &str) -> Vec<u8> {
    const SERVER_NAME: u16 = 0;
    const SUPPORTED_GROUPS: u16 = 10;
    const EC_POINT_FORMATS: u16 = 11;
    const SIGNATURE_ALGORITHMS: u16 = 13;
    let mut all = Vec::new();
    if host.parse::<std::net::IpAddr>().is_err() {
        let name = [vec![0], with_length_2(host.as_bytes())].concat();
        all.extend(extension(SERVER_NAME, &with_length_2(&name)));
    }
    // x25519, P-256, P-384.
    all.extend(extension(SUPPORTED_GROUPS, &with_length_2(&octets(&[29, 23, 24]))));
    all.extend(extension(EC_POINT_FORMATS, &[1, 0]));
    if version == TLS_1_2 {
        // ECDSA, RSA-PSS and RSA PKCS #1 with SHA-256 and SHA-384, Ed25519, then the SHA-1 ones of old.
        let schemes = [0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501, 0x0807, 0x0203, 0x0201];
        all.extend(extension(SIGNATURE_ALGORITHMS, &with_length_2(&octets(&schemes))));
    }
    all
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), with_length_2(content)].concat()
}

fn octets(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Octets with their count, in two octets, before them. What is built here is never longer.
fn with_length_2(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), content].concat()
}

fn number(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..at + 2).and_then(|pair| pair.try_into().ok()).map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_of_a_client_hello_add_up() {
        let record = client_hello(TLS_1_2, &[0xc013, 0x002f], "rdap.registrar.example");
        assert_eq!(usize::from(number(&record, 3).unwrap()), record.len() - 5);
        assert_eq!(usize::from(number(&record, 7).unwrap()), record.len() - 9);
        assert_eq!(number(&record, 9), Some(TLS_1_2));
        assert_eq!(number(&record, 46), Some(0xc013));
    }

    #[test]
    fn a_choice_is_read_and_a_refusal_is_none() {
        let mut hello = vec![22, 3, 1, 0, 74, 2, 0, 0, 70, 3, 1];
        hello.extend([7; 32]);
        hello.push(32);
        hello.extend([9; 32]);
        hello.extend([0x00, 0x2f, 0]);
        assert_eq!(taken(&hello), Some((TLS_1_0, 0x002f)));
        assert_eq!(taken(&[21, 3, 1, 0, 2, 2, 70]), None);
        assert_eq!(taken(&[22, 3]), None);
    }
}
