//! Deposits, judged from outside: sent to OpenSSH's server, opened by Sequoia (version 6) and GnuPG (version 4), hashed by sha256sum, read
//! by a script that shares no code with what made them; then held against the database by the program itself. What is damaged on its way
//! is refused by all of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::command_line::{CommandLine, Failure};
use crate::escrow_agent::{EscrowAgent, INCOMING, USER, make_ssh_key};
use crate::full_disk::{RECOVERY_LIMIT, ROOMY, SmallDisk, full_database};
use crate::house::House;
use crate::install::is_root;
use crate::room::{Room, empty_dir};
use crate::running_sandbox::RunningSandbox;
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};
use crate::wait::wait_for;

/// The registry whose names are deposited.
const REGISTRY: &str = "alpha";

/// Our number at IANA: for tests.
const IANA_ID: &str = "9999";

/// Holders, with what a cell may hold.
const HOLDERS: [(&str, &str); 3] = [
    ("Zoe \\\"Zed\\\" O'Neill", "1, Rue de l'Eglise; bat. \\\"B\\\""),
    ("Backslash \\\\\\\" Quote, Jr.", "2 Example Street"),
    ("Plain Name", "Weg 3 & Gasse 4"),
];

/// The beginning of a run of tests of the product. They share the build of the step `tests`.
const NEXTEST: &[&str] = &["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-tests", "fail"];

/// The tests that plant faults.
const PLANT: &[&str] = &["-E", "package(escrow) & test(/^verify::/)"];

/// The test of a place for backups that needs this server.
const PLACE: &[&str] = &["--run-ignored", "only", "-E", "package(backup) & test(a_host_is_a_place)"];

/// The longest that they may take.
const PLANT_LIMIT: Duration = Duration::from_secs(15 * 60);

/// Runs that are killed, each a step later than the one before.
const KILLS: u32 = 12;

/// Names of each holder.
const NAMES: usize = 4;

/// Where an instance writes its deposits.
const DEPOSITS: &str = "deposits";

/// The size of a disk that holds one page.
const FULL: &str = "4k";

/// The longest that the public records may take to follow the ledger.
const PUBLISHED_LIMIT: Duration = Duration::from_secs(300);

/// Names of the large deposit, ordered from registries one by one.
const MANY: usize = 100_000;

/// The step `escrow`.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    run(room, step, all)
}

/// The step `escrow-long`: the same judges on a deposit of many names.
pub fn judge_long(room: &Room, step: &Step) -> Result<Passed, Failed> {
    run(room, step, many)
}

fn run(room: &Room, step: &Step, work: impl FnOnce(&Room, &Path, &Step) -> Result<usize>) -> Result<Passed, Failed> {
    let broken = |error: anyhow::Error| {
        let repeat = format!("cargo xtask test --only release --only {}", step.name);
        Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(room.log(step.name)) })
    };
    let mut passed = Passed::default();
    if !is_root() {
        passed.left_out.push("escrow: an SFTP server that shuts its user in is started by root alone".to_owned());
        return Ok(passed);
    }
    let folder = room.work_dir().join(step.name);
    empty_dir(&folder).map_err(broken)?;
    passed.checks = work(room, &folder, step).map_err(broken)?;
    passed.notes.push("Sequoia, GnuPG, sha256sum and the script content".to_owned());
    Ok(passed)
}

fn all(room: &Room, folder: &Path, step: &Step) -> Result<usize> {
    let log = &room.log(step.name);
    let planted = planted_faults(room, folder)?;
    let sandbox = RunningSandbox::start(room, &folder.join("sandbox"), log)?;
    let house = House::make(room, &folder.join("registrar"), &sandbox, REGISTRY)?;
    let mut serving = house.serve(log, "")?;
    register(&house)?;
    wait_until_published(&house, HOLDERS.len() * NAMES)?;
    serving.end();

    let ssh = house.folder.join("keys/escrow-ssh");
    make_ssh_key(&ssh)?;
    let agent = EscrowAgent::start(&fs::read_to_string(ssh.with_extension("pub"))?, log)?;
    let streets = HOLDERS.iter().map(|(_, street)| street.replace("\\\"", "\"\"")).collect();
    let bench = Bench { room, house, agent, folder: folder.to_owned(), names: HOLDERS.len() * NAMES, tlds: &[REGISTRY], streets };
    let mut checks = planted + bench.full_disk(log)? + full_database(room, folder, &sandbox, REGISTRY, log)?;
    checks += bench.version_6()?;
    checks += bench.killed()?;
    checks += bench.version_4()?;
    checks += bench.strange_host()?;
    checks += bench.backups()?;
    Ok(checks)
}

