//! `namekeep registry ...`: profiles, accounts, poll, drift.

use std::path::Path;

use model::{DomainName, RegistryId, TldName};
use policy::DomainCommand;
use registrar::poll::TakeKeptMessages;
use registrar::reconcile::{DriftReport, Reconciler};
use registrar::registry::{AskRegistry, ReconcileNames, RegistryStatus, TakeMessages, registry_status};
use registrar::{DomainOrder, Target};
use serde::Serialize;

use super::account::known;
use super::{Ending, Session, night};
use crate::argument;
use crate::carrier::Carrier;
use crate::cli::{PollArgs, ReconcileArgs, RegistryCommand};
use crate::failure::{Exit, Failure};
use crate::instance::read_profile;
use crate::output::{Report, counted, fields, print, table};
use crate::progress::Progress;

/// Names asked for at a time while reconciling many.
const PAGE: u32 = 200;

/// Messages taken in one round of `registry poll`.
const POLL_MESSAGES: u32 = 100;

/// Runs one command on registries.
pub fn run(session: &Session, command: &RegistryCommand) -> Result<Ending, Failure> {
    match command {
        RegistryCommand::List => {
            print(session.format, &ListReport::of(session));
            Ok(Ending::Done)
        }
        RegistryCommand::Check { file } => {
            print(session.format, &check_profile(file)?);
            Ok(Ending::Done)
        }
        RegistryCommand::Status { registry } => status(session, only(registry.as_deref())?.as_ref()),
        RegistryCommand::Poll(args) => poll(session, args),
        RegistryCommand::Messages(args) => super::journal::messages(session, args),
        RegistryCommand::Journal(args) => super::journal::journal(session, args),
        RegistryCommand::Resume { registry } => super::account::resume(session, registry),
        RegistryCommand::Clear { alarm } => super::account::clear(session, alarm),
        RegistryCommand::Password { registry, file, in_force } => super::account::password(session, registry, file, *in_force),
        RegistryCommand::Reconcile(args) => reconcile(session, args),
    }
}

fn only(registry: Option<&str>) -> Result<Option<RegistryId>, Failure> {
    registry.map(|id| argument::parse("registry id", id)).transpose()
}

#[derive(Serialize)]
pub struct ProfileReport {
    file: String,
    registry: RegistryId,
    version: String,
    tlds: Vec<String>,
}

impl Report for ProfileReport {
    fn text(&self) -> String {
        format!("`{}` can be used: registry `{}`, version {}, TLDs {}.", self.file, self.registry, self.version, self.tlds.join(", "))
    }
}

/// Checks a profile file; needs no instance.
pub fn check_profile(file: &Path) -> Result<ProfileReport, Failure> {
    let profile = read_profile(file)?;
    Ok(ProfileReport {
        file: file.display().to_string(),
        tlds: profile.tlds.iter().map(|tld| tld.name.to_string()).collect(),
        version: profile.version,
        registry: profile.id,
    })
}

#[derive(Serialize)]
struct ListReport {
    registries: Vec<ListedRegistry>,
}

#[derive(Serialize)]
struct ListedRegistry {
    id: RegistryId,
    title: String,
    account: String,
    version: String,
    tlds: Vec<String>,
}

impl ListReport {
    fn of(session: &Session) -> Self {
        let registries = session.instance.accounts.iter().map(|(profile, account)| ListedRegistry {
            id: profile.id.clone(),
            title: profile.title.clone(),
            account: account.account.clone(),
            version: profile.version.clone(),
            tlds: profile.tlds.iter().map(|tld| tld.name.to_string()).collect(),
        });
        Self { registries: registries.collect() }
    }
}

impl Report for ListReport {
    fn text(&self) -> String {
        if self.registries.is_empty() {
            return "No registries yet: write a `[[registry]]` block into the configuration.".to_owned();
        }
        let rows = self
            .registries
            .iter()
            .map(|one| vec![one.id.to_string(), one.title.clone(), one.account.clone(), one.version.clone(), one.tlds.join(", ")]);
        table(&["registry", "name", "account", "profile", "TLDs"], rows)
    }
}

#[derive(Serialize)]
struct StatusReport {
    registries: Vec<RegistryStatus>,
}

impl Report for StatusReport {
    fn text(&self) -> String {
        self.registries.iter().map(standing).collect::<Vec<_>>().join("\n\n")
    }
}

