//! The instance and its database go away: the directory goes on. They come back: it catches up, and no change is missing.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, DomainName, HostName, Period};
use policy::command::RegisterDomain;
use policy::publication::ConsentElement;
use registrar::command::ChangeNameservers;
use registrar::contact::{SaveContact, SetConsent};
use store::feed::{Follower, Found, Frame};
use store::{SignerKey, publications};

use super::running::{PublicDirectory, until};
use crate::exactly_once::desk::{Desk, somebody};
use crate::scene::{Scene, files_below};

/// Names of the instance.
const NAMES: usize = 12;

/// One who reads the feed besides: what each name's record is, and how many changes there were.
struct Reader {
    follower: Follower,
    records: BTreeMap<String, Vec<u8>>,
    changes: u64,
    position: u64,
}

impl Reader {
    fn new(scene: &Scene) -> Self {
        let key = SignerKey::read(&scene.instance.join("keys/feed.key")).unwrap();
        let follower = Follower::new(&scene.instance.join("feed"), key.verifier().clone());
        Self { follower, records: BTreeMap::new(), changes: 0, position: 0 }
    }

    /// Reads what is new; says whether the whole came anew.
    fn read(&mut self) -> bool {
        let (records, changes) = (&mut self.records, &mut self.changes);
        let found = self.follower.step(
            || {},
            |frame| {
                *changes += 1;
                match frame {
                    Frame::Record(record) => {
                        let name = policy::publication::PublicRecord::from_bytes(record).unwrap().name.to_owned();
                        records.insert(name, record.to_vec());
                    }
                    Frame::Removal(name) => drop(records.remove(name)),
                }
                Ok(())
            },
        );
        match found.unwrap() {
            Found::Nothing => false,
            Found::Changes(head) => {
                self.position = head.position;
                false
            }
            Found::Anew(head) => {
                self.position = head.position;
                true
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_directory_goes_on_without_the_instance_and_catches_up_without_a_gap() {
    let scene = Scene::set().await;
    let log = scene.path("serve.log");
    let server = scene.serve(&log, "warn");
    let mut directory = PublicDirectory::start(&scene, &scene.path("directory")).await;
    let desk = Desk::open(&scene);
    let names: Vec<(DomainName, ContactId)> = (0..NAMES).map(|number| register(&desk, number)).collect();
    let is_public = |directory: &PublicDirectory, name: &DomainName| directory.domain(name.as_str()).starts_with("HTTP/1.1 200");
    names.iter().for_each(|(name, _)| until("a name to be public", || is_public(&directory, name)));
    until("the orders to be settled", || desk.portfolio().iter().all(|registration| registration.open_intents.is_empty()));

    // The instance is killed and its database is gone; so are all who had it open.
    drop((server, desk));
    let (state, away) = (scene.instance.join("state"), scene.instance.join("state.away"));
    std::fs::rename(&state, &away).unwrap();
    let mut reader = Reader::new(&scene);
    assert!(reader.read(), "there is no feed");
    let said = |directory: &PublicDirectory| -> Vec<String> { names.iter().flat_map(|(name, _)| told(directory, name)).collect() };
    let before = said(&directory);
    assert!(before.iter().all(|answer| answer.contains("ns1.provider.example") || answer.contains("NS1.PROVIDER.EXAMPLE")));
    // Even one that starts now has all of it from the feed.
    directory.restart();
    names.iter().for_each(|(name, _)| until("a name to be public again", || is_public(&directory, name)));
    assert_eq!(said(&directory), before);

    // The database is back, and orders are taken while nobody publishes them.
    std::fs::rename(&away, &state).unwrap();
    let desk = Desk::open(&scene);
    let (position, changes) = (reader.position, reader.changes);
    change(&desk, &names);
    assert_eq!(said(&directory), before, "nobody published");
    assert!(!reader.read());
    let server = scene.serve(&log, "warn");
    for (number, (name, _)) in names.iter().enumerate() {
        until("the last state of each name", || told(&directory, name).iter().all(|answer| is_last_state(answer, number)));
    }
    until("the orders to be settled", || desk.portfolio().iter().all(|registration| registration.open_intents.is_empty()));

    // What another follower read is what the store holds. A change that the next one of its name overtook has a number and is not read.
    let last = || desk.store().read(publications::last).unwrap();
    until("the feed to be complete", || {
        assert!(!reader.read(), "the feed began anew");
        reader.position == last()
    });
    let (read, numbered) = (reader.changes - changes, reader.position - position);
    assert!(0 < read && read <= numbered, "{read} changes were read of {numbered} from {position} on");
    let stored = desk.store().read(|tx| publications::list_changes(tx, 0, 1000)).unwrap();
    let stored: BTreeMap<String, Vec<u8>> = stored.into_iter().filter_map(|change| Some((change.name, change.record?))).collect();
    assert!(stored == reader.records && stored.len() == NAMES, "the feed is not what the store holds");
    drop(server);
    assert!(!files_below(&scene.instance.join("feed")).is_empty());
}

/// What both protocols tell of a name.
fn told(directory: &PublicDirectory, name: &DomainName) -> [String; 2] {
    let rdap = directory.domain(name.as_str());
    // The head has the time of day.
    let body = rdap.split_once("\r\n\r\n").map_or_else(|| rdap.clone(), |(_, body)| body.to_owned());
    [body, String::from_utf8(directory.whois(name.as_str().as_bytes())).unwrap()]
}

fn register(desk: &Desk, number: usize) -> (DomainName, ContactId) {
    let name = DomainName::parse(&format!("name-{number}.{}", if number.is_multiple_of(2) { "alpha" } else { "minimal" })).unwrap();
    let holder = desk.order(SaveContact { id: None, contact: somebody(number) });
    desk.order(RegisterDomain {
        name: name.clone(),
        period: Period::ONE_YEAR,
        registrant: Some(holder),
        contacts: BTreeMap::new(),
        nameservers: nameservers("provider"),
        ds: BTreeSet::new(),
        auto_renew: true,
        lock_consent: None,
        fee: None,
        launch: Default::default(),
    });
    (name, holder)
}

fn nameservers(provider: &str) -> BTreeMap<HostName, BTreeSet<std::net::IpAddr>> {
    (1..=2).map(|number| (HostName::parse(&format!("ns{number}.{provider}.example")).unwrap(), BTreeSet::new())).collect()
}

/// Half of the holders agree, change their mind and agree again; every third name moves to other servers.
fn change(desk: &Desk, names: &[(DomainName, ContactId)]) {
    for (number, (name, holder)) in names.iter().enumerate() {
        if number < NAMES / 2 {
            for is_given in [true, false, true] {
                let elements = vec![ConsentElement::Name];
                desk.order(SetConsent { contact: *holder, elements, is_given, source: "form v1".to_owned() });
            }
        }
        if number.is_multiple_of(3) {
            desk.order(ChangeNameservers { name: name.clone(), nameservers: nameservers("elsewhere") });
        }
    }
}

fn is_last_state(answer: &str, number: usize) -> bool {
    let has_moved = answer.contains("ns1.elsewhere.example") && !answer.contains("ns1.provider.example");
    answer.contains(&somebody(number).name) == (number < NAMES / 2) && has_moved == number.is_multiple_of(3)
}
