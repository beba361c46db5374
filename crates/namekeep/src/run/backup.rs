//! `namekeep backup ...`: what is backed up, whether it opens, and the keys.

use std::io::Read;
use std::path::{Path, PathBuf};

use ::backup::shares::{self, Share};
use ::backup::{BackupFault, GenerationId};
use escrow::openpgp::{Form, OwnKey};
use model::Timestamp;
use registrar::backup::{AskDrills, BackupStanding, DrillRecord, RunBackup, Shipper};
use serde::Serialize;

use super::restore::Source;
use super::{Ending, Session};
use crate::argument;
use crate::backup_config::{order, section, standing_file};
use crate::cli::{BackupCommand, BackupKeysCommand, Cli, SplitArgs};
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, counted, fields, minute, print, table};

/// Steps after which a place that takes nothing is given up by `run`.
const STEPS_MAX: u32 = 100_000;

/// Pause while a base is written beside.
const GLANCE: std::time::Duration = std::time::Duration::from_millis(50);

/// Largest file of a sealed key, and of shares, in bytes.
const KEY_LIMIT_BYTES: u64 = 1 << 20;

/// Runs one command on backups.
pub fn run(cli: &Cli, command: &BackupCommand, format: Format) -> Result<Ending, Failure> {
    if let BackupCommand::Keys(command) = command {
        return keys(command, format);
    }
    let session = Session::open(cli, format)?;
    match command {
        BackupCommand::Run => ship(&session),
        BackupCommand::Status => status(&session),
        BackupCommand::List => list(&session),
        BackupCommand::Check { key, generation } => check(&session, key.as_deref(), generation.as_deref()),
        BackupCommand::Keys(_) => Ok(Ending::Done),
    }
}

/// A failure of the repository, with what can be done about it.
pub fn failure(fault: &BackupFault) -> Failure {
    let (exit, hint) = match fault {
        BackupFault::Nothing { .. } => (Exit::NotFound, "`namekeep backup list` shows what there is"),
        BackupFault::Damaged { .. } | BackupFault::Missing { .. } => {
            (Exit::Finding, "restore from another copy; `--best-effort` gives the state before the damage")
        }
        _ => (Exit::Fault, "see to the place, the key or the disk that it names"),
    };
    Failure::new(exit, "backup", crate::instance::capitalised(&format!("{fault}."))).hint(hint)
}

