//! D0: the program is killed at random instants under load, and its files are copied at random instants as a cut of the power leaves them.
//! Afterwards every order that was taken is there once, here and at the registries, and the ledger holds.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ::backup::GenerationId;
use model::{ContactId, ContactRole, DomainId, DomainName, RegistrarHandle, SeededEntropy, Timestamp};
use policy::{Actor, Registration};
use registrar::contact::SaveContact;
use registrar::verification::VerifyByHand;
use registrar::{Receipt, UseCase, authorise};
use serde::Serialize;
use store::ledger;
use store::registrations::{self, DomainFilter};
use store::{DatabaseUrl, SignerKey, Store, StoreFault};

use super::broken;
use super::rehearsal::{OURS, Rehearsal, Serving};
use crate::argument;
use crate::cli::CrashArgs;
use crate::demo::cast::Cast;
use crate::demo::order_of_a_year;
use crate::failure::Failure;
use crate::instance::{Instance, store_failure};
use crate::output::{Report, counted, fields};
use crate::progress::Progress;
use crate::run::backup::failure;
use crate::run::restore::Source;
use crate::simulate::audit::{agreement, books};

/// People who hold the names.
const HOLDERS: usize = 16;

/// The longest pause before a blow, in milliseconds.
const PAUSE_MS: u64 = 700;

/// The longest that the program may take to settle what was ordered, once it is left alone, and for each name besides.
const SETTLE_LIMIT: Duration = Duration::from_secs(180);
const SETTLE_EACH: Duration = Duration::from_millis(100);

/// The longest that the first whole backup may take.
const BACKUP_LIMIT: Duration = Duration::from_secs(30 * 60);

/// How often it is looked whether all is settled.
const GLANCE: Duration = Duration::from_millis(250);

/// Registrations read at once.
const PAGE: u32 = 500;

/// What names begin with that are laid out.
const LAID_OUT: &str = "old-";

/// Registrations laid out in one transaction.
const LAID_OUT_AT_ONCE: usize = 1000;

/// Findings that are printed.
const SHOWN: usize = 20;

/// What the drill found.
#[derive(Serialize)]
pub struct CrashReport {
    names: usize,
    /// Names that lay there already.
    portfolio: u32,
    kills: u32,
    cuts: u32,
    /// Orders that were taken and were not there afterwards, in any copy or at the end.
    lost: u64,
    ledger_entries: u64,
    transforms: u64,
    charges: u64,
    /// Whole generations of backups, and segments in them.
    generations: u64,
    segments: u64,
    /// Starts after a kill, in milliseconds.
    start_median_ms: u64,
    start_longest_ms: u64,
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
}

impl Report for CrashReport {
    fn text(&self) -> String {
        let head = fields(&[
            ("killed", format!("{} times, and {} copies as a cut of the power leaves them", self.kills, self.cuts)),
            ("ordered", format!("{}, beside {} laid out before", counted(self.names as u64, "name", "names"), self.portfolio)),
            ("lost", self.lost.to_string()),
            ("at the registries", format!("{} transforms, each once; {} charges agree", self.transforms, self.charges)),
            ("ledger", counted(self.ledger_entries, "entry, as written", "entries, as written")),
            (
                "backups",
                format!("{} with {} segments, every object opened", counted(self.generations, "generation", "generations"), self.segments),
            ),
            ("serves again after", format!("{} ms at the median, {} ms at most", self.start_median_ms, self.start_longest_ms)),
        ]);
        match self.findings.len() {
            0 => format!("{head}\n\nNothing was lost and nothing doubled."),
            count => format!("{head}\n\n{count} findings:\n  {}", self.findings[..count.min(SHOWN)].join("\n  ")),
        }
    }
}

/// Whoever orders, on the same database as the program that is killed.
struct Buyer {
    instance: Instance,
    actor: Actor,
    holders: Vec<ContactId>,
    ordered: Vec<Receipt>,
}