/// Every name is ordered from a registry, confirmed by it and published, as names are.
fn many(room: &Room, folder: &Path, step: &Step) -> Result<usize> {
    let log = room.log(step.name);
    let scene = folder.join("scene").display().to_string();
    let drill = CommandLine::new([NAMEKEEP, "drill", "d0", "--keep", "--kills", "0", "--cuts", "0", "--folder", scene.as_str()]);
    let drill = drill.args(["--names".to_owned(), MANY.to_string()]);
    drill
        .run_logged(room.root(), &log, step.pace.limit())
        .map_err(|failure| anyhow::anyhow!("the names are not there: {}", failure.why))?;
    let house = House::found(room, &folder.join("scene/registrar"), "\n[escrow]\n")?;
    house.configure("")?;
    let mut serving = house.serve(&log, "")?;
    wait_until_published(&house, MANY)?;
    serving.end();
    let ssh = house.folder.join("keys/escrow-ssh");
    make_ssh_key(&ssh)?;
    let agent = EscrowAgent::start(&fs::read_to_string(ssh.with_extension("pub"))?, &log)?;
    let bench = Bench { room, house, agent, folder: folder.to_owned(), names: MANY, tlds: &["alpha", "minimal"], streets: Vec::new() };
    Ok(bench.version_6()? + bench.version_4()?)
}

/// The script is judged first: a judge that sees no fault would let every deposit pass. It reads every deposit that the tests of our own
/// reader plant a fault in, and some of its own; gives how many faults it named.
fn planted_faults(room: &Room, folder: &Path) -> Result<usize> {
    let planted = folder.join("planted");
    fs::create_dir_all(&planted)?;
    let plant = CommandLine::new(NEXTEST.iter().chain(PLANT).copied()).env("NAMEKEEP_PLANTED", planted.display().to_string());
    plant
        .run_logged(room.root(), &room.log("escrow-planted"), PLANT_LIMIT)
        .map_err(|failure| anyhow::anyhow!("the tests that plant faults fail: {}", failure.why))?;
    script(room, &["tests/judges/escrow_check_test.py"])?;
    let said = script(room, &["tests/judges/escrow_planted.py", &planted.display().to_string()])?;
    let faults =
        said.split_whitespace().skip_while(|word| *word != "faults").nth(1).and_then(|word| word.trim_end_matches(',').parse().ok());
    faults.context("the script does not say how many faults it named")
}

fn script(room: &Room, words: &[&str]) -> Result<String> {
    let python = room.judge_python().display().to_string();
    let line = CommandLine::new([python.as_str()]).args(words.iter().copied());
    let output = line.command(room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "the script misses a planted fault: {said}");
    Ok(said)
}

fn register(house: &House<'_>) -> Result<()> {
    for (number, (name, street)) in HOLDERS.iter().enumerate() {
        let file = house.folder.join("holder.toml");
        fs::write(
            &file,
            format!(
                "kind = \"natural\"\nname = \"{name}\"\nemail = \"holder{number}@holder.example\"\nphone = {{ number = \"+44.207946012{number}\" }}\n\n\
                 [address]\nstreet = [\"{street}\"]\ncity = \"London\"\npostcode = \"EC1A 1BB\"\ncountry = \"GB\"\n"
            ),
        )?;
        let holder = house.says(&["contact", "save", &file.display().to_string()])?;
        house.says(&["contact", "verify", &holder, "--evidence", "testing"])?;
        for place in 0..NAMES {
            let name = format!("deposited-{number}-{place}.alpha");
            let order = ["domain", "register", &name, "--registrant", &holder, "--admin", &holder, "--tech", &holder];
            house.says(&[&order[..], &["--ns", "ns1.provider.example", "--ns", "ns2.provider.example"]].concat())?;
        }
    }
    Ok(())
}

