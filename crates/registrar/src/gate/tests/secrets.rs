//! Secrets and personal data over the gate: in the frames, and nowhere else. The journal keeps frames sealed; the log keeps words.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use store::testing::TestDatabases;
use tracing_subscriber::fmt::MakeWriter;

use crate::command::{IssueAuthInfo, ReadAuthInfo};
use crate::gate::testing::{Crash, PASSWORD, Rig, name};
use crate::registry::VaultCredentials;
use epp::pool::CredentialSource;

/// Every word that must not be found, besides the authInfo that is drawn.
const CANARIES: &[&str] = &["canary-pass-77", "Canaria", "Holdername", "Canary Lane", "Canarytown", "CAN77", "canaryholder"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn no_secret_reaches_the_log_the_database_or_a_printed_value() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut database = TestDatabases::sqlite();
    let mut rig = Rig::new(&database, 41);
    let password_file = database.folder().join("password");
    std::fs::write(&password_file, PASSWORD).unwrap();
    let credentials = VaultCredentials::open(rig.registrar.clone(), &rig.registry(), Some(&password_file)).unwrap();
    assert_eq!(credentials.credentials().unwrap().password.expose(), PASSWORD);
    std::fs::remove_file(&password_file).unwrap();
    rig.order("quiet.alpha");
    rig.settle(&mut database);
    rig.act(IssueAuthInfo { name: name("quiet.alpha") }).unwrap();
    rig.crash(Crash::After(rig.port.count() + 1));
    rig.settle(&mut database);
    let auth_info = rig.act(ReadAuthInfo { name: name("quiet.alpha") }).unwrap();
    let printed = format!("{credentials:?} {:?} {:?}", credentials.credentials(), rig.gate());
    let mut places = vec![("a printed value".to_owned(), printed.into_bytes()), ("the log".to_owned(), log.0.lock().unwrap().clone())];
    drop((rig, credentials));
    database.reopen();
    for entry in std::fs::read_dir(database.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(places.len() > 3, "the database was not searched");
    for (place, bytes) in &places {
        for canary in CANARIES.iter().copied().chain([auth_info.expose()]) {
            assert!(!holds(bytes, canary), "a secret lies in clear in {place}");
        }
    }
}
