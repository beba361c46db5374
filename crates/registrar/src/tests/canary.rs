//! Secrets and personal data never lie in clear: not in a column of any table, not in the database file, not in a log.
//!
//! The words planted here occur nowhere else, so finding one anywhere is the failure.

use model::{AuthInfo, DomainName};
use store::testing::TestDatabases;

use super::contacts::ada;
use super::world::order;
use crate::command::{IssueAuthInfo, ReadAuthInfo, TransferDomainIn};
use crate::contact::{ReadContact, SaveContact};
use crate::testing::{House, WholeLog};

/// What a registrant got from the losing registrar.
const AUTH_INFO: &str = "Canary-Authinfo-91";

/// Every personal word of the contact, as somebody would search for it.
const PERSONAL: &[&str] =
    &["Canaria", "Namefield", "Canary Orgfield", "Streetfield", "Canarycity", "Canaryprovince", "CA9 7NY", "1632960987", "canarymail"];

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

/// Tables that the canaries pass through; had one of them nothing to show, its search would prove nothing.
const TABLES_IN_USE: &[&str] = &["ledger_entry", "contact", "auth_info", "intent", "notice", "operator", "registration"];

#[test]
fn canaries_are_found_nowhere() {
    let log = WholeLog::kept();
    TestDatabases::each(|database| {
        let canaries = plant(&House::on(database));
        for (table, held) in database.dump() {
            assert_clean(&format!("table `{table}` on {}", database.engine()), &held, &canaries);
            assert!(!held.is_empty() || !TABLES_IN_USE.contains(&table), "table `{table}` on {} was not searched", database.engine());
        }
        let said = log.bytes();
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
#[should_panic(expected = "`CA9 7NY` lies in clear in a sample")]
fn the_search_finds_a_canary() {
    assert_clean("a sample", b"...CA9 7NY...", &["CA9 7NY".to_owned()]);
}
