//! Putting a registrar together: two registries cannot run one TLD, nor share an id.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use model::{DomainName, Email};
use policy::profile::RegistryProfile;
use store::testing::{TestDatabase, TestDatabases};
use store::{Kek, Vault};

use crate::testing::profile;
use crate::{Fault, NoticeSettings, Registrar, RegistrarParts, SharedSeed, SystemClock};

fn open(database: &TestDatabase, registries: Vec<RegistryProfile>) -> Result<Registrar, Fault> {
    let sender = Email::parse("notices@registrar.example").unwrap();
    Registrar::open(RegistrarParts {
        store: database.store().clone(),
        vault: Vault::new(Kek::generate().unwrap()),
        registries,
        accounts: BTreeMap::new(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SharedSeed::new(1)),
        notices: NoticeSettings {
            maildrop: PathBuf::new(),
            sender,
            sender_name: String::new(),
            portal: String::new(),
            verification_page: None,
        },
    })
}

#[test]
fn a_tld_and_an_id_belong_to_one_profile() {
    let database = TestDatabases::sqlite();
    let renamed = |id: &str| RegistryProfile { id: model::RegistryId::parse(id).unwrap(), ..profile() };
    let other_tlds = RegistryProfile { tlds: Vec::new(), ..profile() };
    let said = |registries| open(&database, registries).map(drop).map_err(|fault| fault.chain().to_owned());
    assert_eq!(said(vec![profile()]), Ok(()));
    assert_eq!(
        said(vec![profile(), renamed("other")]),
        Err("the TLD `alpha` is in two profiles, `alpha` and `other`; remove it from one of them".to_owned())
    );
    assert_eq!(said(vec![profile(), other_tlds]), Err("two profiles have the registry id `alpha`; give one of them another id".to_owned()));
}

#[test]
fn a_name_is_served_one_label_below_its_tld_only() {
    let database = TestDatabases::sqlite();
    let registrar = open(&database, vec![profile()]).unwrap();
    for (text, tld) in [("a.alpha", Some("alpha")), ("a.beta", Some("beta")), ("a.b.alpha", None), ("alpha", None), ("a.gamma", None)] {
        let found = registrar.profile_of(&DomainName::parse(text).unwrap()).map(|tld| tld.name.to_string());
        assert_eq!(found.as_deref(), tld, "{text}");
    }
}
