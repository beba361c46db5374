//! Databases for tests: every script runs on SQLite and on a private PostgreSQL.
//!
//! ```no_run
//! # use store::testing::TestDatabases;
//! TestDatabases::each(|database| {
//!     let kinds = database.store().read(store::settings::find_instance_kind);
//!     assert_eq!(kinds, Ok(None));
//! });
//! ```
//!
//! Without PostgreSQL's server programs a test fails with the sentence that names the package; it never skips one engine.
#![expect(clippy::panic, reason = "a test that cannot have its database has failed")]

mod cluster;
mod dump;
mod soft_hsm;

pub use self::soft_hsm::SoftHsm;

use tempfile::TempDir;

use crate::fault::StoreFault;
use crate::ledger::{SignerKey, VerifierKey};
use crate::store::Store;
use crate::url::DatabaseUrl;

use self::cluster::{Cluster, TestDatabase as PostgresDatabase};

/// Name of the ledger's key in tests.
const LEDGER_NAME: &str = "ledger.test";

/// Runs tests on fresh databases.
pub struct TestDatabases;

/// An empty database on the private PostgreSQL that asks its owner for a password; removed when dropped. For programs that are
/// tested from outside.
pub struct GuardedDatabase {
    database: PostgresDatabase,
}

impl GuardedDatabase {
    /// The address, without the password.
    #[must_use]
    pub fn url(&self) -> &str {
        self.database.url()
    }
}

/// A fresh database, removed when dropped.
pub struct TestDatabase {
    store: Option<Store>,
    url: DatabaseUrl,
    verifier: VerifierKey,
    key_path: std::path::PathBuf,
    engine: &'static str,
    // Dropped after the store.
    _postgres: Option<PostgresDatabase>,
    folder: TempDir,
}

impl TestDatabases {
    /// Runs `script` on each engine, SQLite first.
    ///
    /// # Panics
    /// If a database cannot be made; the sentence says what is missing.
    pub fn each(mut script: impl FnMut(&mut TestDatabase)) {
        script(&mut Self::sqlite());
        script(&mut Self::postgres());
    }

    /// A fresh SQLite database.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn sqlite() -> TestDatabase {
        let folder = new_folder();
        let url = DatabaseUrl::sqlite(&folder.path().join("test.db"));
        TestDatabase::open("sqlite", url, None, folder)
    }

    /// A fresh database in the private PostgreSQL cluster.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn postgres() -> TestDatabase {
        let database = Cluster::get().and_then(Cluster::create_database).unwrap_or_else(|reason| panic!("{reason}"));
        let url = DatabaseUrl::parse(database.url()).unwrap_or_else(|fault| panic!("{fault}"));
        TestDatabase::open("postgres", url, Some(database), new_folder())
    }

    /// A fresh, empty database in the private PostgreSQL cluster, to be reached only with `password`.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn guarded_postgres(password: &str) -> GuardedDatabase {
        let made = Cluster::get().and_then(|cluster| cluster.create_guarded_database(password));
        GuardedDatabase { database: made.unwrap_or_else(|reason| panic!("{reason}")) }
    }
}

impl TestDatabase {
    fn open(engine: &'static str, url: DatabaseUrl, postgres: Option<PostgresDatabase>, folder: TempDir) -> Self {
        let key_path = folder.path().join("ledger.key");
        let opened = SignerKey::generate(LEDGER_NAME).and_then(|signer| {
            signer.write_new(&key_path)?;
            let verifier = signer.verifier().clone();
            Ok((Store::open_with_signer(&url, signer)?, verifier))
        });
        let (store, verifier) = opened.unwrap_or_else(|fault: StoreFault| panic!("{fault}"));
        Self { store: Some(store), url, verifier, key_path, engine, _postgres: postgres, folder }
    }

    /// The store.
    ///
    /// # Panics
    /// Never outside [`TestDatabase::reopen`].
    #[must_use]
    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap_or_else(|| panic!("the store is closed"))
    }

    /// Closes the store and opens it again on the same data, as after a restart.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub fn reopen(&mut self) {
        self.store = None;
        let opened = SignerKey::read(&self.key_path).and_then(|signer| Store::open_with_signer(&self.url, signer));
        self.store = Some(opened.unwrap_or_else(|fault| panic!("{fault}")));
    }

    /// The database as an operator backs it up, while it is in use.
    ///
    /// # Panics
    /// If it is not SQLite, or cannot be read.
    #[must_use]
    pub fn backup(&self) -> Vec<u8> {
        let to = self.folder.path().join("copied.db");
        let copied = rusqlite::Connection::open(self.folder.path().join("test.db"))
            .and_then(|connection| connection.execute("vacuum into ?1", [to.to_string_lossy()]));
        copied.unwrap_or_else(|error| panic!("{} is not backed up: {error}", self.engine));
        let bytes = std::fs::read(&to).and_then(|bytes| std::fs::remove_file(&to).map(|()| bytes));
        bytes.unwrap_or_else(|error| panic!("{error}"))
    }

    /// What the database holds of an owner's data key.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn wrapped_key(&self, owner: &str) -> Option<Vec<u8>> {
        let find = |tx: &mut crate::Tx<'_>| {
            tx.find(&crate::sql::vault::FIND, crate::value::values![owner], |row| Ok(row.opt_blob(2)?.map(<[u8]>::to_vec)))
        };
        self.store().read(find).unwrap_or_else(|fault| panic!("{fault}")).flatten()
    }

    /// Closes the store and opens it on what a backup of the file holds.
    ///
    /// # Panics
    /// If it is not SQLite, or cannot be opened.
    pub fn restore(&mut self, backup: &[u8]) {
        assert_eq!(self.engine, "sqlite", "a file is put back");
        self.store = None;
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("test.db{suffix}")));
        }
        std::fs::write(self.folder.path().join("test.db"), backup).unwrap_or_else(|error| panic!("{error}"));
        self.reopen();
    }

    /// `sqlite` or `postgres`, for messages.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        self.engine
    }

    /// The address, to open a second handle.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The ledger's public key.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The file with the ledger's private key.
    #[must_use]
    pub fn key_path(&self) -> &std::path::Path {
        &self.key_path
    }

    /// What every text and blob column of every table holds, table by table, as a thief of the database would read it.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn dump(&self) -> Vec<(&'static str, Vec<u8>)> {
        dump::of(&self.url).unwrap_or_else(|fault| panic!("the {} database cannot be dumped: {fault}", self.engine))
    }

    /// A folder for the test's own files.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

fn new_folder() -> TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for a test database: {error}"))
}
