//! One connection to a relay: opened and protected, used for messages, ended.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;

use super::Letter;
use super::outcome::{Obstacle, ObstacleKind, Submission, Trouble};
use super::settings::{RelaySettings, Security};
use crate::reply::Reply;

/// How long the relay may take to connect and to answer each command. RFC 5321 section 4.5.3.2 allows minutes; a relay of ours answers in
/// seconds, and a message that is cut off is tried again under the same Message-ID.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
pub(super) struct Session {
    connection: SmtpConnection,
    sent: u32,
    is_sound: bool,
}

impl Session {
    /// Connects, protects the connection and logs in.
    pub(super) fn open(settings: &RelaySettings, tls: Option<&TlsParameters>) -> Result<Self, Obstacle> {
        let of_relay = |trouble: Trouble| trouble.into_obstacle(ObstacleKind::Relay);
        let hello = ClientId::Domain(settings.hello.clone());
        let addresses = addresses(settings)?;
        let from_the_start = tls.filter(|_| settings.security == Security::Implicit);
        let mut connection = SmtpConnection::connect(addresses.as_slice(), Some(PATIENCE), &hello, from_the_start, None)
            .map_err(|error| of_relay(error.into()))?;
        if let Some(tls) = tls.filter(|_| settings.security == Security::StartTls) {
            let refused = |trouble: Trouble| match trouble {
                Trouble::Broken(ObstacleKind::Unreachable) => Obstacle::new(ObstacleKind::Unreachable),
                other => Obstacle { kind: ObstacleKind::Tls, ..other.into_obstacle(ObstacleKind::Tls) },
            };
            connection.starttls(tls, &hello).map_err(|error| refused(error.into()))?;
        }
        // What was configured is what we have, or not a byte of anybody's mail goes out.
        if settings.security != Security::LoopbackOnly && !connection.is_encrypted() {
            connection.abort();
            return Err(Obstacle::new(ObstacleKind::Tls));
        }
        if let Some(login) = &settings.login {
            let credentials = Credentials::new(login.user.clone(), login.password.expose().to_owned());
            let trouble = connection.auth(DEFAULT_MECHANISMS, &credentials).err().map(Trouble::from);
            if let Some(trouble) = trouble {
                connection.abort();
                return Err(match trouble {
                    Trouble::Broken(ObstacleKind::Protocol) => Obstacle::new(ObstacleKind::Login),
                    other => other.into_obstacle(ObstacleKind::Login),
                });
            }
        }
        Ok(Self { connection, sent: 0, is_sound: true })
    }

    /// This session, if the relay still answers on it.
    pub(super) fn still_standing(mut self) -> Option<Self> {
        self.connection.test_connected().then_some(self)
    }

    /// Messages handed over on it.
    pub(super) fn sent(&self) -> u32 {
        self.sent
    }

    /// Whether the next message can go over it.
    pub(super) fn is_sound(&self) -> bool {
        self.is_sound && !self.connection.has_broken()
    }

    /// Says goodbye. A relay that does not answer it is left all the same.
    pub(super) fn end(mut self) {
        if self.is_sound {
            // Nothing depends on how it ends.
            let _ = self.connection.quit();
        } else {
            self.connection.abort();
        }
    }

    /// Hands one message over.
    pub(super) fn submit(&mut self, letter: &Letter<'_>) -> Submission {
        match self.transact(letter) {
            Ok(submission) => submission,
            Err(obstacle) => {
                // A connection that still answers takes the next message; one that does not is left.
                self.is_sound = obstacle.reply.is_some() && self.connection.command(Rset).is_ok();
                Submission::TryAgain(obstacle)
            }
        }
    }

