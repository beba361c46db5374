//! The scene of a drill that must not touch a real registrar: two registries in this process, an instance in a folder, and the real program
//! that serves it, as a process that can be killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use escrow::openpgp::Form;
use model::{RegistrarHandle, RegistryId};
use sandbox::{LedgerEntry, RunningWorld, VirtualClock, World, WorldSetup};
use store::settings::InstanceKind;

use super::broken;
use crate::argument;
use crate::demo::{Accounts, configuration, started};
use crate::failure::Failure;
use crate::run::escrow::new_key;
use crate::run::init;
use crate::shipped::shipped_profiles;

/// Our account at both registries.
pub const OURS: &str = "NAMEKEEP";

/// The name of the instance.
const NAME: &str = "registrar.example";

/// How the rehearsal's instance is backed up and deposited.
const BACKUP: &str = "\n[backup]\nfolder = \"../backup\"\nkey = \"keys/backup.key\"\nrecipients = [\"keys/drill.key.cert\"]\ndrill_key = \"keys/drill.key\"\n\n\
    [escrow]\niana_id = 9999\nkey = \"keys/backup.key\"\nrecipients = [\"keys/drill.key.cert\"]\n";

/// The longest the program may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Two registries and the folder of an instance.
pub struct Rehearsal {
    /// The instance's folder.
    pub instance: PathBuf,
    world: RunningWorld,
}

impl Rehearsal {
    /// Starts the registries and makes the instance below `folder`, with its backups beside it.
    ///
    /// # Errors
    /// [`Failure`] if a folder holds something already or a port cannot be had.
    pub async fn set(folder: &Path) -> Result<Self, Failure> {
        let profiles = shipped_profiles()?;
        let us: RegistrarHandle = argument::parse("account", OURS)?;
        let setup = WorldSetup::new(profiles.iter().map(|(profile, _)| profile.clone()).collect(), vec![us], VirtualClock::real());
        let sandbox = folder.join("sandbox");
        let world = World::start(&sandbox, setup).await.map_err(|error| broken(&error))?;
        let registries = started(&world, profiles)?;
        let instance = folder.join("registrar");
        let mut text = configuration(NAME, &Accounts { sandbox: &sandbox, handle: OURS, registries: &registries })?;
        text.push_str(BACKUP);
        let fresh = init::make(&instance, &text, InstanceKind::Rehearsal)?;
        for (profile, text, _) in &registries {
            let path = instance.join("registries").join(format!("{}.toml", profile.id));
            std::fs::write(&path, text).map_err(|error| Failure::file(&path, "write the profile", &error))?;
        }
        for name in ["backup", "drill"] {
            new_key(&instance.join(format!("keys/{name}.key")), Form::V6.word(), "Rehearsal")?;
        }
        fresh.enrol("drill")?;
        Ok(Self { instance, world })
    }

    /// What each registry did, by its own book.
    ///
    /// # Errors
    /// [`Failure`] if a registry is gone.
    pub fn ledgers(&self) -> Result<Vec<(RegistryId, Vec<LedgerEntry>)>, Failure> {
        let registries = self.world.ready().registries.iter().map(|ready| {
            let ledger = self.world.look(&ready.id, |registry| registry.ledger().to_vec());
            ledger.map(|ledger| (ready.id.clone(), ledger)).ok_or_else(|| broken(&"a registry is gone"))
        });
        registries.collect()
    }
}

/// The program at work. Killed when this goes, as a machine is whose power fails.
pub struct Serving {
    child: Child,
    /// How long it took until it served.
    pub started_in: Duration,
}

impl Serving {
    /// Starts the program on an instance and waits until it serves.
    ///
    /// # Errors
    /// [`Failure`] with its last words if it ends, or takes too long.
    pub fn start(instance: &Path) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(|error| broken(&error))?;
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.arg("--dir").arg(instance).arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| broken(&error))?;
        let said = child.stderr.take().ok_or_else(|| broken(&"the program has no output"))?;
        let (tell, told) = std::sync::mpsc::channel();
        // Reads on until the program ends: a full pipe would stop it.
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                // Nobody listens any more once it serves.
                drop(tell.send(line));
            }
        });
        let mut serving = Self { child, started_in: Duration::ZERO };
        let mut last = String::new();
        loop {
            match told.recv_timeout(START_LIMIT.saturating_sub(begun.elapsed())) {
                Ok(line) if line.starts_with("namekeep serves") => break,
                Ok(line) => last = line,
                Err(_) => return Err(broken(&format!("the program did not serve: {last}"))),
            }
        }
        serving.started_in = begun.elapsed();
        Ok(serving)
    }

    /// Kills it without a warning.
    ///
    /// # Errors
    /// [`Failure`] if the system does not.
    pub fn kill(mut self) -> Result<(), Failure> {
        self.child.kill().and_then(|()| self.child.wait()).map(drop).map_err(|error| broken(&error))
    }

    /// Runs `work` while the program stands still, wherever it was.
    ///
    /// # Errors
    /// What `work` answers, or a [`Failure`] if the system does not stop it.
    pub fn while_stopped<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        self.signal(rustix::process::Signal::STOP)?;
        let done = work();
        self.signal(rustix::process::Signal::CONT)?;
        done
    }

    fn signal(&self, signal: rustix::process::Signal) -> Result<(), Failure> {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let pid = pid.ok_or_else(|| broken(&"the program has no number"))?;
        rustix::process::kill_process(pid, signal).map_err(|error| broken(&error))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Gone already is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
