//! A deposit out of SQLite, hashed, compressed, signed and encrypted, against the pipeline that people write: `sqlite3 -csv | gzip | gpg`.
//!
//! The pipeline reads a flat table in clear. Ours opens every holder from the vault and reads every registration whole, which is what it
//! has; the same rows out of memory tell what the deposit alone costs.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use escrow::deposit::{Entry, Person, Settings, Writer};
use escrow::openpgp::{Form, OwnKey, Sealer};
use escrow::{IanaId, Specification};
use model::{Contact, ContactId, DomainId, DomainName, Email, Phone, PostalAddress, SeededEntropy};
use policy::Registration;
use registrar::Failure;
use registrar::contact::{ReadContact, SaveContact};
use registrar::deposit::{DepositOrder, Depositor, RunDeposit};
use rusqlite::Connection;
use store::registrations;

use super::house::{House, holder};
use super::names::name_of;
use super::portfolio::template;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup};
use crate::command_line::CommandLine;

/// Names, usually and behind `--long`.
const NAMES: [usize; 2] = [100_000, 1_000_000];

/// Names of each holder.
const NAMES_EACH: usize = 3;

/// Names read at once.
const PAGE: u32 = 1000;

/// Rows written in one transaction.
const CHUNK: usize = 2_000;

/// Runs of each; the fastest counts.
const RUNS: usize = 3;

/// Our number at IANA: for tests.
const IANA_ID: u32 = 9999;

/// Who may read the deposit of the pipeline.
const AGENT: &str = "agent@escrow.example";

/// Measures.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let names = NAMES[usize::from(setup.is_long)];
    let house = House::open(&setup.dir.join("house.db"), 1)?;
    let (holders, people) = fill(&house, names)?;
    let ours = ours(&house, &setup.dir, names)?;
    let (rows, opened) = (fastest(|| read_rows(&house))?, fastest(|| open_holders(&house, &holders))?);
    let hot = hot(&setup.dir, names, &people)?;
    let pipeline = pipeline(&setup.dir, names, &people)?;
    let rate = |what, time: Duration| Figure::new(what, names as f64 / time.as_secs_f64(), "names/s");
    let setting = format!("{names} names of {} holders", holders.len());
    Ok(vec![
        Ratio {
            setting: format!("{setting}, out of SQLite and the vault, sealed by RFC 9580"),
            ours: rate("ours", ours.time),
            peer: rate("sqlite3 -csv | gzip | gpg", pipeline.time),
            besides: vec![
                rate("the same rows out of memory", hot.time),
                rate("reading the names alone", rows.time),
                rate("opening their holders alone", opened.time),
                Figure::new("resident at most", Process::this().peak_bytes()? as f64 / 1e6, "MB"),
            ],
            goal: Goal::AtLeast(5.0),
        },
        Ratio {
            setting: format!("{setting}, the same rows out of memory"),
            ours: rate("ours", hot.time),
            peer: rate("sqlite3 -csv | gzip | gpg", pipeline.time),
            besides: Vec::new(),
            goal: Goal::AtLeast(5.0),
        },
        Ratio {
            setting: format!("{setting}: what has to be sent"),
            ours: Figure::new("ours", ours.bytes as f64 / 1e6, "MB"),
            peer: Figure::new("the pipeline's", pipeline.bytes as f64 / 1e6, "MB"),
            besides: Vec::new(),
            goal: Goal::AtMost(1.1),
        },
    ])
}

/// What a deposit took.
struct Taken {
    time: Duration,
    bytes: u64,
}

