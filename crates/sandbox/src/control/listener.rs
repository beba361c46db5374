//! The side of the control face that carries requests out.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{RegistryId, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{Answer, MAX_LINE_BYTES, Request, seconds, socket_path};
use crate::clock::VirtualClock;
use crate::server::Shared;
use crate::world::{WorldError, write_zones};

/// What requests act on.
#[derive(Clone)]
struct Desk {
    dir: PathBuf,
    clock: VirtualClock,
    registries: Vec<Arc<Shared>>,
}

/// Opens the socket for the owner only and serves it.
pub(crate) fn listen(dir: &Path, clock: VirtualClock, registries: Vec<Arc<Shared>>) -> Result<JoinHandle<()>, WorldError> {
    let path = socket_path(dir);
    let failed = |source: io::Error| WorldError::File { path: path.clone(), source };
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(failed(source)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let desk = Desk { dir: dir.to_owned(), clock, registries };
    Ok(tokio::spawn(accept(listener, desk)))
}

async fn accept(listener: UnixListener, desk: Desk) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let desk = desk.clone();
                    clients.spawn(async move {
                        if let Err(error) = serve(stream, desk).await {
                            tracing::debug!(%error, "control client left");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a control client could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
            Some(_) = clients.join_next() => {}
        }
    }
}

async fn serve(stream: UnixStream, desk: Desk) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let read = (&mut reader).take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(());
        }
        let desk = desk.clone();
        // A large dump must not hold up the servers' own tasks.
        let answer = tokio::task::spawn_blocking(move || desk.answer_line(&line)).await.map_err(io::Error::other)?;
        write.write_all(&answer).await?;
    }
}

impl Desk {
    fn answer_line(&self, line: &[u8]) -> Vec<u8> {
        let answer = match serde_json::from_slice::<Request>(line) {
            Ok(request) => self.answer(request),
            Err(error) => refused(format!("the request is not understood: {error}")),
        };
        let mut text = serde_json::to_vec(&answer).unwrap_or_default();
        text.push(b'\n');
        text
    }

    fn answer(&self, request: Request) -> Answer {
        match request {
            Request::Clock => self.clock_answer(self.clock.now()),
            Request::Advance { seconds: by } => self.moved(self.clock.advance(seconds(by))),
            Request::SetClock { to } => self.moved(self.clock.set(to)),
            Request::Faults { registry, plan } => self.plan_faults(registry.as_ref(), plan),
            Request::State { registry } => self.with(&registry, |shared| Answer::State { state: Box::new(shared.registry().0.state()) }),
            Request::Ledger { registry, after } => self.with(&registry, |shared| {
                let entries = shared.registry().0.ledger().iter().filter(|entry| entry.seq > after).cloned().collect();
                Answer::Ledger { entries }
            }),
            Request::Administer { registry, order } => self.with(&registry, |shared| {
                let (mut registry, now) = shared.registry();
                match registry.administer(&order, now, &mut *shared.entropy()) {
                    Ok(()) => Answer::Done,
                    Err(error) => refused(error.to_string()),
                }
            }),
            Request::WriteZones => match write_zones(&self.dir, &self.registries) {
                Ok(count) => Answer::Zones { count },
                Err(error) => refused(error.to_string()),
            },
        }
    }

    fn clock_answer(&self, now: Timestamp) -> Answer {
        Answer::Clock { now, is_running: self.clock.is_running() }
    }

    /// After the clock moved every registry catches up at once, so that poll messages are there to be read.
    fn moved(&self, moved: Result<Timestamp, crate::clock::ClockError>) -> Answer {
        match moved {
            Ok(now) => {
                for shared in &self.registries {
                    drop(shared.registry());
                }
                self.clock_answer(now)
            }
            Err(error) => refused(error.to_string()),
        }
    }

    fn plan_faults(&self, registry: Option<&RegistryId>, plan: crate::faults::FaultPlan) -> Answer {
        let plan = Some(plan).filter(|plan| !plan.rules.is_empty());
        match registry {
            Some(id) => self.with(id, |shared| {
                shared.set_faults(plan);
                Answer::Done
            }),
            None => {
                for shared in &self.registries {
                    shared.set_faults(plan.clone());
                }
                Answer::Done
            }
        }
    }

    fn with(&self, id: &RegistryId, act: impl FnOnce(&Shared) -> Answer) -> Answer {
        match self.registries.iter().find(|shared| shared.registry().0.id() == id) {
            Some(shared) => act(shared),
            None => {
                let known: Vec<String> = self.registries.iter().map(|shared| shared.registry().0.id().to_string()).collect();
                refused(format!("there is no registry `{id}` here; there are {}", known.join(", ")))
            }
        }
    }
}

fn refused(message: String) -> Answer {
    Answer::Refused { message }
}
