//! A registry in memory: it keeps passwords and sessions, records what it sees, and reacts as a test tells it.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::{Acceptor, Peer, response};
use crate::conn::{ConnectFault, Connection, ConnectionSettings, Dial, Dialling};
use crate::wire::extension::login_sec::LoginSec;
use crate::wire::{ClientMessage, Command, CommandBody, Extension, LOGIN_SECURITY_PASSWORD, Response};

/// What the registry does about a command.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    /// Answers with this code; 15xx and 25xx close.
    Answer(u16),
    /// Answers with this response, its clTRID filled in.
    Respond(Box<Response>),
    /// Carries it out, says nothing, and closes.
    Cut,
    /// Closes without having carried it out.
    Refuse,
    /// Says nothing more.
    Silence,
}

/// A command the registry saw.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) session: usize,
    pub(crate) cltrid: String,
    pub(crate) verb: &'static str,
    pub(crate) at: Instant,
    /// The passwords of a login: old and new.
    pub(crate) passwords: Option<(String, Option<String>)>,
}

type Script = Box<dyn FnMut(&Command) -> Reaction + Send>;

pub(crate) struct State {
    pub(crate) password: String,
    pub(crate) max_sessions: usize,
    pub(crate) open: usize,
    pub(crate) most_open: usize,
    pub(crate) connections: usize,
    pub(crate) is_down: bool,
    pub(crate) latency: Duration,
    pub(crate) seen: Vec<Seen>,
    pub(crate) hellos: usize,
    /// Reactions to the next logins; afterwards logins are judged by password and number of sessions.
    pub(crate) logins: VecDeque<Reaction>,
    pub(crate) script: Script,
}

/// Clones are the same registry.
#[derive(Clone)]
pub(crate) struct Registry(Arc<Mutex<State>>);

impl Registry {
    pub(crate) fn new(password: &str) -> Registry {
        Registry(Arc::new(Mutex::new(State {
            password: password.to_owned(),
            max_sessions: 100,
            open: 0,
            most_open: 0,
            connections: 0,
            is_down: false,
            latency: Duration::ZERO,
            seen: Vec::new(),
            hellos: 0,
            logins: VecDeque::new(),
            script: Box::new(|_| Reaction::Answer(1000)),
        })))
    }

    pub(crate) fn set<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    pub(crate) fn script(&self, script: impl FnMut(&Command) -> Reaction + Send + 'static) {
        self.set(|state| state.script = Box::new(script));
    }

    /// The commands with this verb, in the order they came.
    pub(crate) fn seen(&self, verb: &str) -> Vec<Seen> {
        self.set(|state| state.seen.iter().filter(|seen| seen.verb == verb).cloned().collect())
    }

    /// Serves on the loopback over TLS; gives the port.
    pub(crate) async fn listen(&self, acceptor: Acceptor) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (port, registry) = (listener.local_addr().unwrap().port(), self.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok((stream, _)) = acceptor.accept(stream).await {
                    tokio::spawn(registry.clone().serve(Peer::new(stream)));
                }
            }
        });
        port
    }

    async fn serve(self, mut peer: Peer) {
        let session = self.set(|state| {
            state.connections += 1;
            state.connections
        });
        let mut is_logged_in = false;
        peer.greet().await;
        while let Some(message) = peer.receive().await {
            let ClientMessage::Command(command) = message else {
                self.set(|state| state.hellos += 1);
                peer.greet().await;
                continue;
            };
            let (latency, reaction) = self.set(|state| (state.latency, state.react(session, &command)));
            sleep(latency).await;
            let reply = match reaction {
                Reaction::Answer(code) => response(&command, code),
                Reaction::Respond(given) => Response { cltrid: command.cltrid.clone(), ..*given },
                Reaction::Cut | Reaction::Refuse => break,
                Reaction::Silence => {
                    while peer.receive().await.is_some() {}
                    break;
                }
            };
            if matches!(command.body, CommandBody::Login(_)) && reply.is_success() {
                is_logged_in = true;
                self.set(|state| {
                    state.open += 1;
                    state.most_open = state.most_open.max(state.open);
                });
            }
            peer.respond(&reply).await;
            if reply.code().closes_connection() {
                break;
            }
        }
        self.set(|state| state.open -= usize::from(is_logged_in));
        peer.close().await;
    }
}

impl State {
    fn react(&mut self, session: usize, command: &Command) -> Reaction {
        let cltrid = command.cltrid.as_ref().map(ToString::to_string).unwrap_or_default();
        let passwords = passwords_of(command);
        self.seen.push(Seen { session, cltrid, verb: command.body.verb().as_str(), at: Instant::now(), passwords: passwords.clone() });
        match (&command.body, passwords) {
            (CommandBody::Logout, _) => Reaction::Answer(1500),
            (_, Some((password, new))) => self.react_to_login(&password, new),
            _ => (self.script)(command),
        }
    }

    fn react_to_login(&mut self, password: &str, new: Option<String>) -> Reaction {
        let told = self.logins.pop_front();
        if password != self.password {
            return told.unwrap_or(Reaction::Answer(2200));
        }
        let is_carried_out = !matches!(&told, Some(Reaction::Refuse | Reaction::Answer(2000..)));
        if let Some(new) = new.filter(|_| is_carried_out) {
            self.password = new;
        }
        match told {
            Some(reaction) => reaction,
            None if self.open >= self.max_sessions => Reaction::Answer(2502),
            None => Reaction::Answer(1000),
        }
    }
}

/// Old and new password, wherever in the command they are.
fn passwords_of(command: &Command) -> Option<(String, Option<String>)> {
    let CommandBody::Login(login) = &command.body else { return None };
    let security = command.extensions.iter().find_map(|extension| match extension {
        Extension::LoginSec(LoginSec::Login(security)) => Some(security),
        _ => None,
    });
    let real = |plain: &str, long: Option<&model::Secret>| match plain {
        LOGIN_SECURITY_PASSWORD => long.map(|secret| secret.expose().to_owned()).unwrap_or_default(),
        plain => plain.to_owned(),
    };
    let password = real(login.password.expose(), security.and_then(|s| s.password.as_ref()));
    let new = login.new_password.as_ref().map(|new| real(new.expose(), security.and_then(|s| s.new_password.as_ref())));
    Some((password, new))
}

impl Dial for Registry {
    fn dial<'a>(&'a self, settings: &'a ConnectionSettings) -> Dialling<'a> {
        Box::pin(async move {
            if self.set(|state| state.is_down) {
                let what = "connection refused".to_owned();
                return Err(ConnectFault::Unreachable { address: self.endpoint(), source_address: None, what });
            }
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            tokio::spawn(self.clone().serve(Peer::new(theirs)));
            Connection::over(ours, &self.endpoint(), settings).await
        })
    }

    fn endpoint(&self) -> String {
        "test registry".to_owned()
    }
}
