//! How a relay is reached.

use std::net::IpAddr;

use model::Secret;
use thiserror::Error;

/// How a relay is reached, and as whom.
#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// Its host name; its certificate must be made out to it.
    pub host: String,
    /// Its port: 465 for TLS from the start, 587 or 25 for STARTTLS.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// What makes us trust its certificate.
    pub trust: Trust,
    /// The account to submit with; none where the relay knows us by our address.
    pub login: Option<Login>,
    /// Our own host name, for the EHLO.
    pub hello: String,
}

/// How the connection is protected. There is no "if possible".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// TLS by STARTTLS, demanded (RFC 3207).
    StartTls,
    /// No TLS: only to this machine itself.
    LoopbackOnly,
}

/// What makes us trust a relay's certificate. There is no way to trust blindly.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The public certificate authorities.
    PublicRoots,
    /// An authority of our own: PEM.
    PrivateCa(Vec<u8>),
}

/// An account at the relay.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RelayFault {
    /// No TLS, and not on this machine.
    #[error("mail goes without TLS to this machine alone, and `{host}` is not it; use `tls = \"implicit\"` or `tls = \"starttls\"`")]
    PlainToElsewhere {
        /// The host.
        host: String,
    },
    /// The certificates cannot be used.
    #[error("the certificates for the relay cannot be used: {reason}")]
    Certificates {
        /// Why.
        reason: String,
    },
}

impl RelaySettings {
    /// Whether the host is this machine by its very name.
    pub(super) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}
