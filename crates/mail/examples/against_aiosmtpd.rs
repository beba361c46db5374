//! The client of this room against mail servers of another project: `against_aiosmtpd PYTHON SCRIPT FOLDER`.
//!
//! Starts the servers, hands them messages in every way there is, and compares the outcomes and what arrived. Prints one line for each
//! case and ends with 1 at the first that is not as expected.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};

use mail::smtp::{Letter, Login, Relay, RelaySettings, Security, Submission, Trust};
use model::{Email, Secret};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A text with everything that SMTP could spoil.
const TEXT: &str = "Subject: x\r\nMessage-ID: <a@b>\r\n\r\n.a dot\r\n..two dots\r\n.\r\nafter a lone dot\r\n=C3=9F\r\n";

/// The envelope sender of every message.
const RETURN_PATH: &str = "bounce+ntc_0-0@registrar.example";

fn main() -> ExitCode {
    match judged() {
        Ok(cases) => {
            println!("{cases} cases as expected");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// One message: the server, how it is reached, to whom, and what is to become of it.
struct Case {
    server: &'static str,
    security: Security,
    is_trusted: bool,
    password: Option<&'static str>,
    to: &'static str,
    becomes: &'static str,
}

const fn case(server: &'static str, security: Security, to: &'static str, becomes: &'static str) -> Case {
    Case { server, security, is_trusted: true, password: None, to, becomes }
}

const TAKEN: &str = "accepted 250 2.0.0 as 4Zq1X93mN5z2";

const CASES: &[Case] = &[
    case("plain", Security::LoopbackOnly, "ada@holder.example", TAKEN),
    case("plain", Security::LoopbackOnly, "πρόεδρος@holder.example", TAKEN),
    case("plain", Security::LoopbackOnly, "unknown@holder.example", "refused 550 5.1.1"),
    case("plain", Security::LoopbackOnly, "plain-unknown@holder.example", "refused 550"),
    case("plain", Security::LoopbackOnly, "later@holder.example", "message 4.2.0"),
    case("plain", Security::LoopbackOnly, "full@holder.example", "message 5.2.2"),
    case("plain", Security::LoopbackOnly, "denied@holder.example", "relay 5.7.1"),
    case("plain", Security::LoopbackOnly, "disliked@holder.example", "message 5.6.0"),
    case("plain", Security::LoopbackOnly, "cut-rcpt@holder.example", "unreachable unreachable"),
    case("plain", Security::LoopbackOnly, "cut-data@holder.example", "unsure unsure"),
    case("plain", Security::StartTls, "ada@holder.example", "tls tls"),
    case("plain", Security::Implicit, "ada@holder.example", "tls tls"),
    case("starttls-open", Security::StartTls, "ada@holder.example", TAKEN),
    case("starttls-open", Security::LoopbackOnly, "ada@holder.example", "relay 530"),
    Case { is_trusted: false, ..case("starttls-open", Security::StartTls, "ada@holder.example", "tls tls") },
    Case { password: Some("right"), ..case("starttls", Security::StartTls, "ada@holder.example", TAKEN) },
    Case { password: Some("wrong"), ..case("starttls", Security::StartTls, "ada@holder.example", "login 5.7.8") },
    case("starttls", Security::StartTls, "ada@holder.example", "relay 5.7.0"),
    case("implicit", Security::Implicit, "ada@holder.example", TAKEN),
    Case { is_trusted: false, ..case("implicit", Security::Implicit, "ada@holder.example", "tls tls") },
];

fn judged() -> Outcome<usize> {
    let [python, script, folder] =
        <[String; 3]>::try_from(std::env::args().skip(1).collect::<Vec<_>>()).map_err(|_| "PYTHON SCRIPT FOLDER")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let authority = certificates(folder)?;
    let mut servers = Servers::start(&python, &script, folder)?;
    let mut taken = 0;
    for case in CASES {
        let port = servers.ports[case.server].as_u64().and_then(|port| u16::try_from(port).ok()).ok_or("no port")?;
        let relay = Relay::new(RelaySettings {
            host: "localhost".to_owned(),
            port,
            security: case.security,
            trust: if case.is_trusted { Trust::PrivateCa(authority.clone().into_bytes()) } else { Trust::PublicRoots },
            login: case.password.map(|password| Login { user: "namekeep".to_owned(), password: Secret::new(password) }),
            hello: "registrar.example".to_owned(),
        })?;
        let to = Email::parse(case.to)?;
        let became = said(relay.submit(&Letter { return_path: RETURN_PATH, to: &to, copy: None, text: TEXT }));
        println!("{} to {}: {became}", case.server, case.to);
        if became != case.becomes {
            return Err(format!("{} to {}: {became}, expected {}", case.server, case.to, case.becomes).into());
        }
        let arrived = servers.arrived()?;
        taken += usize::from(became == TAKEN);
        if arrived.len() != taken {
            return Err(format!("{} messages arrived, expected {taken}", arrived.len()).into());
        }
        if became == TAKEN {
            compare(case, arrived.last().ok_or("nothing arrived")?)?;
        }
        relay.hang_up();
    }
    Ok(CASES.len())
}

fn compare(case: &Case, arrived: &Value) -> Outcome<()> {
    let expected = serde_json::json!({
        "server": case.server, "from": RETURN_PATH, "to": [case.to], "tls": case.security != Security::LoopbackOnly,
        "user": case.password.map(|_| "namekeep"), "text": TEXT,
    });
    if *arrived == expected { Ok(()) } else { Err(format!("arrived as {arrived}, expected {expected}").into()) }
}

fn said(submission: Submission) -> String {
    match submission {
        Submission::Accepted { reply, .. } => format!("accepted {reply} as {}", reply.queue_id().unwrap_or("-")),
        Submission::Refused(reply) => format!("refused {reply}"),
        Submission::TryAgain(obstacle) => format!("{} {}", obstacle.kind.word(), obstacle.reason()),
    }
}

/// The servers of the script, ended with this.
struct Servers {
    child: Child,
    output: BufReader<ChildStdout>,
    ports: Value,
}

impl Servers {
    fn start(python: &str, script: &str, folder: &Path) -> Outcome<Self> {
        let mut child = Command::new(python)
            .arg(script)
            .arg("--cert")
            .arg(folder.join("server.pem"))
            .arg("--key")
            .arg(folder.join("server.key"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut servers = Self { child, output, ports: Value::Null };
        servers.ports = servers.line()?;
        Ok(servers)
    }

    fn line(&mut self) -> Outcome<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Every message that arrived so far.
    fn arrived(&mut self) -> Outcome<Vec<Value>> {
        self.child.stdin.as_mut().ok_or("no input")?.write_all(b"\n")?;
        match self.line()? {
            Value::Array(arrived) => Ok(arrived),
            other => Err(format!("not a list: {other}").into()),
        }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // Ended already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority and the certificate of `localhost` by it; gives the authority's as PEM.
fn certificates(folder: &Path) -> Outcome<String> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate()?;
    let server = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    std::fs::write(folder.join("server.pem"), server.pem())?;
    std::fs::write(folder.join("server.key"), key.serialize_pem())?;
    Ok(certificate.pem())
}