/// How one account stands.
fn standing(status: &RegistryStatus) -> String {
    let counts = |counts: &std::collections::BTreeMap<String, u64>| match counts.is_empty() {
        true => "none".to_owned(),
        false => counts.iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>().join(", "),
    };
    let mut rows = vec![
        ("registry", format!("{} ({})", status.title, status.registry)),
        ("account", status.account.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("open intents", counts(&status.intents)),
        ("messages to process", status.unprocessed_messages.to_string()),
    ];
    if let Some(since) = status.paid_stopped_since {
        rows.push(("paid operations", format!("STOPPED since {since}: the registry said that the balance is too low")));
    }
    rows.push(("reconciled", night::last(&status.reconciliation)));
    rows.extend(night::under_way(&status.reconciliation).map(|words| ("reconciling", words)));
    rows.extend(status.outages.iter().map(|outage| ("outage", format!("{} to {}", outage.from, outage.until))));
    rows.extend(status.alarms.iter().map(|alarm| ("ALARM", alarm.sentence.clone())));
    if let Some(sessions) = &status.sessions {
        rows.push(("sessions", format!("{} open, at most {}", sessions.sessions.len(), sessions.learned_max_sessions)));
        rows.extend(sessions.certificate_until.map(|until| ("certificate", format!("valid until {}", until.strftime("%Y-%m-%d")))));
    }
    fields(&rows)
}

fn status(session: &Session, only: Option<&RegistryId>) -> Result<Ending, Failure> {
    let by = &session.may(AskRegistry)?;
    let registries = session.block_on(async {
        let mut found = Vec::new();
        for carrier in Carrier::open_all(&session.instance, only)? {
            // A status that never logs in would say nothing of the account: one query opens the session.
            let probe = probe_name(session, &carrier.registry)?;
            let answered =
                registrar::registry::check_names(by, &session.instance.registrar, &carrier.registry, &carrier.port, &[probe], None).await;
            let status = registry_status(by, &session.instance.registrar, &carrier.registry, Some(carrier.port.as_ref())).await;
            carrier.close().await;
            answered?;
            found.push(status?);
        }
        Ok::<_, Failure>(found)
    })?;
    print(session.format, &StatusReport { registries });
    Ok(Ending::Done)
}

/// A name to ask about: the registry's own (`nic` below its first TLD).
fn probe_name(session: &Session, registry: &RegistryId) -> Result<DomainName, Failure> {
    let tld = session.instance.registrar.registry(registry).and_then(|profile| profile.tlds.first()).map(|tld| tld.name.to_string());
    argument::domain(&format!("nic.{}", tld.unwrap_or_default()))
}

#[derive(Serialize)]
struct PollReport {
    registries: Vec<PolledRegistry>,
}

#[derive(Serialize)]
struct PolledRegistry {
    registry: RegistryId,
    /// Whether this process held the lease; if not, a running server polls.
    is_owner: bool,
    received: u64,
    processed: u64,
    kept: u64,
}

impl Report for PollReport {
    fn text(&self) -> String {
        let rows = self.registries.iter().map(|one| {
            let by = if one.is_owner { "this command" } else { "the running server" };
            vec![one.registry.to_string(), by.to_owned(), one.received.to_string(), one.processed.to_string(), one.kept.to_string()]
        });
        let polled = table(&["registry", "polled by", "received", "processed", "kept for you"], rows);
        match self.registries.iter().find(|one| one.kept > 0) {
            Some(one) => format!("{polled}\n`namekeep registry messages {} --kept` shows what was kept for you.", one.registry),
            None => polled,
        }
    }
}

fn poll(session: &Session, args: &PollArgs) -> Result<Ending, Failure> {
    let by = &session.may(TakeMessages)?;
    let only = args.registry.as_deref().map(|registry| known(session, registry)).transpose()?;
    if let Some(registry) = only.as_ref().filter(|_| args.kept) {
        open_kept(session, registry, args.message.clone())?;
    }
    let registries = session.block_on(async {
        let mut polled = Vec::new();
        for carrier in Carrier::open_all(&session.instance, only.as_ref())? {
            let round = carrier.poller.step(by, POLL_MESSAGES).await;
            carrier.close().await;
            let round = round?;
            polled.push(PolledRegistry {
                registry: carrier.registry.clone(),
                is_owner: round.is_owner,
                received: round.received as u64,
                processed: round.processed as u64,
                kept: round.kept as u64,
            });
        }
        Ok::<_, Failure>(polled)
    })?;
    print(session.format, &PollReport { registries });
    Ok(Ending::Done)
}

/// Opens what was kept again; the round that follows takes it.
fn open_kept(session: &Session, registry: &RegistryId, message: Option<String>) -> Result<(), Failure> {
    let sought = message.clone();
    if session.carry_out(TakeKeptMessages { registry: registry.clone(), message })? > 0 {
        return Ok(());
    }
    match sought {
        None => Ok(()),
        Some(id) => Err(Failure::new(Exit::NotFound, "message.unknown", format!("No message `{id}` of registry `{registry}` is kept."))
            .hint(format!("`namekeep registry messages {registry} --kept` shows those that are"))),
    }
}

#[derive(Serialize)]
struct DriftsReport {
    checked: u64,
    drifts: Vec<DriftReport>,
}

impl Report for DriftsReport {
    fn text(&self) -> String {
        if self.drifts.is_empty() {
            return format!("{} checked: the registries say what we want everywhere.", counted(self.checked, "name", "names"));
        }
        let rows = self.drifts.iter().flat_map(|drift| {
            let differing =
                drift.elements.iter().map(|one| vec![drift.name.to_string(), one.element.clone(), one.desired.clone(), one.actual.clone()]);
            let silent =
                drift.trouble.iter().map(|trouble| vec![drift.name.to_string(), "no answer".to_owned(), String::new(), trouble.clone()]);
            differing.chain(silent)
        });
        format!(
            "{}\n{} checked; differing or not answered for: {}. Nothing was changed: `--name NAME --push` makes the registry follow, `--accept` makes us follow.",
            table(&["name", "element", "we want", "the registry says"], rows),
            counted(self.checked, "name", "names"),
            self.drifts.len()
        )
    }
}

fn reconcile(session: &Session, args: &ReconcileArgs) -> Result<Ending, Failure> {
    let report = match (&args.name, &args.tld, args.all) {
        (Some(name), _, _) => session.block_on(one(session, &argument::domain(name)?))?,
        (None, Some(tld), _) => session.block_on(many(session, Some(&argument::parse("TLD", tld)?)))?,
        (None, None, true) => session.block_on(many(session, None))?,
        (None, None, false) => {
            return Err(Failure::usage("Say what to reconcile.").hint("`--name NAME`, `--tld TLD` or `--all`"));
        }
    };
    print(session.format, &report);
    if report.drifts.is_empty() {
        return Ok(Ending::Done);
    }
    let command = match (args.push, args.accept) {
        (true, _) => DomainCommand::PushDesired,
        (_, true) => DomainCommand::AcceptActual,
        _ => return Ok(Ending::Noted(Exit::Finding)),
    };
    session.order(DomainOrder::new(Target::Named(report.drifts[0].name.clone()), command))
}

async fn one(session: &Session, name: &DomainName) -> Result<DriftsReport, Failure> {
    let profile = session.instance.registrar.profile_of(name).ok_or_else(|| {
        Failure::new(Exit::Refused, "tld.not_served", format!("No registry of this instance runs the TLD of `{name}`."))
            .hint("`namekeep registry list` shows the TLDs")
    })?;
    let drift = Carrier::with(&session.instance, &profile.registry, async |carrier| Ok(reconciler(session, carrier)?.one(name).await?));
    let drifts = Some(drift.await?).filter(is_notable).into_iter().collect();
    Ok(DriftsReport { checked: 1, drifts })
}

/// What is not known is as notable as what differs.
fn is_notable(drift: &DriftReport) -> bool {
    !drift.elements.is_empty() || drift.trouble.is_some()
}

async fn many(session: &Session, tld: Option<&TldName>) -> Result<DriftsReport, Failure> {
    let registry = tld.map(|tld| registry_of(session, tld)).transpose()?;
    let mut report = DriftsReport { checked: 0, drifts: Vec::new() };
    let progress = Progress::counting("names compared with their registries");
    for carrier in Carrier::open_all(&session.instance, registry.as_ref())? {
        let compared = all_of(session, &carrier, tld, &mut report, &progress).await;
        carrier.close().await;
        compared?;
    }
    Ok(report)
}

async fn all_of(
    session: &Session,
    carrier: &Carrier,
    tld: Option<&TldName>,
    report: &mut DriftsReport,
    progress: &Progress,
) -> Result<(), Failure> {
    let reconciler = reconciler(session, carrier)?;
    let mut after = None;
    loop {
        let page = reconciler.page(tld, after.take(), PAGE).await?;
        report.checked += page.checked as u64;
        report.drifts.extend(page.reports.into_iter().filter(is_notable));
        progress.at(report.checked);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// The registry that runs a TLD of ours.
fn registry_of(session: &Session, tld: &TldName) -> Result<RegistryId, Failure> {
    let served = || session.instance.registrar.registries().flat_map(|profile| profile.tlds.iter().map(move |tld| (profile, tld)));
    let found = served().find(|(_, one)| one.name == *tld).map(|(profile, _)| profile.id.clone());
    found.ok_or_else(|| {
        let tlds: Vec<String> = served().map(|(_, tld)| tld.name.to_string()).collect();
        let served = if tlds.is_empty() { "none yet".to_owned() } else { tlds.join(", ") };
        Failure::new(Exit::Refused, "tld.not_served", format!("No registry of this instance runs the TLD `{tld}`."))
            .hint(format!("the TLDs served are: {served}"))
    })
}

fn reconciler(session: &Session, carrier: &Carrier) -> Result<Reconciler, Failure> {
    let port = std::sync::Arc::clone(&carrier.port);
    let by = &session.may(ReconcileNames)?;
    Ok(Reconciler::open(by, session.instance.registrar.clone(), &carrier.registry, port).map_err(registrar::Failure::from)?)
}
