//! One connection: handshake, greeting, then frames in order until somebody has enough.

use std::io;
use std::sync::Arc;

use epp::frame::FrameReader;
use epp::tls::{CertificateInfo, Fingerprint};
use epp::{ClientMessage, Command, CommandBody, CommandRefusal, EppResult, Namespace, Response, ResultCode, decode_client_frame};
use epp::{encode_greeting, xml};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Shared;
use super::delivery::{Step, deliver, send_frame, show_to_judge};
use super::request::{Request, next_request};
use super::sessions::Seat;
use crate::answer::{Answer, Delivery, answer};
use crate::faults::Decided;
use crate::registry::SessionState;

/// The state of one connection.
struct Connection {
    shared: Arc<Shared>,
    session: SessionState,
    /// The seat of the registrar, while it is logged in.
    seat: Option<Seat>,
}

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, tls: TlsAcceptor, shared: Arc<Shared>) -> io::Result<()> {
    let started = Instant::now();
    let mut stream = timeout(shared.limits.handshake, tls.accept(stream)).await.map_err(|_| late("the handshake took too long"))??;
    let session = session_of(&stream);
    let limits = shared.limits;
    let mut connection = Connection { shared, session, seat: None };
    let greeting = connection.greeting();
    send_frame(&mut stream, &greeting, limits.write).await?;

    let mut reader = FrameReader::server();
    loop {
        let number = connection.session.commands + 1;
        let (frame, decided) = match next_request(&mut stream, &mut reader, &connection.shared, number).await? {
            Request::Whole { frame, decided } => (frame, decided),
            Request::Closed => break,
            // As when a line breaks: without a farewell.
            Request::Cut => return Ok(()),
        };
        if connection.respond(&mut stream, &frame, decided).await? == Step::Close || started.elapsed() >= limits.lifetime {
            break;
        }
    }
    // A client that has gone already needs no farewell.
    let _ = timeout(limits.write, tokio::io::AsyncWriteExt::shutdown(&mut stream)).await;
    Ok(())
}

/// The session with the certificate the client proved to hold.
fn session_of(stream: &TlsStream<TcpStream>) -> SessionState {
    let leaf = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    leaf.map_or_else(SessionState::new, |leaf| {
        let expires = CertificateInfo::read(leaf).ok().map(|info| info.not_after);
        SessionState::with_certificate(Fingerprint::of(leaf).0, expires)
    })
}

impl Connection {
    fn greeting(&self) -> Vec<u8> {
        let (registry, now) = self.shared.registry();
        let frame = encode_greeting(&registry.greeting(now)).unwrap_or_default();
        show_to_judge(&frame);
        frame
    }

    /// Answers one frame, with the fault that was decided for it while it was read.
    async fn respond(&mut self, stream: &mut TlsStream<TcpStream>, frame: &[u8], decided: Option<Decided>) -> io::Result<Step> {
        let answer = match decode_client_frame(frame) {
            Ok(ClientMessage::Hello) => {
                let greeting = self.greeting();
                send_frame(stream, &greeting, self.shared.limits.write).await?;
                return Ok(Step::Stay);
            }
            Ok(ClientMessage::Command(command)) => self.carry_out(&command, decided),
            Ok(ClientMessage::Extension(_)) => self.refuse(ResultCode::UNIMPLEMENTED_COMMAND, None, "no protocol extension is known here"),
            Err(refusal) => self.misread(&refusal),
        };
        deliver(stream, answer, self.shared.reorders, self.shared.limits.write).await
    }

    fn carry_out(&mut self, command: &Command, decided: Option<Decided>) -> Answer {
        if let Some(answer) = self.exceeds_limits(command) {
            return answer;
        }
        let (shared, session) = (Arc::clone(&self.shared), &mut self.session);
        let execute = |command: &Command| {
            let (mut registry, now) = shared.registry();
            let response = registry.handle(session, command, now, &mut *shared.entropy());
            ((!session.is_dropped()).then_some(response), session.is_ended())
        };
        let svtrid = || shared.registry().0.next_svtrid();
        let refuse = |command: &Command| Response::new(ResultCode::COMMAND_FAILED, command.cltrid.clone(), svtrid().as_str());
        let answer = answer(command, decided, execute, refuse);
        if self.session.registrar().is_none() {
            self.seat = None;
        }
        answer
    }

    /// One login too many, or one command too many for a session, is answered 2502; one too many for the minute 2308.
    fn exceeds_limits(&mut self, command: &Command) -> Option<Answer> {
        self.session.commands += 1;
        if self.shared.commands_per_session.is_some_and(|most| self.session.commands > u64::from(most)) {
            return Some(self.refuse(ResultCode::SESSION_LIMIT_CLOSING, Some(command), "the session has carried its last command"));
        }
        let CommandBody::Login(login) = &command.body else {
            let who = self.session.registrar()?;
            let is_admitted = self.shared.sessions.admits_command(who.as_str(), std::time::Instant::now());
            return (!is_admitted).then(|| self.refuse(ResultCode::DATA_POLICY_VIOLATION, Some(command), "too many commands in a minute"));
        };
        if self.seat.is_none() {
            self.seat = self.shared.sessions.take(login.client_id.as_str());
            if self.seat.is_none() {
                return Some(self.refuse(ResultCode::SESSION_LIMIT_CLOSING, Some(command), "the registrar has all its sessions open"));
            }
        }
        None
    }

    fn refuse(&self, code: ResultCode, command: Option<&Command>, reason: &str) -> Answer {
        let svtrid = self.shared.registry().0.next_svtrid();
        let mut response = Response::new(code, command.and_then(|command| command.cltrid.clone()), svtrid.as_str());
        response.results = vec![EppResult::new(code).because(xml::Element::new(Namespace::Epp, "undef"), reason)];
        Answer { response: Some(response), delivery: Delivery::Whole, closes: code.closes_connection(), is_executed: false }
    }

    /// A frame that is no command: the session lives, and the answer says what is wrong with it.
    fn misread(&self, refusal: &CommandRefusal) -> Answer {
        let code = refusal.result_code();
        let mut answer = self.refuse(code, None, &refusal.error.to_string());
        if let Some(response) = &mut answer.response {
            response.cltrid.clone_from(&refusal.cltrid);
        }
        answer
    }
}

pub(super) fn late(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}
