//! The directory, judged by ICANN's own tester: `rdap-test` visits the real program over TLS, on both IP versions, for a name of each kind.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command_line::{CommandLine, Failure, end, open_log};
use crate::room::{Room, empty_dir};
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// The host that the example's certificate is made out to.
const HOST: &str = "rdap.registrar.test";

/// A name that the directory does not know, and one with a U-label as it is asked.
const FURTHER: [&str; 2] = ["unknown-name.com", "b%C3%BCcher-name.com"];

/// The longest the directory may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Has every name visited.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let repeat = "cargo xtask test --only rdap".to_owned();
    let log = room.log(step.name);
    let prepared = Visited::start(room, &log);
    let visited = prepared.map_err(|error| Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(log.clone()) }))?;
    let mut passed = Passed::default();
    for name in &visited.names {
        visited.visit(name).run_logged(room.root(), &log, step.pace.limit())?;
        passed.checks += 1;
    }
    Ok(passed)
}

/// A directory that serves until this is dropped, and the resolver that says where.
struct Visited {
    child: Child,
    https_port: u16,
    resolver: Resolver,
    names: Vec<String>,
}

impl Visited {
    fn start(room: &Room, log: &Path) -> Result<Self> {
        let folder = room.work_dir().join("rdap");
        empty_dir(&folder)?;
        let ports = free_ports().context("no ports are free")?;
        let [https, http, whois] = ports;
        let words =
            ["cargo", "run", "--locked", "--quiet", "--package", "directory", "--all-features", "--example", "names_to_judge", "--"];
        let line = CommandLine::new(words).args([folder.display().to_string()]).args(ports.map(|port| port.to_string()));
        let mut names: Vec<String> =
            line.probe(room.root()).with_context(|| format!("`{line}` fails"))?.lines().map(str::to_owned).collect();
        names.retain(|name| name.is_ascii());
        names.extend(FURTHER.map(str::to_owned));
        let serve = CommandLine::new([NAMEKEEP, "directory", "serve"]).args([folder.join("directory.toml").display().to_string()]);
        let (output, resolver) = (open_log(log)?, Resolver::start()?);
        let errors = output.try_clone()?;
        let child = serve.command(room.root()).stdout(output).stderr(errors).spawn();
        let mut visited =
            Self { child: child.with_context(|| format!("`{serve}` cannot be started"))?, https_port: https, resolver, names };
        visited.wait_until_it_serves([https, http, whois])?;
        Ok(visited)
    }

    fn wait_until_it_serves(&mut self, ports: [u16; 3]) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the directory ended with {status}");
            }
            if ports.iter().all(|port| TcpStream::connect((Ipv6Addr::LOCALHOST, *port)).is_ok()) {
                return Ok(());
            }
            std::thread::sleep(GLANCE);
        }
        bail!("the directory does not serve within {} s", START_LIMIT.as_secs())
    }

    /// The tester ends with 0 where it finds nothing, with 3 where it does.
    fn visit(&self, name: &str) -> CommandLine {
        let resolver = self.resolver.address.to_string();
        let url = format!("https://{HOST}:{}/domain/{name}", self.https_port);
        let line = CommandLine::new(["rdap-test", "--allow-invalid-certificates", "--dns-resolver"]).args([resolver, url]);
        line.args(["-g", "gtld", "-C", "std95-error", "-C", "std95-warn", "-C", "gtld-profile-error", "-O", "json"])
    }
}

impl Drop for Visited {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ports that are free on both IP versions. Another program could take one before it is used; then the step fails and says so.
fn free_ports() -> io::Result<[u16; 3]> {
    let held = [(); 3].map(|()| {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = v4.local_addr()?.port();
        TcpListener::bind((Ipv6Addr::LOCALHOST, port)).map(|v6| (port, v4, v6))
    });
    let [first, second, third] = held;
    Ok([first?.0, second?.0, third?.0])
}

/// A resolver that has one answer for every name: this machine.
struct Resolver {
    address: SocketAddr,
    has_ended: Arc<AtomicBool>,
}

impl Resolver {
    fn start() -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(200)))?;
        let (address, has_ended) = (socket.local_addr()?, Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&has_ended);
        std::thread::spawn(move || {
            let mut question = [0; 1500];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut question) else { continue };
                if let Some(answer) = answer(&question[..length]) {
                    // Who does not get it asks again.
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Ok(Self { address, has_ended })
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }
}

/// The answer to a question of one name (RFC 1035 section 4.1): A and AAAA of this machine, nothing of any other type.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let (header, mut rest) = question.split_at_checked(HEADER)?;
    while let Some((&length, tail)) = rest.split_first().filter(|(length, _)| **length != 0) {
        rest = tail.get(usize::from(length)..)?;
    }
    // The root, the type, the class.
    let asked = question.get(HEADER..question.len() - rest.len() + 5)?;
    let data: &[u8] = match rest.get(1..3)? {
        [0, 1] => &Ipv4Addr::LOCALHOST.octets(),
        [0, 28] => &Ipv6Addr::LOCALHOST.octets(),
        _ => &[],
    };
    let answers = u8::from(!data.is_empty());
    // An answer, recursion wanted and had; one question; as many answers.
    let mut out = [&header[..2], &[0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0], asked].concat();
    if answers > 0 {
        // The name of the question, its type and class, a minute, the length.
        out.extend_from_slice(&[0xc0, 12]);
        out.extend_from_slice(&asked[asked.len() - 4..]);
        out.extend_from_slice(&[0, 0, 0, 60, 0, u8::try_from(data.len()).ok()?]);
        out.extend_from_slice(data);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: u8) -> Vec<u8> {
        [&[7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"\x04rdap\x04test\0", &[0, kind, 0, 1]].concat()
    }

    #[test]
    fn the_resolver_knows_this_machine_alone() {
        let a = answer(&question(1)).unwrap();
        assert_eq!((&a[..12], &a[a.len() - 4..]), (&[7, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0][..], &[127, 0, 0, 1][..]));
        assert_eq!(answer(&question(28)).unwrap().last(), Some(&1));
        assert_eq!(answer(&question(16)).unwrap()[6..8], [0, 0]);
        assert_eq!(answer(&question(1)[..20]), None);
    }
}
