//! Secrets and personal data over the gate: in the frames, and nowhere else. The journal keeps frames sealed; the log keeps words.

use epp::pool::{CredentialSource, InForce};
use model::Secret;
use store::testing::{TestDatabase, TestDatabases};

use crate::command::{IssueAuthInfo, ReadAuthInfo};
use crate::gate::testing::{Crash, PASSWORD, Rig, name};
use crate::registry::{ProposeRegistryPassword, VaultCredentials};
use crate::testing::WholeLog;

/// What the password of the account is changed to, and what that change is followed by, still under way.
const NEW_PASSWORDS: [&str; 2] = ["canary-pass-88", "canary-pass-99"];

/// Every other word that must not be found, besides the authInfo that is drawn.
const CANARIES: &[&str] =
    &["canary-pass-77", "Canaria", "Holdername", "Canary Lane", "Canarytown", "CA7 7NN", "1632960777", "canaryholder"];

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Uses every secret as it is used; gives the authInfo, and what was printed on the way.
fn plant(rig: &mut Rig, database: &mut TestDatabase) -> (Secret, String) {
    let password_file = database.folder().join("password");
    std::fs::write(&password_file, PASSWORD).unwrap();
    let credentials = VaultCredentials::open(rig.registrar.clone(), &rig.registry(), Some(&password_file)).unwrap();
    std::fs::remove_file(&password_file).unwrap();
    let mut printed = String::new();
    for (password, is_settled) in NEW_PASSWORDS.into_iter().zip([true, false]) {
        let propose = ProposeRegistryPassword { registry: rig.registry(), password: Secret::new(password) };
        printed.push_str(&format!("{propose:?} "));
        rig.act(propose).unwrap();
        credentials.begin_change().unwrap();
        if is_settled {
            credentials.settle(InForce::Pending).unwrap();
        }
    }
    let now = credentials.credentials().unwrap();
    let pending = now.pending.as_ref().map(|pending| pending.password.expose());
    assert_eq!((now.password.expose(), pending), (NEW_PASSWORDS[0], Some(NEW_PASSWORDS[1])));
    printed.push_str(&format!("{credentials:?} {now:?} "));
    drop(credentials);
    rig.order("quiet.alpha");
    rig.settle(database);
    rig.act(IssueAuthInfo { name: name("quiet.alpha") }).unwrap();
    rig.crash(Crash::After(rig.port.count() + 1));
    rig.settle(database);
    let auth_info = rig.act(ReadAuthInfo { name: name("quiet.alpha") }).unwrap();
    printed.push_str(&format!("{:?} {auth_info:?}", rig.gate()));
    (auth_info, printed)
}

#[test]
fn no_secret_reaches_the_log_the_database_or_a_printed_value() {
    let log = WholeLog::kept();
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 41);
        let (auth_info, printed) = plant(&mut rig, database);
        let mut places = vec![("a printed value".to_owned(), printed.into_bytes()), ("the log".to_owned(), log.bytes())];
        drop(rig);
        database.reopen();
        places.extend(database.dump().into_iter().map(|(table, held)| (format!("table {table}"), held)));
        // SQLite shows the files as a thief would read them: free pages and write-ahead log too.
        for entry in std::fs::read_dir(database.folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
        for (place, bytes) in &places {
            for canary in CANARIES.iter().copied().chain(NEW_PASSWORDS).chain([auth_info.expose()]) {
                assert!(!holds(bytes, canary), "{}: a secret lies in clear in {place}", database.engine());
            }
        }
        let searched = |place: &str| places.iter().find(|(name, _)| name == place).map_or(0, |(_, bytes)| bytes.len());
        for place in ["the log", "table epp_journal", "table sealed_value", "table auth_info", "table contact", "table ledger_entry"] {
            assert!(searched(place) > 0, "{}: {place} was empty, so nothing was searched", database.engine());
        }
    });
}
