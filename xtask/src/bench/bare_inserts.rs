//! The peer of the store: the rows it left behind, inserted into an empty copy of its tables by a loop that does nothing else.
//!
//! It has the same tables, indexes, references, page cache, flush and number of commits, and its rows lie ready in memory. It prepares
//! one statement for each table and fills the tables one after another within a commit. What it leaves out is all that makes rows: it
//! reads nothing, decides nothing, writes no JSON, hashes and signs nothing, answers nobody, and changes no row once it is inserted.

use std::path::Path;

use anyhow::Result;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::cost::Cost;

/// The page cache of the store's writer, in KiB, so that the loop has no less.
const CACHE_KIB: i64 = 64 * 1024;

/// A table as a database describes it, with its rows.
struct Table {
    name: String,
    /// Those that are stored; a generated one makes itself.
    columns: Vec<String>,
    /// Whether its rows refer to those of another.
    refers: bool,
    rows: Vec<Vec<Value>>,
}

/// Everything needed to make a database again.
pub struct Rows {
    definitions: Vec<String>,
    tables: Vec<Table>,
}

impl Rows {
    /// Reads every row of every table of the database file.
    pub fn of(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        let own = "name not like 'sqlite_%' and sql is not null";
        let definitions = strings(&connection, &format!("select sql from sqlite_schema where {own} order by type = 'table' desc, name"))?;
        let names = strings(&connection, &format!("select name from sqlite_schema where type = 'table' and {own} order by name"))?;
        let names = parents_first(&connection, names)?;
        let tables = names.into_iter().map(|name| Table::read(&connection, name)).collect::<Result<_>>()?;
        Ok(Self { definitions, tables })
    }

    /// The number of rows in all tables.
    pub fn count(&self) -> usize {
        self.tables.iter().map(|table| table.rows.len()).sum()
    }

    /// The commits that made a ledger: each left its checkpoint.
    pub fn commits(&self) -> usize {
        self.tables.iter().find(|table| table.name == "ledger_checkpoint").map_or(1, |table| table.rows.len())
    }

    /// Inserts all rows into a new file in `commits` transactions, each flushed to disk as the store's are, and measures it.
    pub fn insert_into(&self, path: &Path, commits: usize) -> Result<Cost> {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        self.definitions.iter().try_for_each(|definition| connection.execute_batch(definition))?;
        let ((), cost) = Cost::of(|| (0..commits).try_for_each(|commit| self.insert_share(&mut connection, commit, commits)))?;
        Ok(cost)
    }

    /// One transaction with its share of every table.
    fn insert_share(&self, connection: &mut Connection, commit: usize, commits: usize) -> Result<()> {
        let transaction = connection.transaction()?;
        for table in &self.tables {
            let places = vec!["?"; table.columns.len()].join(", ");
            let columns = table.columns.join(", ");
            let mut insert = transaction.prepare_cached(&format!("insert into \"{}\" ({columns}) values ({places})", table.name))?;
            for row in &table.rows[table.rows_before(commit, commits)..table.rows_before(commit + 1, commits)] {
                insert.execute(params_from_iter(row))?;
            }
        }
        Ok(transaction.commit()?)
    }
}

impl Table {
    fn read(connection: &Connection, name: String) -> Result<Self> {
        let stored = format!("select '\"' || name || '\"' from pragma_table_xinfo('{name}') where hidden = 0 order by cid");
        let columns = strings(connection, &stored)?;
        let refers = !parents(connection, &name)?.is_empty();
        let mut select = connection.prepare(&format!("select {} from \"{name}\"", columns.join(", ")))?;
        let rows = select.query_map([], |row| (0..columns.len()).map(|column| row.get(column)).collect())?.collect::<Result<_, _>>()?;
        Ok(Self { name, columns, refers, rows })
    }

    /// Rows inserted before a commit. Where a row falls between two commits, those that are referred to come with the earlier one and
    /// those that refer with the later.
    fn rows_before(&self, commit: usize, commits: usize) -> usize {
        let shares = self.rows.len() * commit;
        if self.refers { shares / commits } else { shares.div_ceil(commits) }
    }
}

/// Every table behind those that it refers to, as far as they do not refer to each other.
fn parents_first(connection: &Connection, mut names: Vec<String>) -> Result<Vec<String>> {
    let mut ordered: Vec<String> = Vec::new();
    while !names.is_empty() {
        let mut later = Vec::new();
        for name in &names {
            let is_ready = parents(connection, name)?.iter().all(|parent| parent == name || ordered.contains(parent));
            if is_ready { ordered.push(name.clone()) } else { later.push(name.clone()) }
        }
        if later.len() == names.len() {
            ordered.append(&mut later);
        }
        names = later;
    }
    Ok(ordered)
}

/// The tables that a table refers to.
fn parents(connection: &Connection, name: &str) -> Result<Vec<String>> {
    strings(connection, &format!("select \"table\" from pragma_foreign_key_list('{name}')"))
}

fn strings(connection: &Connection, query: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare(query)?;
    let strings = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(strings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_holds_the_same_rows() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("a.db"), dir.path().join("b.db"));
        let connection = Connection::open(&first).unwrap();
        let script =
            "create table t (id integer primary key, x text, y blob, z integer generated always as (id * 2) stored) strict; create index t_x on t (x); create table u (n integer);
            create table a (t integer not null references t (id));
            insert into t select value, 'text ' || value, x'00ff' from generate_series(1, 101); insert into u values (null), (7); insert into a select id from t order by id;";
        connection.execute_batch(&script.replace("generate_series(1, 101)", SERIES)).unwrap();
        let rows = Rows::of(&first).unwrap();
        assert_eq!(rows.count(), 204);
        let order: Vec<&str> = rows.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(order, ["t", "u", "a"], "a table comes behind what it refers to");
        rows.insert_into(&second, 10).unwrap();
        let again = Rows::of(&second).unwrap();
        assert_eq!(again.definitions, rows.definitions);
        for (copy, table) in again.tables.iter().zip(&rows.tables) {
            assert_eq!((&copy.name, &copy.rows), (&table.name, &table.rows));
        }
    }

    /// The numbers 1 to 101, without an extension of SQLite.
    const SERIES: &str =
        "(with recursive s (value) as (values (1) union all select value + 1 from s where value < 101) select value from s)";
}