/// Plays the drill in `folder`.
///
/// # Errors
/// [`Failure`] if the scene cannot be set; what the drill finds is in its report.
pub async fn play(folder: &Path, args: &CrashArgs) -> Result<CrashReport, Failure> {
    let rehearsal = Rehearsal::set(folder).await?;
    let mut chance = SeededEntropy::new(args.seed);
    let mut buyer = Buyer::open(&rehearsal.instance, args.seed)?;
    let blows = args.kills.saturating_add(args.cuts).max(1);
    let (mut kills, mut cuts) = (args.kills, args.cuts);
    let mut report = CrashReport {
        names: args.names as usize,
        portfolio: args.portfolio,
        kills,
        cuts,
        lost: 0,
        ledger_entries: 0,
        transforms: 0,
        charges: 0,
        generations: 0,
        segments: 0,
        start_median_ms: 0,
        start_longest_ms: 0,
        findings: Vec::new(),
    };
    let progress = Progress::of(u64::from(args.names), "names ordered under kills");
    let mut serving = Serving::start(&rehearsal.instance)?;
    if args.portfolio > 0 {
        buyer.order_until(1)?;
        buyer.wait_until_settled().await?;
        // Nobody serves meanwhile: it is no load that any registrar has.
        drop(serving);
        buyer.lay_out(args.portfolio)?;
        let before = buyer.instance.registrar.now();
        serving = Serving::start(&rehearsal.instance)?;
        buyer.wait_for_backup(before).await?;
    }
    let mut starts = Vec::new();
    for blow in 0..blows {
        let upto = (u64::from(args.names) * u64::from(blow + 1) / u64::from(blows)) as usize;
        buyer.order_until(upto)?;
        progress.at(upto as u64);
        tokio::time::sleep(Duration::from_millis(chance.next_u64() % PAUSE_MS)).await;
        // Kills and cuts take turns as chance will have it, until each was as often as asked.
        let is_kill = kills > 0 && (cuts == 0 || chance.next_u64().is_multiple_of(2));
        if is_kill {
            kills -= 1;
            serving.kill()?;
            serving = Serving::start(&rehearsal.instance)?;
            starts.push(serving.started_in);
        } else if cuts > 0 {
            cuts -= 1;
            let copy = folder.join(format!("cut-{blow}"));
            serving.while_stopped(|| copy_state(&rehearsal.instance, &copy))?;
            examine(&rehearsal.instance, &copy, &buyer.ordered, &mut report)?;
            std::fs::remove_dir_all(&copy).map_err(|error| Failure::file(&copy, "remove the copy", &error))?;
        }
    }
    drop(progress);
    buyer.wait_until_settled().await?;
    drop(serving);
    starts.sort_unstable();
    report.start_median_ms = starts.get(starts.len() / 2).map_or(0, |start| start.as_millis() as u64);
    report.start_longest_ms = starts.last().map_or(0, |start| start.as_millis() as u64);
    audit(&rehearsal, &buyer, &mut report)?;
    check_backups(&buyer.instance, &mut report)?;
    Ok(report)
}

impl Buyer {
    fn open(folder: &Path, seed: u64) -> Result<Self, Failure> {
        let instance = Instance::open(folder)?;
        let actor = instance.operator(None)?;
        let mut buyer = Self { instance, actor, holders: Vec::new(), ordered: Vec::new() };
        let mut cast = Cast::new(seed);
        for _ in 0..HOLDERS {
            let contact = buyer.order(SaveContact { id: None, contact: cast.person().map_err(|words| broken(&words))? })?;
            buyer.order(VerifyByHand { contact, evidence: "known to the drill".to_owned() })?;
            buyer.holders.push(contact);
        }
        Ok(buyer)
    }

    fn order<U: UseCase>(&self, case: U) -> Result<U::Answer, Failure> {
        let case = authorise(&self.actor, case).map_err(registrar::Failure::from)?;
        Ok(self.instance.registrar.carry_out(case)?)
    }

    /// Orders names until there are so many orders; each that comes back is durable.
    fn order_until(&mut self, count: usize) -> Result<(), Failure> {
        for number in self.ordered.len()..count {
            let name = name_of(number)?;
            let holder = self.holders[number % self.holders.len()];
            // The thick registry wants contacts besides.
            let contacts = if name.tld() == "alpha" { [(ContactRole::Tech, holder)].into() } else { Default::default() };
            let receipt = self.order(order_of_a_year(name, holder, contacts)?)?;
            self.ordered.push(receipt);
        }
        Ok(())
    }