fn ship(session: &Session) -> Result<Ending, Failure> {
    session.may(RunBackup)?;
    let order = order(&session.instance)?;
    let standing = order.standing.clone();
    let Some(mut shipper) = Shipper::claim(&session.instance.registrar, order)? else {
        return Err(
            Failure::new(Exit::Refused, "backup.running", "Another process puts the backups already.").hint("`namekeep backup status`")
        );
    };
    let begun = session.instance.registrar.now();
    for _ in 0..STEPS_MAX {
        let done = shipper.step()?;
        let is_complete = shipper.is_complete_since(begun);
        if is_complete || shipper.standing().fault.is_some() {
            break;
        }
        if done == 0 {
            std::thread::sleep(GLANCE);
        }
    }
    let well = shipper.standing().fault.is_none();
    drop(shipper);
    print(session.format, &StatusReport { standing: BackupStanding::read(&standing), drills: session.ask(AskDrills)? });
    Ok(if well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

#[derive(Serialize)]
struct StatusReport {
    standing: Option<BackupStanding>,
    drills: Vec<DrillRecord>,
}

impl Report for StatusReport {
    fn text(&self) -> String {
        let Some(standing) = &self.standing else { return "No backup was made yet; `namekeep serve` makes them.".to_owned() };
        let at = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.to_string());
        let mut rows = vec![
            ("generation", standing.generation.clone().unwrap_or_else(|| "none is whole yet".to_owned())),
            ("begun", at(standing.begun_at)),
            ("segments", standing.segments.to_string()),
            ("all that was committed lay there", at(standing.complete_at)),
        ];
        if let Some(fault) = &standing.fault {
            rows.push(("IN THE WAY", format!("since {}: {fault}", at(standing.failing_since))));
        }
        for record in &self.drills {
            let rpo = record.rpo_ms.map_or(String::new(), |rpo| format!("RPO {rpo} ms, "));
            rows.push((
                "drill held",
                format!("{} on {}: {rpo}RTO {} ms, {} rows equal", record.drill.word(), minute(record.at), record.rto_ms, record.equal),
            ));
        }
        if self.drills.is_empty() {
            rows.push(("drills", "none was played: what was never restored is a hope; `namekeep drill d1`".to_owned()));
        }
        fields(&rows)
    }
}

fn status(session: &Session) -> Result<Ending, Failure> {
    section(&session.instance.config)?;
    let standing = BackupStanding::read(&standing_file(&session.instance));
    let is_well = standing.as_ref().is_some_and(|standing| standing.fault.is_none());
    print(session.format, &StatusReport { standing, drills: session.ask(AskDrills)? });
    Ok(if is_well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

#[derive(Serialize)]
struct ListReport {
    place: String,
    generations: Vec<ListedGeneration>,
}

#[derive(Serialize)]
struct ListedGeneration {
    id: GenerationId,
    begun_at: Option<Timestamp>,
    base_parts: u32,
    segments: u64,
    /// Segments behind one that is missing.
    cut_off: u64,
    manifests: usize,
}

impl Report for ListReport {
    fn text(&self) -> String {
        let rows = self.generations.iter().map(|one| {
            let begun = one.begun_at.map(minute).unwrap_or_default();
            let cut_off = if one.cut_off > 0 { format!("{} behind one that is missing", one.cut_off) } else { String::new() };
            vec![one.id.to_string(), begun, one.base_parts.to_string(), one.segments.to_string(), one.manifests.to_string(), cut_off]
        });
        format!("{}\n{}", self.place, table(&["generation", "begun", "base", "segments", "manifests", ""], rows))
    }
}

fn list(session: &Session) -> Result<Ending, Failure> {
    session.may(RunBackup)?;
    let place = section(&session.instance.config)?.place(&session.instance.folder)?;
    let found = ::backup::survey(place.as_ref()).map_err(|fault| failure(&fault))?;
    let has_holes = found.values().any(|survey| survey.cut_off > 0);
    let generations = found.into_iter().map(|(id, survey)| ListedGeneration {
        begun_at: id.begun_at(),
        id,
        base_parts: survey.base_parts,
        segments: survey.segments,
        cut_off: survey.cut_off,
        manifests: survey.manifests.len(),
    });
    print(session.format, &ListReport { place: place.describe(), generations: generations.collect() });
    Ok(if has_holes { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

#[derive(Serialize)]
struct CheckReport {
    generations: Vec<GenerationId>,
    /// Those that the writer ended in the middle of, before anything could be restored from them.
    unfinished: Vec<GenerationId>,
    findings: Vec<String>,
}

impl Report for CheckReport {
    fn text(&self) -> String {
        let what = counted(self.generations.len() as u64, "generation", "generations");
        let mut text = match self.findings.len() {
            0 => format!("{what} opened: every object is signed, whole and in its place."),
            count => format!("{what} opened; {}:\n  {}", counted(count as u64, "finding", "findings"), self.findings.join("\n  ")),
        };
        if !self.unfinished.is_empty() {
            let ids: Vec<String> = self.unfinished.iter().map(ToString::to_string).collect();
            text.push_str(&format!("\nBegun and not finished, so nothing is restored from it: {}", ids.join(", ")));
        }
        text
    }
}

fn check(session: &Session, key: Option<&Path>, generation: Option<&str>) -> Result<Ending, Failure> {
    session.may(RunBackup)?;
    let source = Source::of_instance(&session.instance, key)?;
    let reader = source.reader();
    let wanted = generation.map(|id| argument::parse::<GenerationId>("generation", id)).transpose()?;
    let found = reader.survey().map_err(|fault| failure(&fault))?;
    let (mut generations, mut unfinished) = (Vec::new(), Vec::new());
    for (id, survey) in found.into_iter().filter(|(id, _)| wanted.as_ref().is_none_or(|wanted| wanted == id)) {
        let is_unfinished = reader.is_unfinished(&id, &survey).map_err(|fault| failure(&fault))?;
        if is_unfinished { unfinished.push(id) } else { generations.push(id) }
    }
    if generations.is_empty() {
        return Err(failure(&BackupFault::Nothing { what: wanted.map_or("at all".to_owned(), |id| format!("called {id}")) }));
    }
    let mut findings = Vec::new();
    for generation in &generations {
        let found = reader.check(generation).map_err(|fault| failure(&fault))?;
        findings.extend(found.iter().map(ToString::to_string));
    }
    let is_well = findings.is_empty();
    print(session.format, &CheckReport { generations, unfinished, findings });
    Ok(if is_well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

fn keys(command: &BackupKeysCommand, format: Format) -> Result<Ending, Failure> {
    match command {
        BackupKeysCommand::New { file } => print(format, &super::escrow::new_key(file, Form::V6.word(), "Registrar backup")?),
        BackupKeysCommand::Split(args) => print(format, &split(args)?),
        BackupKeysCommand::Join { sealed, out, shares } => print(format, &join(sealed, out, shares)?),
    }
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct SplitReport {
    sealed: PathBuf,
    shares: Vec<PathBuf>,
    needed: u8,
}

impl Report for SplitReport {
    fn text(&self) -> String {
        format!(
            "The sealed key is `{}`; keep it with the backups and elsewhere.\n{} of these {} shares open it: give each to one officer, try `keys join`, then \
             destroy the files here and the key itself.\n  {}",
            self.sealed.display(),
            self.needed,
            self.shares.len(),
            self.shares.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n  ")
        )
    }
}

fn share_failure(fault: &shares::ShareFault) -> Failure {
    Failure::new(Exit::Usage, "backup.shares", crate::instance::capitalised(&format!("{fault}.")))
}

fn split(args: &SplitArgs) -> Result<SplitReport, Failure> {
    let secret = store::secret_file::read(&args.file).map_err(crate::instance::store_failure)?;
    // Nobody should split what is no key.
    OwnKey::read(secret.expose()).map_err(|error| Failure::usage(format!("`{}`: {error}.", args.file.display())))?;
    let (sealed, made) = shares::split(secret.expose(), args.shares, args.needed).map_err(|fault| share_failure(&fault))?;
    std::fs::create_dir_all(&args.out).map_err(|error| Failure::file(&args.out, "make the folder", &error))?;
    let path = args.out.join("recovery.sealed");
    let write = |path: &Path, content: &[u8]| store::secret_file::write_new(path, content).map_err(crate::instance::store_failure);
    write(&path, &sealed)?;
    let mut shares = Vec::new();
    for share in &made {
        let path = args.out.join(format!("share-{}.txt", share.number()));
        write(&path, format!("{}\n", share.line().as_str()).as_bytes())?;
        shares.push(path);
    }
    Ok(SplitReport { sealed: path, shares, needed: args.needed })
}

#[derive(Serialize)]
struct JoinReport {
    key: PathBuf,
    fingerprint: String,
}

impl Report for JoinReport {
    fn text(&self) -> String {
        fields(&[("secret key", self.key.display().to_string()), ("fingerprint", self.fingerprint.clone())])
    }
}

fn join(sealed: &Path, out: &Path, files: &[PathBuf]) -> Result<JoinReport, Failure> {
    let read = |path: &Path| -> Result<Vec<u8>, Failure> {
        let file = std::fs::File::open(path).map_err(|error| Failure::file(path, "read the file", &error))?;
        let mut bytes = Vec::new();
        file.take(KEY_LIMIT_BYTES).read_to_end(&mut bytes).map_err(|error| Failure::file(path, "read the file", &error))?;
        Ok(bytes)
    };
    let mut lines = String::new();
    if files.is_empty() {
        let typed = std::io::stdin().take(KEY_LIMIT_BYTES).read_to_string(&mut lines);
        typed.map_err(|error| Failure::file(Path::new("-"), "read the shares from standard input,", &error))?;
    }
    for path in files {
        lines.push_str(&String::from_utf8_lossy(&read(path)?));
        lines.push('\n');
    }
    let lines = zeroize::Zeroizing::new(lines);
    let shares = lines.lines().filter(|line| !line.trim().is_empty()).map(str::parse::<Share>);
    let shares = shares.collect::<Result<Vec<_>, _>>().map_err(|fault| share_failure(&fault))?;
    let secret = shares::join(&read(sealed)?, &shares).map_err(|fault| share_failure(&fault))?;
    let key = OwnKey::read(&secret).map_err(|error| Failure::usage(format!("What the shares open is no key: {error}.")))?;
    store::secret_file::write_new(out, &secret).map_err(crate::instance::store_failure)?;
    Ok(JoinReport { key: out.to_owned(), fingerprint: key.certificate().fingerprint() })
}