fn fill(house: &House, names: usize) -> Result<(Vec<ContactId>, Vec<Person>)> {
    let count = names.div_ceil(NAMES_EACH);
    let holders = house.answers((0..count).map(|number| Ok(SaveContact { id: None, contact: contact(number)? })))?;
    let people = holders.iter().enumerate().map(|(number, id)| Ok(Person { handle: id.to_string(), contact: contact(number)? }));
    let people = people.collect::<Result<Vec<_>>>()?;
    house.submit_all(std::iter::once(house.order(0)))?;
    let template = template(house)?;
    let mut entropy = SeededEntropy::new(1);
    for first in (1..names).step_by(CHUNK) {
        let registrations = (first..names.min(first + CHUNK)).map(|number| {
            let (id, registrant) = (DomainId::new(template.opened_at, &mut entropy), Some(holders[number / NAMES_EACH]));
            Ok(Registration { id, name: DomainName::parse(&name_of(number))?, registrant, ..template.clone() })
        });
        let registrations = registrations.collect::<Result<Vec<_>>>()?;
        house.registrar.store().write::<_, Failure>(move |tx| {
            registrations.iter().try_for_each(|registration| registrations::insert(tx, registration, registration.expires_at))?;
            Ok(())
        })?;
    }
    Ok((holders, people))
}

/// What words of people are made of.
const SYLLABLES: [&str; 24] = [
    "an", "ber", "cor", "dal", "el", "fin", "gar", "hol", "is", "jo", "kar", "lun", "mar", "nor", "ol", "per", "quin", "ros", "sten",
    "tor", "ul", "ver", "win", "zel",
];

/// A holder as different from the others as people are: equal ones would flatter whoever compresses best.
fn contact(number: usize) -> Result<Contact> {
    let mut entropy = SeededEntropy::new(number as u64);
    let mut draw = |below: u64| entropy.next_u64() % below;
    let mut word = |syllables: u64| {
        let word: String = (0..syllables).map(|_| SYLLABLES[draw(SYLLABLES.len() as u64) as usize]).collect();
        format!("{}{}", word[..1].to_uppercase(), &word[1..])
    };
    let (given, family, street, city) = (word(2), word(3), word(3), word(2));
    let mut draw = |below: u64| entropy.next_u64() % below;
    let holder = holder()?;
    Ok(Contact {
        name: format!("{given} {family}"),
        email: Email::parse(&format!("{}.{}@{}.example", given.to_lowercase(), family.to_lowercase(), city.to_lowercase()))?,
        phone: Some(Phone::parse(&format!("+354.555{:04}", draw(10_000)), None)?),
        address: PostalAddress {
            street: vec![format!("{} {street} Street", draw(300) + 1)],
            city,
            postcode: Some((draw(900) + 100).to_string()),
            ..holder.address
        },
        ..holder
    })
}

fn settings() -> Result<Settings> {
    Ok(Settings::of(IanaId::new(IANA_ID)?, Specification::Y2024))
}

fn ours(house: &House, dir: &Path, names: usize) -> Result<Taken> {
    let now = house.registrar.now();
    let key = |name| OwnKey::generate(Form::V6, name, now);
    let (signer, agent) = (key("ours")?, key("agent")?);
    // Keys are certified to the second, and a moment later they are in force.
    std::thread::sleep(Duration::from_secs(1));
    let recipients = vec![agent.certificate().clone()];
    let order = DepositOrder { settings: settings()?, folder: dir.join("deposits"), signer, recipients, target: None, hour: 0 };
    let depositor = Depositor::new(&house.registrar, order);
    let leave = house.authorised(RunDeposit)?;
    fastest(|| {
        let written = depositor.write(&leave)?;
        // The first name is only ordered.
        ensure!(written.manifest.names as usize == names - 1, "{} names were deposited", written.manifest.names);
        Ok(written.manifest.files.iter().map(|file| file.bytes).sum())
    })
}

/// Names as a deposit reads them, for nobody.
fn read_rows(house: &House) -> Result<u64> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = house.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_extracts(tx, after.as_ref(), PAGE)?))?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some((last.name.clone(), last.id));
        count += page.len() as u64;
    }
}

/// Every holder once, out of the vault.
fn open_holders(house: &House, holders: &[ContactId]) -> Result<u64> {
    for id in holders {
        house.registrar.ask(house.authorised(ReadContact { id: *id })?)?;
    }
    Ok(holders.len() as u64)
}

