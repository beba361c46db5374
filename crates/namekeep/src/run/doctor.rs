//! `namekeep doctor`: looks for what is wrong with an instance and says what to do. Changes nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::SignedDuration;
use registrar::portfolio::{DutyFilter, ListDuties};
use registrar::reconcile::NightOf;
use registrar::recovery::AskRecovery;
use registrar::registry::ListAlarms;
use registrar::{PageRequest, authorise};
use serde::Serialize;
use store::ledger::{self, Folder};

use super::{Ending, disk, night};
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::output::{Format, Report, counted, minute, print, table};

/// A night that did not begin so long after its hour was missed, by a server that does not run.
const NIGHT_OVERDUE: SignedDuration = SignedDuration::from_hours(24);

/// One thing that was looked at.
#[derive(Serialize)]
struct Examination {
    what: String,
    is_well: bool,
    says: String,
}

#[derive(Serialize)]
struct DoctorReport {
    examinations: Vec<Examination>,
}

impl Report for DoctorReport {
    fn text(&self) -> String {
        let rows = self.examinations.iter().map(|one| {
            let verdict = if one.is_well { "well" } else { "LOOK" };
            vec![verdict.to_owned(), one.what.clone(), one.says.clone()]
        });
        table(&["", "what", "says"], rows)
    }
}

