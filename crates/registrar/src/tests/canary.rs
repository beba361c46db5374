//! Secrets and personal data never lie in clear: not in the database file, not in the ledger, not in a log.
//!
//! The words planted here occur nowhere else, so finding one anywhere is the failure.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use model::{AuthInfo, DomainName};
use store::ledger;
use store::testing::{TestDatabase, TestDatabases};
use tracing_subscriber::fmt::MakeWriter;

use super::contacts::ada;
use super::world::order;
use crate::command::{IssueAuthInfo, ReadAuthInfo, TransferDomainIn};
use crate::contact::{ReadContact, SaveContact};
use crate::testing::House;

/// What a registrant got from the losing registrar.
const AUTH_INFO: &str = "Canary-Authinfo-91";

/// Every personal word of the contact, as somebody would search for it.
const PERSONAL: &[&str] =
    &["Canaria", "Namefield", "Canary Orgfield", "Streetfield", "Canarycity", "Canaryprovince", "CANARY7", "5559876", "canarymail"];

/// A log that is kept to be searched.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
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

/// Plants the canaries by ordinary use, and one refusal and one denial on the way.
fn plant(house: &House) -> Vec<String> {
    let token = house.act(crate::actor::EnrolOperator { name: "Grace Hopper".to_owned() }).unwrap().token;
    let registrant = house.act(SaveContact { id: None, contact: ada() }).unwrap();
    let transfer = |name: &str| TransferDomainIn {
        name: DomainName::parse(name).unwrap(),
        auth_info: AuthInfo::from_registrant(AUTH_INFO).unwrap(),
        registrant: Some(registrant),
        contacts: Default::default(),
        authorised_at: house.registrar.now(),
        fee: None,
        token: None,
    };
    house.act(transfer("canaryname.alpha")).unwrap();
    let receipt = house.act(order("canaryheld.alpha", registrant)).unwrap();
    house.settle(&receipt);
    assert_eq!(house.carry(), 1, "no letter was written and sealed");
    house.act(IssueAuthInfo { name: receipt.name.clone() }).unwrap();
    house.settle(&receipt);
    let issued = house.act(ReadAuthInfo { name: receipt.name.clone() }).unwrap();
    house.act(transfer("canaryname.unserved")).unwrap_err();
    house.registrar.authenticate_operator(&token).unwrap();
    let secret = token.expose().rsplit('_').nth(1).unwrap().to_owned();
    let flipped = model::Secret::new(token.expose().replace("nk_live", "nk_test"));
    house.registrar.authenticate_operator(&flipped).unwrap_err();
    assert_eq!(house.ask(ReadContact { id: registrant }).unwrap(), ada());
    let debugged = format!("{:?} {:?} {:?}", transfer("canaryname.alpha"), ada(), token);
    let mut canaries: Vec<String> = PERSONAL.iter().map(|word| (*word).to_owned()).collect();
    canaries.extend([AUTH_INFO.to_owned(), secret, issued.expose().to_owned()]);
    assert_clean("Debug output", debugged.as_bytes(), &canaries);
    canaries
}

fn assert_clean(place: &str, bytes: &[u8], canaries: &[String]) {
    for canary in canaries {
        let is_found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!is_found, "`{canary}` lies in clear in {place}");
    }
}

fn ledger_text(database: &TestDatabase) -> String {
    let rows = database.store().read::<_, crate::Failure>(|tx| Ok(ledger::list_entries(tx, 0, 1000)?)).unwrap();
    rows.iter().map(|row| format!("{row:?}\n")).collect()
}

#[test]
fn canaries_are_found_nowhere() {
    // For the whole process, because commands run on the store's own thread.
    let log = Log::default();
    tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).init();
    TestDatabases::each(|database| {
        let canaries = plant(&House::on(database));
        assert_clean("the ledger", ledger_text(database).as_bytes(), &canaries);
        let said = log.0.lock().unwrap().clone();
        assert!(!said.is_empty(), "nothing was logged, so nothing was searched");
        assert_clean("the log", &said, &canaries);
        // SQLite shows the file as a thief would read it: rows, free pages and write-ahead log.
        for entry in std::fs::read_dir(database.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_clean(&path.display().to_string(), &std::fs::read(&path).unwrap(), &canaries);
            }
        }
    });
}

/// The search itself finds what it looks for.
#[test]
#[should_panic(expected = "`CANARY7` lies in clear in a sample")]
fn the_search_finds_a_canary() {
    assert_clean("a sample", b"...CANARY7...", &["CANARY7".to_owned()]);
}