fn hot(dir: &Path, names: usize, people: &[Person]) -> Result<Taken> {
    let now = registrar::Clock::now(&registrar::SystemClock);
    let (signer, agent) = (OwnKey::generate(Form::V6, "ours", now)?, OwnKey::generate(Form::V6, "agent", now)?);
    std::thread::sleep(Duration::from_secs(1));
    let domains = (0..names).map(|number| Ok(DomainName::parse(&name_of(number))?)).collect::<Result<Vec<_>>>()?;
    fastest(|| {
        let now = registrar::Clock::now(&registrar::SystemClock);
        let sealer = Sealer::new(signer.clone(), vec![agent.certificate().clone()], now)?;
        let mut writer = Writer::begin(settings()?, &dir.join("hot"), sealer, now)?;
        for (number, name) in domains.iter().enumerate() {
            let holder = Some(&people[number / NAMES_EACH]);
            let entry =
                Entry { name, expires_at: Some(now), name_servers: &[], holder, customer: None, tech: None, admin: None, billing: None };
            writer.add(&entry)?;
        }
        Ok(writer.finish()?.manifest.files.iter().map(|file| file.bytes).sum())
    })
}

/// The peer, as people write it; only its table is laid out beforehand.
fn pipeline(dir: &Path, names: usize, people: &[Person]) -> Result<Taken> {
    let flat = dir.join("flat.db");
    lay_out(&flat, names, people)?;
    let home = dir.join("gnupg");
    std::fs::create_dir_all(&home)?;
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))?;
    let home = home.display();
    let made =
        "gpg --homedir HOME --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key AGENT rsa4096 sign,cert never
        gpg --homedir HOME --batch --quiet --pinentry-mode loopback --passphrase '' --quick-add-key \
        $(gpg --homedir HOME --with-colons --list-keys | sed -n 's/^fpr:*//;T;s/:.*//p' | head -n 1) rsa4096 encrypt never";
    shell(&made.replace("HOME", &home.to_string()).replace("AGENT", AGENT))?;
    let out = dir.join("full.csv.gz.gpg");
    let line = format!(
        "sqlite3 -csv -header {} 'select * from flat order by domain' | gzip | gpg --homedir {home} --batch --yes --quiet --trust-model always \
         --pinentry-mode loopback --passphrase '' --recipient {AGENT} --sign --encrypt --output {}",
        flat.display(),
        out.display()
    );
    fastest(|| {
        shell(&line)?;
        Ok(std::fs::metadata(&out)?.len())
    })
}

fn lay_out(file: &Path, names: usize, people: &[Person]) -> Result<()> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(
        "create table flat (domain text primary key, \"expiration-date\" text, iana integer, \"rt-name\" text, \"rt-street\" text, \
         \"rt-city\" text, \"rt-state\" text, \"rt-zip\" text, \"rt-country\" text, \"rt-phone\" text, \"rt-email\" text, \"bc-name\" text) \
         without rowid",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert =
            transaction.prepare("insert into flat values (?1, '2027-11-30T12:00:00Z', ?2, ?3, ?4, ?5, '', ?6, ?7, ?8, ?9, ?3)")?;
        for number in 0..names {
            let contact = &people[number / NAMES_EACH].contact;
            let address = &contact.address;
            let phone = contact.phone.as_ref().map(|phone| phone.number()).unwrap_or_default();
            insert.execute(rusqlite::params![
                name_of(number),
                IANA_ID,
                contact.name,
                address.street.join(", "),
                address.city,
                address.postcode,
                address.country.as_str(),
                phone,
                contact.email.as_str()
            ])?;
        }
    }
    Ok(transaction.commit()?)
}

fn shell(script: &str) -> Result<()> {
    let script = format!("set -e -o pipefail\n{script}");
    CommandLine::new(["bash", "-c", script.as_str()]).probe(Path::new("/")).map(drop).with_context(|| format!("`{script}` fails"))
}

fn fastest(mut run: impl FnMut() -> Result<u64>) -> Result<Taken> {
    let mut best = Taken { time: Duration::MAX, bytes: 0 };
    for _ in 0..RUNS {
        let start = Instant::now();
        let bytes = run()?;
        if start.elapsed() < best.time {
            best = Taken { time: start.elapsed(), bytes };
        }
    }
    Ok(best)
}