/// The public records follow the ledger: a moment.
fn wait_until_published(house: &House<'_>, names: usize) -> Result<()> {
    let feed = house.folder.join("feed");
    let length =
        || fs::read_dir(&feed).into_iter().flatten().flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum();
    let wanted = (names * 100) as u64;
    wait_for("the public records", PUBLISHED_LIMIT, || Some(length()).filter(|length: &u64| *length > wanted))?;
    std::thread::sleep(Duration::from_secs(2));
    Ok(())
}

/// An instance, an agent, and the judges.
struct Bench<'r> {
    room: &'r Room,
    house: House<'r>,
    agent: EscrowAgent,
    folder: PathBuf,
    /// How many names are deposited.
    names: usize,
    /// Below which top-level domains.
    tlds: &'static [&'static str],
    /// Cells that have to come back, as CSV writes them.
    streets: Vec<String>,
}

/// Keys of one form.
struct Keys {
    /// Of the agent: a file with the secret half that our own reader can use.
    agent: PathBuf,
    /// How the script is told of the keys.
    words: Vec<String>,
}

impl Bench<'_> {
    /// The disk that deposits are written to is full: an alarm says so, nothing that looks like a deposit leaves, and once there is room the
    /// deposit goes without a hand.
    fn full_disk(&self, log: &Path) -> Result<usize> {
        let disk = SmallDisk::mount(self.room, &self.house.folder.join(DEPOSITS), FULL)?;
        let agent = self.folder.join("agent-full-disk.asc");
        for key in [&self.house.folder.join("keys/escrow-full-disk.asc"), &agent] {
            self.house.says(&["escrow", "keys", "new", &key.display().to_string()])?;
        }
        let section = self.section("keys/escrow-full-disk.asc", &certificate(&agent), &self.agent.host_key()?, "2024");
        let mut serving = self.house.serve(log, &section)?;
        let alarms = || self.house.doctor().ok();
        let alarm = wait_for("an alarm of the full disk", RECOVERY_LIMIT, || alarms().filter(|said| said.contains("deposit-failed")))?;
        ensure!(alarm.contains("No space left on device"), "the alarm does not say what is wrong: {alarm}");
        ensure!(fs::read_dir(self.agent.incoming())?.next().is_none(), "something was sent from a full disk");
        disk.grow(ROOMY)?;
        wait_for("the deposit to arrive", RECOVERY_LIMIT, || fs::read_dir(self.agent.incoming()).ok()?.next().map(drop))?;
        wait_for("the alarm to go", RECOVERY_LIMIT, || alarms().filter(|said| !said.contains("deposit-failed")))?;
        serving.end();
        Ok(4)
    }

    fn version_6(&self) -> Result<usize> {
        let (ours, agent) = (self.house.folder.join("keys/escrow.asc"), self.folder.join("agent-v6.asc"));
        for key in [&ours, &agent] {
            self.house.says(&["escrow", "keys", "new", &key.display().to_string()])?;
        }
        self.configure("keys/escrow.asc", &certificate(&agent), &self.agent.host_key()?, "2024")?;
        let words = ["--key", &agent.display().to_string(), "--certificate", &certificate(&ours)].map(str::to_owned).to_vec();
        let keys = Keys { agent, words };
        let mut checks = self.round(&keys)?;
        self.configure("keys/escrow.asc", &certificate(&keys.agent), &self.agent.host_key()?, "2007")?;
        checks += self.round(&keys)?;
        Ok(checks)
    }

    fn version_4(&self) -> Result<usize> {
        let ours = self.house.folder.join("keys/escrow-v4.asc");
        self.house.says(&["escrow", "keys", "new", "--form", "v4", &ours.display().to_string()])?;
        // The agent's key is GnuPG's own.
        let home = self.folder.join("gnupg");
        fs::create_dir_all(&home)?;
        set_private(&home)?;
        let home = home.display().to_string();
        let gpg = |words: &[&str]| {
            let line = CommandLine::new([
                "gpg",
                "--homedir",
                home.as_str(),
                "--batch",
                "--quiet",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "",
            ]);
            let line = line.args(words.iter().copied());
            line.probe(self.room.root()).with_context(|| format!("`{line}` fails"))
        };
        gpg(&["--quick-generate-key", "Agent <agent@escrow.example>", "rsa3072", "sign,cert", "never"])?;
        let agent_key = fingerprint(&gpg(&["--with-colons", "--list-keys"])?)?;
        gpg(&["--quick-add-key", &agent_key, "rsa3072", "encrypt", "never"])?;
        let (agent, agent_certificate) = (self.folder.join("agent-v4.asc"), self.folder.join("agent-v4.asc.cert"));
        gpg(&["--armor", "--output", &agent.display().to_string(), "--export-secret-keys", "agent@escrow.example"])?;
        gpg(&["--armor", "--output", &agent_certificate.display().to_string(), "--export", "agent@escrow.example"])?;
        set_private(&agent)?;
        gpg(&["--import", &certificate(&ours)])?;
        let signer = fingerprint(&gpg(&["--with-colons", "--show-keys", &certificate(&ours)])?)?;
        self.configure("keys/escrow-v4.asc", &certificate(&agent), &self.agent.host_key()?, "2024")?;
        let words = vec!["--gpg-home".to_owned(), home.clone(), "--signer".to_owned(), signer];
        self.round(&Keys { agent, words })
    }

    /// Writes and sends a deposit, has everybody read it, damages it, and has everybody refuse it.
    fn round(&self, keys: &Keys) -> Result<usize> {
        self.agent.clear()?;
        self.house.says(&["escrow", "keys", "show"])?;
        let said = self.house.says(&["escrow", "run"])?;
        ensure!(said.contains("sent     yes"), "`escrow run` says: {said}");
        let (incoming, wanted) = (self.agent.incoming(), self.names);
        let plain = self.folder.join("plain");
        empty_dir(&plain)?;
        let (is_right, script) = self.script(keys, &["--plain", &plain.display().to_string()])?;
        ensure!(is_right && script.contains(&format!("names {wanted}")), "the script says: {script}");
        let hash = fs::read_dir(&plain)?.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with("hash.txt"));
        let hash = hash.context("no file of hashes")?.display().to_string();
        let line = CommandLine::new(["sha256sum", "--check", "--strict", hash.as_str()]);
        let summed = line.command(&plain).output()?;
        ensure!(summed.status.success(), "sha256sum says: {}", String::from_utf8_lossy(&summed.stdout));
        for street in &self.streets {
            ensure!(has_text(&plain, street)?, "`{street}` did not come back byte for byte");
        }
        let arrived = incoming.display().to_string();
        let key = keys.agent.display().to_string();
        for command in ["verify", "diff"] {
            self.house.says(&["escrow", command, &arrived, "--key", &key])?;
        }
        self.damaged(keys, &incoming, &arrived, &key)?;
        Ok(7)
    }

    fn damaged(&self, keys: &Keys, incoming: &Path, arrived: &str, key: &str) -> Result<()> {
        let sealed = fs::read_dir(incoming)?.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with(".gpg"));
        let sealed = sealed.context("no sealed file")?;
        let mut bytes = fs::read(&sealed)?;
        let middle = bytes.len() - 40;
        bytes[middle] ^= 1;
        fs::write(&sealed, bytes)?;
        let (is_right, script) = self.script(keys, &[])?;
        ensure!(!is_right && script.contains("seal\t"), "the script believes a file with a flipped bit: {script}");
        let verified = self.house.tries(&["escrow", "verify", arrived, "--key", key])?;
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        ensure!(verified.status.code() == Some(7) && said.contains("pgp.damaged"), "`escrow verify` believes a flipped bit: {said}");
        Ok(())
    }

    /// Whatever moment `escrow run` is killed at, what lies at the agent's under a file's own name is whole, and the next run goes through and
    /// clears up.
    fn killed(&self) -> Result<usize> {
        let agent_key = self.folder.join("agent-v6.asc");
        let ours = certificate(&self.house.folder.join("keys/escrow.asc"));
        let words = ["--key", &agent_key.display().to_string(), "--certificate", &ours].map(str::to_owned).to_vec();
        let keys = Keys { agent: agent_key.clone(), words };
        self.configure("keys/escrow.asc", &certificate(&agent_key), &self.agent.host_key()?, "2024")?;
        self.agent.clear()?;
        // A run that is left alone says how long one takes.
        let start = Instant::now();
        self.house.says(&["escrow", "run"])?;
        let whole = start.elapsed();
        for turn in 1..=KILLS {
            let line = self.house.line().args(["escrow", "run"]);
            let mut child = line.command(self.house.root()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            std::thread::sleep(whole * turn / KILLS);
            child.kill()?;
            child.wait()?;
            let (_, said) = self.script(&keys, &[])?;
            // A deposit of which a file is missing yet is one thing; a file that is not what its name says is another.
            let is_whole = !["seal\t", "gzip\t", "csv\t", "signer\t"].iter().any(|word| said.contains(word));
            ensure!(is_whole, "killed after {turn}/{KILLS} of a run, a file at the agent's is not whole: {said}");
        }
        self.house.says(&["escrow", "run"])?;
        let (is_right, said) = self.script(&keys, &[])?;
        ensure!(is_right, "after the last run the script says: {said}");
        Ok(usize::try_from(KILLS).unwrap_or_default() + 1)
    }

    /// A host with another key gets nothing.
    fn strange_host(&self) -> Result<usize> {
        self.agent.clear()?;
        let stranger = self.folder.join("stranger");
        make_ssh_key(&stranger)?;
        let key = fs::read_to_string(stranger.with_extension("pub"))?;
        let key = key.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        self.configure("keys/escrow.asc", &certificate(&self.folder.join("agent-v6.asc")), &key, "2024")?;
        let run = self.house.tries(&["escrow", "run"])?;
        let duties = self.house.tries(&["duties"])?;
        ensure!(String::from_utf8_lossy(&duties.stdout).contains("ESC-1"), "`duties` says nothing of deposits");
        ensure!(run.status.code() == Some(5), "`escrow run` ends with {} where the host shows another key", run.status);
        let status = self.house.tries(&["escrow", "status"])?;
        let said = String::from_utf8_lossy(&status.stdout).into_owned();
        ensure!(said.replace('\n', " ").contains("not pinned") || said.contains("pinned"), "`escrow status` says: {said}");
        ensure!(fs::read_dir(self.agent.incoming())?.next().is_none(), "something was sent to a host that nobody knows");
        // The host shows its own key again, and the deposit that waited goes.
        self.configure("keys/escrow.asc", &certificate(&self.folder.join("agent-v6.asc")), &self.agent.host_key()?, "2024")?;
        self.house.says(&["escrow", "run"])?;
        ensure!(fs::read_dir(self.agent.incoming())?.next().is_some(), "nothing arrived after the key was right again");
        Ok(2)
    }

    /// The same server as a place for backups: it keeps what it took, a flipped bit there is named, and the instance comes back from it.
    fn backups(&self) -> Result<usize> {
        self.agent.clear()?;
        let (ssh, host_key) = (self.house.folder.join("keys/escrow-ssh").display().to_string(), self.agent.host_key()?);
        let said = format!("{} {USER} {INCOMING} {ssh} {host_key}", self.agent.port);
        let rules = CommandLine::new(NEXTEST.iter().chain(PLACE).copied()).env("NAMEKEEP_SFTP", said);
        rules
            .run_logged(self.room.root(), &self.room.log("escrow-place"), PLANT_LIMIT)
            .map_err(|failure| anyhow::anyhow!("OpenSSH's server is no place for backups: {}", failure.why))?;
        for key in ["backup", "drill"] {
            let path = self.house.folder.join(format!("keys/{key}.key")).display().to_string();
            self.house.says(&["backup", "keys", "new", &path])?;
        }
        self.house.configure(&format!(
            "\n[backup]\nkey = \"keys/backup.key\"\nrecipients = [\"keys/drill.key.cert\"]\ndrill_key = \"keys/drill.key\"\n\n\
             [backup.sftp]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"{USER}\"\nkey = \"keys/escrow-ssh\"\nhost_keys = [\"{host_key}\"]\n\
             folder = \"{INCOMING}/backups\"\n",
            self.agent.port
        ))?;
        self.house.says(&["backup", "run"])?;
        self.house.says(&["backup", "check"])?;
        let backups = self.agent.incoming().join("backups");
        let generation = fs::read_dir(&backups)?.flatten().next().context("no generation lies at the host")?.path();
        let base = fs::read_dir(&generation)?.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("base-"));
        let base = base.context("no base lies at the host")?;
        let whole = fs::read(&base)?;
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs::write(&base, flipped)?;
        let checked = self.house.tries(&["backup", "check"])?;
        let said = format!("{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
        ensure!(checked.status.code() == Some(7) && said.contains("base-000001"), "`backup check` believes a flipped bit: {said}");
        fs::write(&base, whole)?;
        fs::remove_dir_all(self.house.folder.join("state"))?;
        self.house.says(&["restore"])?;
        self.house.says(&["ledger", "verify"])?;
        Ok(6)
    }

    fn script(&self, keys: &Keys, more: &[&str]) -> Result<(bool, String)> {
        let day = fs::read_dir(self.agent.incoming())?.flatten().next().context("nothing arrived")?.file_name();
        let day = day.to_string_lossy().split('_').nth(2).context("no date in the name of a file")?.to_owned();
        let (python, incoming) = (self.room.judge_python().display().to_string(), self.agent.incoming().display().to_string());
        let line = CommandLine::new([python.as_str(), "tests/judges/escrow_check.py", &incoming, "--iana", IANA_ID, "--day", &day]);
        let line = line.args(self.tlds.iter().flat_map(|tld| ["--tld", tld]));
        let line = line.args(keys.words.iter().map(String::as_str)).args(more.iter().copied());
        let output = line.command(self.room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Ok((output.status.success(), said))
    }

    fn configure(&self, key: &str, recipient: &str, host_key: &str, specification: &str) -> Result<()> {
        self.house.configure(&self.section(key, recipient, host_key, specification))
    }

    fn section(&self, key: &str, recipient: &str, host_key: &str, specification: &str) -> String {
        format!(
            "\n[escrow]\niana_id = {IANA_ID}\nspecification = \"{specification}\"\nkey = \"{key}\"\nrecipients = [\"{recipient}\"]\n\n\
             [escrow.agent]\nhost = \"127.0.0.1\"\nport = {}\nuser = \"{USER}\"\nkey = \"keys/escrow-ssh\"\nhost_keys = [\"{host_key}\"]\n\
             folder = \"{INCOMING}\"\n",
            self.agent.port
        )
    }
}

/// The first fingerprint in what `gpg --with-colons` lists.
fn fingerprint(listed: &str) -> Result<String> {
    let found = listed.lines().find_map(|line| line.strip_prefix("fpr:")).map(|rest| rest.trim_matches(':').to_owned());
    found.with_context(|| format!("no fingerprint in {listed}"))
}

fn certificate(key: &Path) -> String {
    format!("{}.cert", key.display())
}

fn set_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

/// Whether a table in a folder has this text, as CSV writes it.
fn has_text(folder: &Path, text: &str) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        if fs::read_to_string(entry?.path())?.contains(text) {
            return Ok(true);
        }
    }
    Ok(false)
}
