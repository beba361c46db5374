//! A portfolio that does not fit into memory need not: list, look up and reconcile page by page, with the memory that it takes at a
//! tenth of the size and at the whole.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use model::{DomainId, DomainName, SeededEntropy, expiry};
use policy::{Phase, Registration};
use registrar::portfolio::ListDomains;
use registrar::reconcile::Reconciler;
use registrar::registry::ReconcileNames;
use registrar::{Failure, MAX_PAGE_ITEMS, PageRequest};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use store::registrations;

use super::account::runtime;
use super::cost::Cost;
use super::echo_port::EchoPort;
use super::house::House;
use super::names::name_of;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup};

/// The hidden chore that [`fill`] is started by.
pub const CHORE: &str = "bench-fill";

/// Names, usually and behind `--long`.
const NAMES: [usize; 2] = [100_000, 1_000_000];

/// Names looked up, spread over the portfolio.
const LOOK_UPS: usize = 50_000;

/// Names reconciled, unless it is the long run.
const RECONCILED: usize = 10_000;

/// Registrations in one command of the filler.
const FILL_CHUNK: usize = 500;

/// A step through the numbers that meets them all: it shares no factor with any size above.
const STRIDE: usize = 7_919;

/// How much more memory the whole may take than its tenth: the page caches fill up to their bound.
const GROWTH: f64 = 1.5;

/// What one walk over a portfolio showed.
struct Walk {
    resident_mb: f64,
    listed: Cost,
    looked_up: Cost,
    reconciled: Cost,
    reconciled_count: usize,
}

/// Walks over a tenth of the names, then over all.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let whole = NAMES[usize::from(setup.is_long)];
    let sizes = [whole / 10, whole];
    let mut walks = Vec::new();
    for size in sizes {
        let file = setup.dir.join(format!("{size}.db"));
        // Filled by another process, so that its memory is not taken for that of the walk.
        let filled = Command::new(std::env::current_exe()?).arg(CHORE).arg(&file).arg(size.to_string()).status()?;
        ensure!(filled.success(), "the portfolio could not be filled");
        walks.push(walk(&file, size, if setup.is_long { size } else { RECONCILED.min(size) })?);
    }
    let [tenth, all] = <[Walk; 2]>::try_from(walks).ok().context("there are two sizes")?;
    let bare = bare_look_ups(&setup.dir.join(format!("{whole}.db")), whole)?;
    let rate = |what, cost: Cost, count| Figure { what, value: cost.per_second(count), unit: "names/s", cost: Some(cost) };
    Ok(vec![
        Ratio {
            setting: format!("{whole} names against {}: listed, looked up, reconciled", sizes[0]),
            ours: Figure::new("resident memory at most, all", all.resident_mb, "MB"),
            peer: Figure::new("resident memory at most, a tenth", tenth.resident_mb, "MB"),
            besides: vec![
                rate("listed, all", all.listed, whole),
                rate("listed, a tenth", tenth.listed, sizes[0]),
                rate("reconciled, all", all.reconciled, all.reconciled_count),
                rate("reconciled, a tenth", tenth.reconciled, tenth.reconciled_count),
            ],
            goal: Goal::AtMost(GROWTH),
        },
        Ratio {
            setting: format!("{LOOK_UPS} look-ups by name among {whole}, each a whole registration"),
            ours: rate("through the store", all.looked_up, LOOK_UPS),
            peer: rate("a bare prepared select", bare, LOOK_UPS),
            besides: vec![rate("through the store, a tenth", tenth.looked_up, LOOK_UPS)],
            goal: Goal::None,
        },
    ])
}

/// The other process: fills a database with registered names.
pub fn fill(file: &Path, count: usize) -> Result<ExitCode> {
    let house = House::open(file, 1)?;
    house.submit_all(std::iter::once(house.order(0)))?;
    let template = template(&house)?;
    let mut entropy = SeededEntropy::new(1);
    for first in (1..count).step_by(FILL_CHUNK) {
        let registrations = (first..count.min(first + FILL_CHUNK)).map(|number| {
            let id = DomainId::new(template.opened_at, &mut entropy);
            Ok(Registration { id, name: DomainName::parse(&name_of(number))?, ..template.clone() })
        });
        let registrations = registrations.collect::<Result<Vec<_>>>()?;
        house.registrar.store().write::<_, Failure>(move |tx| {
            registrations.iter().try_for_each(|registration| registrations::insert(tx, registration, registration.expires_at))?;
            Ok(())
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A name as it is once its registry has confirmed it.
pub fn template(house: &House) -> Result<Registration> {
    let name = DomainName::parse(&name_of(0))?;
    let ordered = house.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find_open(tx, &name)?))?;
    let mut template = ordered.context("the first name is not there")?;
    template.phase = Phase::Registered;
    template.open_intents.clear();
    template.created_at = Some(template.opened_at);
    template.expires_at = Some(expiry::add_years(template.opened_at, 1));
    Ok(template)
}

fn walk(file: &Path, size: usize, reconciled_count: usize) -> Result<Walk> {
    let house = House::open(file, 1)?;
    let mut most = 0;
    let mut look = || {
        most = Process::this().resident_bytes()?.max(most);
        Ok::<_, anyhow::Error>(())
    };
    let (count, listed) = Cost::of(|| list(&house, &mut look))?;
    ensure!(count == size, "{count} of {size} names were listed");
    let ((), looked_up) = Cost::of(|| look_up(&house, size))?;
    let (checked, reconciled) = Cost::of(|| reconcile(&house, reconciled_count, &mut look))?;
    Ok(Walk { resident_mb: most as f64 / 1e6, listed, looked_up, reconciled, reconciled_count: checked })
}

fn list(house: &House, look: &mut dyn FnMut() -> Result<()>) -> Result<usize> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = PageRequest { after, limit: MAX_PAGE_ITEMS };
        let page = house.registrar.ask(house.authorised(ListDomains { page, ..ListDomains::default() })?)?;
        count += page.items.len();
        look()?;
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

fn look_up(house: &House, size: usize) -> Result<()> {
    for name in spread(size) {
        let name = DomainName::parse(&name)?;
        let found = house.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find_open(tx, &name)?))?;
        ensure!(found.is_some_and(|found| found.name == name), "a name was not found");
    }
    Ok(())
}

fn reconcile(house: &House, count: usize, look: &mut dyn FnMut() -> Result<()>) -> Result<usize> {
    let id = super::far_registry::profile()?.id;
    let reconciler =
        Reconciler::open(&house.authorised(ReconcileNames)?, house.registrar.clone(), &id, Arc::new(EchoPort::new(&house.registrar)))?;
    let runtime = runtime()?;
    let (mut after, mut checked) = (None, 0);
    while checked < count {
        let page = runtime.block_on(reconciler.page(None, after, MAX_PAGE_ITEMS))?;
        checked += page.checked;
        look()?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(checked)
}

/// The same look-ups by one statement that is prepared once, its columns read and nothing made of them.
fn bare_look_ups(file: &Path, size: usize) -> Result<Cost> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut select = connection.prepare("select desired, actual, state from registration where name = ?1 and is_open = 1")?;
    let run = || {
        for name in spread(size) {
            let found =
                select.query_row([name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?)));
            ensure!(found.optional()?.is_some(), "a name was not found");
        }
        Ok(())
    };
    let start = Instant::now();
    let ((), cost) = Cost::of(run)?;
    Ok(Cost { wall: start.elapsed(), ..cost })
}

fn spread(size: usize) -> impl Iterator<Item = String> {
    (0..LOOK_UPS).map(move |turn| name_of(turn * STRIDE % size))
}
