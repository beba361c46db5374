//! Why a connection could not be made, and why one ended.

use std::net::IpAddr;
use std::time::Duration;

use crate::frame::FrameError;
use crate::tls::TlsFault;

/// Why a connection ended. Commands without an answer carry it as their reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// We closed it after the last answer.
    #[error("we closed it")]
    Drained,
    /// The registry closed it between two frames.
    #[error("the registry closed the connection")]
    ServerClosed,
    /// It ended inside a frame of the registry's.
    #[error("the connection was cut inside a response")]
    Cut,
    /// The network or TLS failed.
    #[error("the connection failed: {0}")]
    Io(String),
    /// TLS failed: a certificate or key was refused. In TLS 1.3 the registry's refusal of ours arrives only here.
    #[error("TLS failed: {0}")]
    Refused(String),
    /// The registry sent an impossible frame header.
    #[error("{0}")]
    Frame(FrameError),
    /// The registry sent something that is no EPP response.
    #[error("the registry's frame could not be read: {0}")]
    Undecodable(String),
    /// The registry sent a frame nobody asked for, or the answer to another command. Which answer belongs to which command cannot be
    /// told any more.
    #[error("the registry answered out of order: {0}")]
    OutOfOrder(String),
    /// A command was not answered in time.
    #[error("no answer within {} s", .0.as_secs())]
    Deadline(Duration),
    /// The registry announced that it closes the connection (15xx, 25xx).
    #[error("the registry answered {code} and closes the connection")]
    Announced {
        /// The result code.
        code: u16,
    },
    /// The task that owned the connection was stopped with its runtime.
    #[error("the program stopped")]
    Aborted,
}

/// Why no connection came about. Nothing was sent over it but the TLS handshake.
#[derive(Debug, thiserror::Error)]
pub enum ConnectFault {
    /// Our own TLS files or settings.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The host name is no name, or nothing is known about it.
    #[error("`{host}` cannot be resolved: {what}; check the host in the registry's settings and the resolver of this machine")]
    Resolve {
        /// Host as configured.
        host: String,
        /// What the resolver said.
        what: String,
    },
    /// No address could be reached.
    #[error("{address} cannot be reached{}: {what}; check host and port, and that the registry's allow-list holds our address", from(.source_address))]
    Unreachable {
        /// Host and port, or the last address tried.
        address: String,
        /// The source address the registry's allow-list wants, if one is set.
        source_address: Option<IpAddr>,
        /// What the network said.
        what: String,
    },
    /// TLS failed: one of the two certificates was refused.
    #[error("TLS with {address} failed: {what}")]
    Handshake {
        /// Host and port.
        address: String,
        /// What was refused by whom, and what to do.
        what: String,
    },
    /// The registry did not send a greeting.
    #[error("{address} sent no usable greeting: {what}")]
    Greeting {
        /// Host and port.
        address: String,
        /// What came instead.
        what: String,
    },
    /// Connect, handshake and greeting together took too long.
    #[error("{address} did not get as far as a greeting within {} s; check that the registry's allow-list holds our address", limit.as_secs())]
    TooSlow {
        /// Host and port.
        address: String,
        /// The limit.
        limit: Duration,
    },
}

fn from(source: &Option<IpAddr>) -> String {
    source.map(|address| format!(" from {address}")).unwrap_or_default()
}

/// What a failed TLS stream means for people: which side refused what, and what to do about it.
pub(super) fn explain_tls(error: &std::io::Error) -> Option<String> {
    use rustls::{AlertDescription as Alert, CertificateError as Cert, Error as Tls};
    let tls = error.get_ref()?.downcast_ref::<Tls>()?;
    Some(match tls {
        Tls::InvalidCertificate(Cert::UnknownIssuer | Cert::BadSignature) => {
            "its certificate was not issued by a CA that this registry's `trust` names; if the registry changed its CA, verify that with the registry and name the new one".to_owned()
        }
        Tls::InvalidCertificate(Cert::Expired | Cert::ExpiredContext { .. }) => "its certificate has expired; tell the registry".to_owned(),
        Tls::InvalidCertificate(Cert::NotValidYet | Cert::NotValidYetContext { .. }) => {
            "its certificate is not valid yet; check the clock of this machine".to_owned()
        }
        Tls::InvalidCertificate(Cert::NotValidForName | Cert::NotValidForNameContext { .. }) => {
            "its certificate is for another host name; check the host in the registry's settings".to_owned()
        }
        Tls::General(text) => format!("{text}; if the registry changed its key, verify that with the registry and pin the new one"),
        Tls::InvalidCertificate(other) => format!("its certificate was refused ({other})"),
        Tls::AlertReceived(Alert::CertificateRequired) => "it asks for a client certificate and none is configured".to_owned(),
        Tls::AlertReceived(
            alert @ (Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::UnsupportedCertificate
            | Alert::AccessDenied
            | Alert::DecryptError),
        ) => format!("it refused our client certificate ({alert:?}); check which certificate the registry has on file for us"),
        other => other.to_string(),
    })
}
