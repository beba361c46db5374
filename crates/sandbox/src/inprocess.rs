//! A registry without sockets, for simulations: commands go through the same sessions, logins and rules, and through the wire format
//! unless that is switched off for speed.

use std::collections::BTreeMap;

use epp::extension::login_sec::{LoginSec, LoginSecurity};
use epp::{ClientMessage, Handle, decode_response, encode_command};
use epp::{Command, CommandBody, Extension, LOGIN_SECURITY_PASSWORD, Login, Namespace, NamespaceKind, Response, decode_client_frame};
use model::{RegistrarHandle, Secret, SeededEntropy, Timestamp};

use crate::answer::{Answer, Delivery, answer};
use crate::faults::{FaultInjector, FaultPlan, Occasion, reordered, unknown_code, written};
use crate::registry::{Registry, SessionState};

/// Longest password of the base schema, in characters; longer ones travel in loginSec (RFC 8807).
const MAX_SHORT_PASSWORD_CHARS: usize = 16;

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// The registry answered.
    Answered(Box<Response>),
    /// The connection ended before the registry saw the command.
    CutBefore,
    /// The registry executed the command and the answer was lost.
    CutAfterExecuted,
}

/// Whether commands and answers are written and read as frames on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// As frames, as on a real link: what does not survive the wire is found.
    Encoded,
    /// As values, some ten times faster. A test holds both ways equal.
    Direct,
}

/// A registry, its sessions and its faults. A registrar has one session; after a cut it is opened again by a real login.
#[derive(Debug)]
pub struct InProcess {
    registry: Registry,
    wire: Wire,
    credentials: BTreeMap<RegistrarHandle, Secret>,
    sessions: BTreeMap<RegistrarHandle, SessionState>,
    faults: Option<FaultInjector>,
    entropy: SeededEntropy,
}

impl InProcess {
    /// A link to `registry`. The seed is for salts only; it changes no answer.
    #[must_use]
    pub fn new(registry: Registry, wire: Wire, seed: u64) -> InProcess {
        let entropy = SeededEntropy::new(seed);
        InProcess { registry, wire, credentials: BTreeMap::new(), sessions: BTreeMap::new(), faults: None, entropy }
    }

    /// Lets a registrar use the link; its sessions log in with this password.
    pub fn connect(&mut self, registrar: &RegistrarHandle, password: Secret) {
        self.credentials.insert(registrar.clone(), password);
    }

    /// Plans faults, or ends them.
    pub fn set_faults(&mut self, plan: Option<FaultPlan>) {
        self.faults = plan.map(FaultInjector::new);
    }

    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The registry, to let time pass and to administer it.
    pub fn registry_mut(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// Sends a command of a registrar at `now`.
    pub fn exchange(&mut self, registrar: &RegistrarHandle, command: &Command, now: Timestamp) -> Exchange {
        if let Some(refused) = self.ensure_session(registrar, now) {
            return refused;
        }
        self.send(registrar, command, now)
    }

    /// Opens the registrar's session when there is none; gives the answer of a login that failed.
    fn ensure_session(&mut self, registrar: &RegistrarHandle, now: Timestamp) -> Option<Exchange> {
        if self.sessions.get(registrar).is_some_and(|session| session.registrar().is_some() && !session.is_ended()) {
            return None;
        }
        self.sessions.insert(registrar.clone(), SessionState::new());
        let password = self.credentials.get(registrar).cloned().unwrap_or_else(|| Secret::new("no password"));
        let login = self.login(registrar, &password);
        let outcome = self.send(registrar, &login, now);
        match outcome {
            Exchange::Answered(response) if response.is_success() => None,
            Exchange::Answered(response) => Some(Exchange::Answered(response)),
            // Whatever became of the login, the command itself was never sent.
            Exchange::CutBefore | Exchange::CutAfterExecuted => Some(Exchange::CutBefore),
        }
    }

    fn login(&self, registrar: &RegistrarHandle, password: &Secret) -> Command {
        let offered = self.registry.namespaces();
        let urns = |kind| offered.iter().filter(|ns| ns.kind() == kind).map(|ns| ns.urn().to_owned()).collect::<Vec<_>>();
        let is_long = password.expose().chars().count() > MAX_SHORT_PASSWORD_CHARS && offered.contains(&Namespace::LoginSec);
        let short = if is_long { Secret::new(LOGIN_SECURITY_PASSWORD) } else { password.clone() };
        let body = Login::new(Handle::from(registrar), short, urns(NamespaceKind::Object), urns(NamespaceKind::Extension));
        let command = Command { body: CommandBody::from(body), extensions: Vec::new(), cltrid: None };
        if !is_long {
            return command;
        }
        let security = LoginSecurity { password: Some(password.clone()), ..LoginSecurity::default() };
        command.with(Extension::LoginSec(LoginSec::Login(security)))
    }

    fn send(&mut self, registrar: &RegistrarHandle, command: &Command, now: Timestamp) -> Exchange {
        let received = match self.wire {
            Wire::Direct => Ok(None),
            Wire::Encoded => over_the_wire(command),
        };
        let command = match &received {
            Ok(None) => command,
            Ok(Some(received)) => received,
            Err(response) => return Exchange::Answered(response.clone()),
        };
        let (registry, entropy) = (&mut self.registry, &mut self.entropy);
        let session = self.sessions.entry(registrar.clone()).or_default();
        session.commands += 1;
        let occasion = Occasion { class: command.body.class(), number: session.commands };
        let decided = self.faults.as_mut().and_then(|faults| faults.decide(occasion));
        let execute = |command: &Command| {
            let response = registry.handle(session, command, now, entropy);
            ((!session.is_dropped()).then_some(response), session.is_ended())
        };
        let refuse = |command: &Command| Response::new(epp::ResultCode::COMMAND_FAILED, command.cltrid.clone(), "SANDBOX-FAULT");
        let answer = answer(command, decided, execute, refuse);
        if answer.closes {
            self.sessions.remove(registrar);
        }
        self.deliver(answer)
    }

    fn deliver(&self, answer: Answer) -> Exchange {
        let lost = if answer.is_executed { Exchange::CutAfterExecuted } else { Exchange::CutBefore };
        let Some(response) = answer.response else { return lost };
        let frame = match answer.delivery {
            Delivery::Never | Delivery::Cut(..) | Delivery::Oversize => return lost,
            Delivery::Reordered => reordered(&written(&response)),
            Delivery::UnknownCode => unknown_code(&written(&response)),
            _ if self.wire == Wire::Direct => return Exchange::Answered(Box::new(response)),
            Delivery::Whole | Delivery::LateMs(_) | Delivery::Twice | Delivery::SlowlyMs(_) => written(&response),
        };
        match decode_response(&frame) {
            Ok(decoded) => Exchange::Answered(Box::new(decoded.value)),
            Err(_) => lost,
        }
    }
}

/// The command as a server reads it; the answer where it cannot.
fn over_the_wire(command: &Command) -> Result<Option<Command>, Box<Response>> {
    let refused = |code| Box::new(Response::new(code, command.cltrid.clone(), "SANDBOX-DECODER"));
    let frame = encode_command(command).map_err(|_| refused(epp::ResultCode::SYNTAX_ERROR))?;
    match decode_client_frame(&frame) {
        Ok(ClientMessage::Command(received)) => Ok(Some(*received)),
        Ok(_) => Err(refused(epp::ResultCode::SYNTAX_ERROR)),
        Err(refusal) => Err(refused(refusal.result_code())),
    }
}