    fn transact(&mut self, letter: &Letter<'_>) -> Result<Submission, Obstacle> {
        let of = |kind| move |trouble: Trouble| trouble.into_obstacle(kind);
        let sender = address(letter.return_path)?;
        let recipient = address(letter.to.as_str())?;
        let copy = letter.copy.map(|copy| address(copy.as_str())).transpose()?;
        let is_international = letter.to.is_internationalised() || letter.copy.is_some_and(model::Email::is_internationalised);
        let mut parameters = Vec::new();
        if is_international {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Obstacle::new(ObstacleKind::Message));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.say(Mail::new(Some(sender), parameters)).map_err(of(ObstacleKind::Relay))?;
        let refused = match self.say(Rcpt::new(recipient, Vec::new())) {
            Ok(_) => None,
            Err(Trouble::No(reply)) if is_for_good(&reply) => Some(reply),
            Err(Trouble::No(reply)) => return Err(put_off(reply)),
            Err(broken) => return Err(broken.into_obstacle(ObstacleKind::Unreachable)),
        };
        let takes_copy = match copy.map(|copy| self.say(Rcpt::new(copy, Vec::new()))) {
            None | Some(Err(Trouble::No(_))) => false,
            Some(Ok(_)) => true,
            Some(Err(broken)) => return Err(broken.into_obstacle(ObstacleKind::Unreachable)),
        };
        if let Some(reply) = refused.as_ref().filter(|_| !takes_copy) {
            self.is_sound = self.connection.command(Rset).is_ok();
            return Ok(Submission::Refused(reply.clone()));
        }
        self.say(Data).map_err(|trouble| match trouble {
            Trouble::No(reply) => put_off(reply),
            broken => broken.into_obstacle(ObstacleKind::Unreachable),
        })?;
        // The client ends the text with the line break that the last line has already.
        let text = letter.text.strip_suffix("\r\n").unwrap_or(letter.text);
        match self.connection.message(text.as_bytes()).map_err(Trouble::from) {
            Ok(response) => {
                self.sent += 1;
                Ok(Submission::Accepted { reply: reply(&response), refused })
            }
            Err(Trouble::No(reply)) if is_for_good(&reply) => Ok(Submission::Refused(reply)),
            Err(Trouble::No(reply)) => Err(put_off(reply)),
            Err(Trouble::Broken(_)) => Err(Obstacle::new(ObstacleKind::Unsure)),
        }
    }

    fn say(&mut self, command: impl std::fmt::Display) -> Result<Response, Trouble> {
        Ok(self.connection.command(command)?)
    }
}

/// Where the relay is. Without TLS only the addresses of this machine are taken, whatever a resolver says.
fn addresses(settings: &RelaySettings) -> Result<Vec<SocketAddr>, Obstacle> {
    let unreachable = |_| Obstacle::new(ObstacleKind::Unreachable);
    let found = (settings.host.as_str(), settings.port).to_socket_addrs().map_err(unreachable)?;
    let may_be_used = |address: &SocketAddr| settings.security != Security::LoopbackOnly || address.ip().is_loopback();
    let addresses: Vec<SocketAddr> = found.filter(may_be_used).collect();
    if addresses.is_empty() { Err(Obstacle::new(ObstacleKind::Unreachable)) } else { Ok(addresses) }
}

/// An address as SMTP takes it; one that it cannot carry is an obstacle of this message.
fn address(text: &str) -> Result<Address, Obstacle> {
    text.parse().map_err(|_| Obstacle::new(ObstacleKind::Message))
}

/// Whether a no to a recipient is about the recipient, and for good. Without an enhanced code the reply code has to do, save where the text
/// says that relaying is denied (Exim says so without a code): then the relay takes nothing from us, and the address is not to blame.
fn is_for_good(reply: &Reply) -> bool {
    match reply.status {
        Some(status) => (500..600).contains(&reply.code) && status.blames_address(),
        None => matches!(reply.code, 550 | 551 | 553) && !says_relaying(reply),
    }
}

fn says_relaying(reply: &Reply) -> bool {
    reply.text.expose().to_ascii_lowercase().contains("relay")
}

/// A no that may become a yes: of the relay where it is a policy for good, else of this message.
fn put_off(reply: Reply) -> Obstacle {
    let is_policy = reply.status.is_some_and(|status| status.subject == 7) || says_relaying(&reply) || reply.code == 530;
    let kind = if reply.code >= 500 && is_policy { ObstacleKind::Relay } else { ObstacleKind::Message };
    Obstacle::said(kind, reply)
}

fn reply(response: &Response) -> Reply {
    let text: Vec<&str> = response.message().collect();
    Reply::new(response.code().to_string().parse().unwrap_or_default(), &text.join(" "))
}