    /// Lays out names that were registered long ago, so that the drill is played on a database of its real size. They are copies of the
    /// first one, and no registry knows them.
    fn lay_out(&self, count: u32) -> Result<(), Failure> {
        let store = self.instance.registrar.store();
        let first = self.ordered.first().ok_or_else(|| broken(&"no name was ordered"))?.domain;
        let template = store.read(|tx| registrations::find(tx, first)).map_err(store_failure)?;
        let template = template.ok_or_else(|| broken(&"the first name is not there"))?;
        let mut chance = SeededEntropy::new(u64::from(count));
        for begin in (0..count).step_by(LAID_OUT_AT_ONCE) {
            let end = count.min(begin.saturating_add(LAID_OUT_AT_ONCE as u32));
            let laid_out = (begin..end).map(|number| {
                let (id, name) = (DomainId::new(template.opened_at, &mut chance), argument::domain(&format!("{LAID_OUT}{number}.alpha"))?);
                Ok(Registration { id, name, ..template.clone() })
            });
            let laid_out = laid_out.collect::<Result<Vec<_>, Failure>>()?;
            let inserted = store.write::<_, StoreFault>(move |tx| {
                laid_out.iter().try_for_each(|registration| registrations::insert(tx, registration, registration.expires_at))
            });
            inserted.map_err(store_failure)?;
        }
        Ok(())
    }

