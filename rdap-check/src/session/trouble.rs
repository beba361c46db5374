//! Why an exchange brought no answer.

use std::fmt;

/// What went wrong below HTTP's meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// No connection, for want of a route or of time.
    NotConnected,
    /// The host refused the connection.
    Refused,
    /// The TLS handshake failed.
    HandshakeFailed,
    /// The certificate isn't for this host, or isn't a certificate.
    CertificateInvalid,
    /// The certificate has been revoked.
    CertificateRevoked,
    /// The certificate has expired.
    CertificateExpired,
    /// The chain doesn't lead to a trusted root.
    CertificateUntrusted,
    /// More redirects than allowed.
    TooManyRedirects,
    /// The other side doesn't speak HTTP properly.
    HttpFault,
    /// The request couldn't be sent.
    NotSent,
    /// The answer couldn't be received.
    NotReceived,
}

impl Trouble {
    /// ICANN's id for it.
    #[must_use]
    pub fn id(self) -> i32 {
        match self {
            Self::NotConnected => -13007,
            Self::HandshakeFailed => -13008,
            Self::CertificateInvalid => -13009,
            Self::CertificateRevoked => -13010,
            Self::CertificateExpired => -13011,
            Self::CertificateUntrusted => -13012,
            Self::TooManyRedirects => -13013,
            Self::HttpFault => -13014,
            Self::NotSent => -13016,
            Self::NotReceived => -13017,
            Self::Refused => -13021,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConnected => "no connection could be made",
            Self::Refused => "the host refused the connection",
            Self::HandshakeFailed => "the TLS handshake failed",
            Self::CertificateInvalid => "the certificate isn't for this host",
            Self::CertificateRevoked => "the certificate is revoked",
            Self::CertificateExpired => "the certificate is expired or not yet valid",
            Self::CertificateUntrusted => "the certificate's chain isn't good",
            Self::TooManyRedirects => "there are too many redirects",
            Self::HttpFault => "the answer isn't HTTP",
            Self::NotSent => "the request could not be sent",
            Self::NotReceived => "the answer could not be received",
        })
    }
}