/// Examines the instance in `folder`.
pub fn run(folder: &Path, format: Format) -> Result<Ending, Failure> {
    let mut report = DoctorReport { examinations: Vec::new() };
    match Instance::open(folder) {
        Err(failure) => report.add("instance", Err(failure.to_string())),
        Ok(instance) => {
            report.add("instance", Ok(format!("`{}`, {}", instance.config.instance.name, instance.kind)));
            frozen(&mut report, &instance);
            files(&mut report, &instance);
            certificates(&mut report, &instance);
            erased_keys(&mut report, &instance);
            token(&mut report, &instance);
            ledger_state(&mut report, &instance);
            reconciliation(&mut report, &instance);
            duties(&mut report, &instance);
            alarms(&mut report, &instance);
            clock(&mut report, &instance);
            if let Some(database) = disk::database_file(&instance) {
                report.add("disk", disk::Room::at(&database).map_err(|failure| failure.to_string()).and_then(|room| room.said()));
            }
        }
    }
    let is_well = report.examinations.iter().all(|one| one.is_well);
    print(format, &report);
    Ok(if is_well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

impl DoctorReport {
    fn add(&mut self, what: impl Into<String>, found: Result<String, String>) {
        let is_well = found.is_ok();
        self.examinations.push(Examination { what: what.into(), is_well, says: found.unwrap_or_else(|says| says) });
    }
}

/// An instance whose state was put back does nothing by itself until it was reconciled.
fn frozen(report: &mut DoctorReport, instance: &Instance) {
    let question = authorise(&registrar::actor::timer(), AskRecovery);
    let found = match question.map_err(registrar::Failure::from).and_then(|question| instance.registrar.ask(question)) {
        Err(failure) => Err(failure.to_string()),
        Ok(status) => match status.freeze {
            None => Ok("not frozen".to_owned()),
            Some(freeze) => Err(format!(
                "FROZEN since {} ({}): nothing is renewed, deleted, sent or deposited by itself; see `namekeep recovery status`",
                minute(freeze.since),
                freeze.source
            )),
        },
    };
    report.add("recovery", found);
}

/// Secrets are readable by their owner alone.
fn files(report: &mut DoctorReport, instance: &Instance) {
    let keys = [&instance.config.keys.vault, &instance.config.keys.ledger].map(|path| instance.path(path));
    let passwords = instance.accounts.iter().map(|(_, account)| instance.path(&account.password_file));
    let certificates =
        instance.accounts.iter().flat_map(|(_, account)| &account.client_certificates).map(|files| instance.path(&files.key));
    let pin = instance.config.keys.token.iter().map(|token| instance.path(&token.pin_file));
    let backup = instance.config.backup.iter().flat_map(|backup| {
        [Some(&backup.key), backup.drill_key.as_ref(), backup.sftp.as_ref().map(|host| &host.key)].into_iter().flatten()
    });
    let escrow =
        instance.config.escrow.iter().flat_map(|escrow| [Some(&escrow.key), escrow.agent.as_ref().map(|host| &host.key)]).flatten();
    let kept = backup.chain(escrow).map(|path| instance.path(path));
    // Accounts may share a file; it is looked at once.
    for path in keys.into_iter().chain(kept).chain(pin).chain(passwords).chain(certificates).collect::<std::collections::BTreeSet<_>>() {
        let found = match std::fs::metadata(&path) {
            Err(error) => Err(format!("{error}")),
            Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
                Err(format!("others can read it (mode {:o}); `chmod 600` it", meta.permissions().mode() & 0o777))
            }
            Ok(_) => Ok("its owner's alone".to_owned()),
        };
        report.add(format!("file {}", path.display()), found);
    }
}

/// Client certificates, with alarms at 90, 30 and 7 days.
fn certificates(report: &mut DoctorReport, instance: &Instance) {
    let now = instance.registrar.now();
    for (profile, account) in &instance.accounts {
        for files in &account.client_certificates {
            let files = epp::tls::IdentityFiles { chain: instance.path(&files.chain), key: instance.path(&files.key) };
            let found = match epp::tls::ClientIdentity::load(&files) {
                Err(fault) => Err(fault.to_string()),
                Ok(identity) => {
                    let until = format!("valid until {}", identity.info().not_after.strftime("%Y-%m-%d"));
                    if identity.alarm(now) > epp::tls::ExpiryAlarm::Quiet {
                        Err(format!("{until}; get the next one now"))
                    } else {
                        Ok(until)
                    }
                }
            };
            report.add(format!("certificate for {}", profile.id), found);
        }
    }
}

/// Whoever was erased is out of the key file too.
fn erased_keys(report: &mut DoctorReport, instance: &Instance) {
    let found = match instance.registrar.count_unswept_keys() {
        Err(failure) => Err(failure.to_string()),
        Ok(0) => Ok("what was erased is out of the key file".to_owned()),
        Ok(count) => {
            let keys = counted(count as u64, "key", "keys");
            Err(format!("{keys} destroyed, but not in the key file and the database alike; `namekeep serve` sees to it at its start"))
        }
    };
    report.add("erased keys", found);
}

/// The key file is sealed, and what sealed it before is gone.
fn token(report: &mut DoctorReport, instance: &Instance) {
    if instance.config.keys.token.is_none() {
        return;
    }
    let found = match instance.registrar.vault().find_unsettled() {
        Err(fault) => Err(fault.to_string()),
        Ok(None) => Ok("seals the key file; no older copy of it opens".to_owned()),
        Ok(Some(what)) => Err(format!("{what}; `namekeep serve` sees to it at its start and every night")),
    };
    report.add("token", found);
}

fn ledger_state(report: &mut DoctorReport, instance: &Instance) {
    let folder = Folder::new(&instance.path(&instance.config.instance.ledger));
    let found = match ledger::verify_store_against(instance.registrar.store(), &folder, &instance.ledger_key) {
        Err(fault) => Err(fault.to_string()),
        Ok(verification) => match verification.finding {
            None => Ok(format!("{} as written", counted(verification.verified, "entry", "entries"))),
            Some(finding) => Err(finding.to_string()),
        },
    };
    report.add("ledger", found);
}

/// Every registry was asked about every name last night, and how that ended. What differs is an alarm of its own.
fn reconciliation(report: &mut DoctorReport, instance: &Instance) {
    let now = instance.registrar.now();
    for (profile, _) in &instance.accounts {
        let question = authorise(&registrar::actor::timer(), NightOf { registry: profile.id.clone() });
        let found = match question.map_err(registrar::Failure::from).and_then(|question| instance.registrar.ask(question)) {
            Err(failure) => Err(failure.to_string()),
            Ok(standing) => {
                let overdue = standing.next_at.filter(|next| now.duration_since(*next) > NIGHT_OVERDUE);
                match overdue.filter(|_| standing.under_way.is_none()) {
                    Some(since) => Err(format!("overdue since {}; see that `namekeep serve` runs", since.strftime("%Y-%m-%d %H:%M"))),
                    None => Ok(night::last(&standing)),
                }
            }
        };
        report.add(format!("reconciliation of {}", profile.id), found);
    }
}

fn duties(report: &mut DoctorReport, instance: &Instance) {
    let lapsed = ListDuties {
        filter: DutyFilter { state: Some("lapsed".to_owned()), ..DutyFilter::default() },
        page: PageRequest { after: None, limit: 1 },
    };
    let found = authorise(&registrar::actor::timer(), lapsed)
        .map_err(registrar::Failure::from)
        .and_then(|question| instance.registrar.ask(question));
    report.add(
        "duties",
        match found {
            Err(failure) => Err(failure.to_string()),
            Ok(page) if page.items.is_empty() => Ok("none lapsed".to_owned()),
            Ok(_) => Err("some lapsed; see `namekeep duties --state lapsed`".to_owned()),
        },
    );
}

/// What asked for a person and still stands.
fn alarms(report: &mut DoctorReport, instance: &Instance) {
    let question = authorise(&registrar::actor::timer(), ListAlarms::default());
    match question.map_err(registrar::Failure::from).and_then(|question| instance.registrar.ask(question)) {
        Err(failure) => report.add("alarms", Err(failure.to_string())),
        Ok(alarms) if alarms.is_empty() => report.add("alarms", Ok("none".to_owned())),
        Ok(alarms) => alarms.into_iter().for_each(|alarm| report.add(format!("alarm {}", alarm.key), Err(alarm.sentence))),
    }
}

/// A registrar lives by its clock: one that stands before the newest ledger entry is wrong.
fn clock(report: &mut DoctorReport, instance: &Instance) {
    let newest = instance.registrar.store().read(|tx| ledger::list_newest_entries(tx, i64::MAX.unsigned_abs(), 1));
    let now = instance.registrar.now();
    report.add(
        "clock",
        match newest.map(|rows| rows.first().map(|row| row.at)) {
            Err(fault) => Err(fault.to_string()),
            Ok(Some(at)) if at > now => Err(format!("it shows {now}, but the ledger has an entry of {at}; set the machine's clock")),
            Ok(_) => Ok(now.to_string()),
        },
    );
}
