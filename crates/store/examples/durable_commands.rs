//! How many durable commands a second the store takes, beside a bare loop that inserts the same rows in the same batches.
//!
//! `cargo run --release -p store --example durable_commands -- [COMMANDS] [DATABASE_URL]`; without an address a SQLite file
//! in a temporary folder is used.

use std::path::Path;
use std::time::Instant;

use store::ledger::{NewEntry, append};
use store::{DatabaseUrl, SignerKey, Store, StoreFault, settings};

/// Commands in each commit of the bare loop.
const BATCH: usize = 50;

/// The body of an entry: an event of usual size.
const BODY: &str = r#"{"event":"domain-renewed","expires_at":"2028-11-23T00:00:00Z","intent":"int_01kavq0000000000000000000"}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let commands: usize = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let address = arguments.next();
    let folder = std::env::temp_dir().join(format!("namekeep-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let result = measure(&folder, commands, address);
    std::fs::remove_dir_all(&folder)?;
    result
}

fn measure(folder: &Path, commands: usize, address: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
    let url = match &address {
        Some(address) => DatabaseUrl::parse(address)?,
        None => DatabaseUrl::sqlite(&folder.join("store.db")),
    };
    let store = Store::open_with_signer(&url, SignerKey::generate("bench.namekeep.example")?)?;
    let one_by_one = rate(commands.min(2_000), |n| store.write(move |tx| command(tx, n)))?;
    println!("store, one at a time:    {one_by_one:>8.0} commands/s");
    let started = Instant::now();
    let pending: Vec<_> = (0..commands).map(|n| store.submit(move |tx| command(tx, n))).collect::<Result<_, _>>()?;
    for pending in pending {
        pending.wait()?;
    }
    let batched = commands as f64 / started.elapsed().as_secs_f64();
    println!("store, batched:          {batched:>8.0} commands/s");
    if address.is_none() {
        let bare = bare_loop(&folder.join("bare.db"), commands)?;
        println!("bare loop, {BATCH} a commit: {bare:>8.0} commands/s");
        println!("ratio:                   {:>8.0} %", 100.0 * batched / bare);
    }
    Ok(())
}

/// A command: one row of state, one entry of the ledger.
fn command(tx: &mut store::Tx<'_>, n: usize) -> Result<(), StoreFault> {
    settings::set(tx, &format!("bench.{n:08}"), "x")?;
    let subject = format!("dom_{:026}", n % 1000);
    let new = NewEntry { at: model::Timestamp::UNIX_EPOCH, actor: "act_bench", subject: &subject, kind: "DomainRenewed", body: BODY, salt: [7; 16] };
    append(tx, &new).map(drop)
}

fn rate(commands: usize, mut run: impl FnMut(usize) -> Result<(), StoreFault>) -> Result<f64, StoreFault> {
    let started = Instant::now();
    (0..commands).try_for_each(&mut run)?;
    Ok(commands as f64 / started.elapsed().as_secs_f64())
}

/// The same rows by hand, without savepoints, hashing or signing.
fn bare_loop(path: &Path, commands: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let connection = rusqlite::Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute_batch(concat!(
        include_str!("../migrations/0001_ledger.sql"),
        "create table setting (name text primary key, value text not null) strict;"
    ))?;
    let started = Instant::now();
    for first in (0..commands).step_by(BATCH) {
        connection.execute_batch("begin immediate")?;
        for n in first..(first + BATCH).min(commands) {
            connection
                .prepare_cached("insert into setting (name, value) values (?1, ?2)")?
                .execute((format!("bench.{n:08}"), "x"))?;
            let subject = format!("dom_{:026}", n % 1000);
            connection
                .prepare_cached(
                    "insert into ledger_entry (seq, at_us, actor, subject, kind, body, salt, commitment, leaf)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute((n as i64, 0, "act_bench", subject, "DomainRenewed", BODY, [7_u8; 16], [0_u8; 32], [0_u8; 32]))?;
        }
        connection
            .prepare_cached("insert into ledger_checkpoint (size, root, note) values (?1, ?2, ?3)")?
            .execute(((first + BATCH) as i64, [0_u8; 32], "x".repeat(200)))?;
        connection.execute_batch("commit")?;
    }
    Ok(commands as f64 / started.elapsed().as_secs_f64())
}
