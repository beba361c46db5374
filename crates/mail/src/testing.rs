//! A mail server for tests: takes mail on a port of its own on this machine, and answers each command as it is told to.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::smtp::{RelaySettings, Security, Trust};

/// An answer that is none: the line is cut.
pub const CUT: &str = "cut";

/// A message that was taken, with its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The envelope sender.
    pub from: String,
    /// The envelope recipients.
    pub to: Vec<String>,
    /// The message, lines ended by LF.
    pub text: String,
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, String>,
    delivered: Vec<Delivered>,
    connections: usize,
}

/// A mail server that serves until the process ends.
#[derive(Clone)]
pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl MailServer {
    /// Starts one that takes everything.
    ///
    /// # Errors
    /// If no port is free.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = Self { port: listener.local_addr()?.port(), state: Arc::default() };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.state().connections += 1;
                let serving = serving.clone();
                // A client that goes away is a matter of its own.
                std::thread::spawn(move || serving.talk(stream).ok());
            }
        });
        Ok(server)
    }

    /// How it is reached.
    #[must_use]
    pub fn settings(&self) -> RelaySettings {
        RelaySettings {
            host: "localhost".to_owned(),
            port: self.port,
            security: Security::LoopbackOnly,
            trust: Trust::PublicRoots,
            login: None,
            hello: "registrar.example".to_owned(),
        }
    }

    /// From now on `command` (`CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `.` for the end of a message; or `RCPT address`) is answered so.
    pub fn answer(&self, command: &str, answer: &str) {
        self.state().answers.insert(command.to_owned(), answer.to_owned());
    }

    /// From now on everything is taken again.
    pub fn take_everything(&self) {
        self.state().answers.clear();
    }

    /// What was taken so far.
    #[must_use]
    pub fn delivered(&self) -> Vec<Delivered> {
        self.state().delivered.clone()
    }

    /// How often somebody connected.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a command; an error cuts the line.
    fn reply(&self, stream: &mut TcpStream, command: &str, usual: &str) -> io::Result<bool> {
        let answer = self.state().answers.get(command).cloned().unwrap_or_else(|| usual.to_owned());
        if answer == CUT {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
        Ok(answer.starts_with(['2', '3']))
    }

    fn talk(&self, mut stream: TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?);
        self.reply(&mut stream, "CONNECT", "220 mail.test ESMTP")?;
        let (mut from, mut to) = (String::new(), Vec::new());
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned());
            match verb.as_str() {
                "EHLO" => drop(self.reply(&mut stream, "EHLO", "250 mail.test")?),
                "MAIL" if self.reply(&mut stream, "MAIL", "250 2.1.0 ok")? => {
                    (from, to) = (address.unwrap_or_default(), Vec::new());
                }
                "RCPT" => {
                    let address = address.unwrap_or_default();
                    let own = format!("RCPT {address}");
                    let key = if self.state().answers.contains_key(&own) { own.as_str() } else { "RCPT" };
                    if self.reply(&mut stream, key, "250 2.1.5 ok")? {
                        to.push(address);
                    }
                }
                "DATA" if self.reply(&mut stream, "DATA", "354 go on")? => {
                    let text = read_message(&mut lines)?;
                    let delivered = Delivered { from: from.clone(), to: to.clone(), text };
                    // A line that is cut here leaves the client unsure: the message was taken.
                    if self.state().answers.get(".").is_none_or(|answer| answer.starts_with('2') || answer == CUT) {
                        self.state().delivered.push(delivered);
                    }
                    self.reply(&mut stream, ".", "250 2.0.0 Ok: queued as 4Zq1X93mN5z2")?;
                }
                "MAIL" | "DATA" => {}
                "QUIT" => return self.reply(&mut stream, "QUIT", "221 2.0.0 bye").map(drop),
                _ => drop(self.reply(&mut stream, &verb, "250 2.0.0 ok")?),
            }
        }
    }
}

/// A message up to its final dot, its stuffed dots taken away (RFC 5321 section 4.5.2).
fn read_message(lines: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "." {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(line));
        text.push('\n');
    }
}