    /// Waits until there is a whole backup begun after `before`: kills one after the other would let none come to its end on a large database.
    async fn wait_for_backup(&self, before: Timestamp) -> Result<(), Failure> {
        let source = Source::of_instance(&self.instance, None)?;
        let _progress = Progress::waiting("the whole database is backed up");
        let begun = Instant::now();
        while begun.elapsed() < BACKUP_LIMIT {
            let found = ::backup::survey(source.place()).map_err(|fault| failure(&fault))?;
            let is_new = |generation: &GenerationId| generation.begun_at().is_some_and(|begun| begun.as_second() >= before.as_second());
            if found.iter().any(|(generation, survey)| is_new(generation) && survey.is_whole()) {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(broken(&format!("there is no whole backup after {} s; see the log of the program that serves", BACKUP_LIMIT.as_secs())))
    }

    /// Waits until every order came to an end.
    async fn wait_until_settled(&self) -> Result<(), Failure> {
        let progress = Progress::of(self.ordered.len() as u64, "names settled");
        let each = SETTLE_EACH.saturating_mul(u32::try_from(self.ordered.len()).unwrap_or(u32::MAX));
        let (begun, limit) = (Instant::now(), SETTLE_LIMIT.saturating_add(each));
        let mut settled = 0;
        while begun.elapsed() < limit {
            while let Some(receipt) = self.ordered.get(settled) {
                let steps = self.instance.registrar.settlements(&receipt.intents)?;
                if steps.iter().any(|step| step.state.is_open()) {
                    break;
                }
                settled += 1;
            }
            progress.at(settled as u64);
            if settled == self.ordered.len() {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        let waiting = self.ordered.len() - settled;
        Err(broken(&format!("{waiting} of {} names are not settled after {} s", self.ordered.len(), limit.as_secs())))
    }
}

fn name_of(number: usize) -> Result<DomainName, Failure> {
    argument::domain(&format!("drill-{number}.{}", if number.is_multiple_of(2) { "minimal" } else { "alpha" }))
}

/// The files as they lie there this moment. The index of the log is not among them: it lives in memory, and a cut takes it. Another process
/// copies them: were they closed in this one, it would lose its locks on them.
fn copy_state(instance: &Path, copy: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(copy).map_err(|error| Failure::file(copy, "make the folder", &error))?;
    for file in ["namekeep.db", "namekeep.db-wal"] {
        let from = instance.join("state").join(file);
        if from.exists() {
            let copied = Command::new("cp").arg(&from).arg(copy.join(file)).status();
            let copied = copied.map_err(|error| Failure::file(&from, "copy the file", &error))?;
            if !copied.success() {
                return Err(broken(&format!("`{}` cannot be copied", from.display())));
            }
        }
    }
    Ok(())
}

/// Opens a copy as a start after a cut would, and looks for everything that was taken before it.
fn examine(instance: &Path, copy: &Path, ordered: &[Receipt], report: &mut CrashReport) -> Result<(), Failure> {
    let signer = SignerKey::read(&instance.join("keys/ledger.key")).map_err(store_failure)?;
    let key = signer.verifier().clone();
    let begun = Instant::now();
    let store = match Store::open_with_signer(&DatabaseUrl::sqlite(&copy.join("namekeep.db")), signer) {
        Ok(store) => store,
        Err(fault) => {
            report.findings.push(format!("a copy taken at a cut does not open: {fault}"));
            return Ok(());
        }
    };
    let opened = begun.elapsed();
    let lost = missing(&store, ordered)?;
    report.lost += lost.len() as u64;
    report.findings.extend(lost.into_iter().map(|name| format!("{name} was ordered before a cut and is not in the copy")));
    let verification = ledger::verify_store(&store, &key).map_err(store_failure)?;
    report.findings.extend(verification.finding.map(|finding| format!("the ledger of a copy does not hold: {finding}")));
    tracing::info!(opened_ms = opened.as_millis(), entries = verification.verified, "a copy was examined");
    Ok(())
}

fn missing(store: &Store, ordered: &[Receipt]) -> Result<Vec<DomainName>, Failure> {
    let ids: Vec<(DomainId, DomainName)> = ordered.iter().map(|receipt| (receipt.domain, receipt.name.clone())).collect();
    store
        .read(|tx| {
            let mut lost = Vec::new();
            for (id, name) in ids {
                if registrations::find(tx, id)?.is_none() {
                    lost.push(name);
                }
            }
            Ok::<_, StoreFault>(lost)
        })
        .map_err(store_failure)
}

/// Ours against the registries', entry for entry, and the ledger.
fn audit(rehearsal: &Rehearsal, buyer: &Buyer, report: &mut CrashReport) -> Result<(), Failure> {
    let us: RegistrarHandle = argument::parse("account", OURS)?;
    let store = buyer.instance.registrar.store();
    let lost = missing(store, &buyer.ordered)?;
    report.lost += lost.len() as u64;
    report.findings.extend(lost.into_iter().map(|name| format!("{name} was ordered and is gone")));
    let ledgers = rehearsal.ledgers()?;
    for (registry, entries) in &ledgers {
        let compared = agreement::compare(store, registry, &us, entries).map_err(store_failure)?;
        report.transforms += compared.transforms;
        report.findings.extend(compared.findings);
    }
    let (_, lines) = books::check(&ledgers, &us, store, &portfolio(store)?, &mut report.findings).map_err(store_failure)?;
    report.charges = lines;
    let verification = ledger::verify_store(store, &buyer.instance.ledger_key).map_err(store_failure)?;
    report.ledger_entries = verification.verified;
    report.findings.extend(verification.finding.map(|finding| format!("the ledger does not hold: {finding}")));
    Ok(())
}

/// Every object that the killed program left in its backups opens and follows the one before it.
fn check_backups(instance: &Instance, report: &mut CrashReport) -> Result<(), Failure> {
    let source = Source::of_instance(instance, None)?;
    let reader = source.reader();
    for (generation, survey) in reader.survey().map_err(|fault| failure(&fault))? {
        // A base that was being written when the program was killed is no generation.
        if reader.is_unfinished(&generation, &survey).map_err(|fault| failure(&fault))? {
            continue;
        }
        report.generations += 1;
        report.segments += survey.segments;
        let found = reader.check(&generation).map_err(|fault| failure(&fault))?;
        report.findings.extend(found.iter().map(|fault| format!("a backup under kills: {fault}")));
    }
    if report.generations == 0 {
        report.findings.push("no whole backup was made under kills".to_owned());
    }
    Ok(())
}

/// What was ordered. Names that were laid out before are in nobody's books.
fn portfolio(store: &Store) -> Result<Vec<Registration>, Failure> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.read(|tx| registrations::list(tx, &DomainFilter::default(), after.clone(), PAGE)).map_err(store_failure)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some((last.name.clone(), last.id));
        all.extend(page.into_iter().filter(|registration| !registration.name.as_str().starts_with(LAID_OUT)));
    }
}
