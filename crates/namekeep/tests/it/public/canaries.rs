//! Canaries: people planted in a real registrar, and every public byte searched for what of them is withheld. What may be shown has to be
//! found, so the test fails in both directions.
//!
//! `NAMEKEEP_CANARIES` says how many values are planted (500 unless set; 10,000 in the long run).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::{ContactId, ContactRole, DomainName, HostName, Period};
use policy::command::RegisterDomain;
use registrar::Receipt;
use registrar::contact::{SaveContact, SetConsent};

use super::memory::writable_memory;
use super::plants::{Place, Plant, VALUES_EACH};
use super::running::{FRIENDLY, LIMITED, PublicDirectory, until};
use super::search::{Search, forms};
use crate::exactly_once::desk::Desk;
use crate::scene::{Scene, content, files_below, holds};

/// Values unless the environment says otherwise.
const VALUES: usize = 500;
const VALUES_VARIABLE: &str = "NAMEKEEP_CANARIES";

/// Orders under way at once.
const AT_ONCE: usize = 50;

/// A name with what is planted in its holder, and in its technical contact where its registry takes one.
struct Planted {
    name: DomainName,
    plants: Vec<Plant>,
}

/// Bytes that the public can read, or that lie where nothing withheld may be.
struct Public {
    place: Where,
    what: String,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Where {
    Rdap,
    Whois,
    Memory,
    File,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canary_withheld_data_is_in_no_public_byte_and_not_in_the_directorys_memory() {
    let wanted = std::env::var(VALUES_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(VALUES);
    let scene = Scene::set().await;
    let folder = scene.path("directory");
    let directory = PublicDirectory::start(&scene, &folder).await;
    let mut public = vec![Public {
        place: Where::Rdap,
        what: "before there are records".to_owned(),
        bytes: directory.domain("early.minimal").into_bytes(),
    }];
    assert!(holds(&public[0].bytes, "HTTP/1.1 503"));
    let server = scene.serve(&scene.path("serve.log"), "warn");
    let desk = Desk::open(&scene);
    let planted = plant(&desk, wanted.div_ceil(3 * VALUES_EACH));
    let known = |name: &DomainName| directory.whois(name.as_str().as_bytes()).starts_with(b"Domain Name: ");
    planted.iter().for_each(|planted| until("a name to be public", || known(&planted.name)));

    public.extend(ask_for_everything(&directory, &planted));
    public.push(Public { place: Where::Memory, what: "the memory of the directory".to_owned(), bytes: writable_memory(directory.id()) });
    drop(server);
    drop(directory);
    for path in files_below(&scene.instance.join("feed")).into_iter().chain(files_below(&folder)) {
        public.push(Public { place: Where::File, what: path.display().to_string(), bytes: content(&path) });
    }
    assert!(holds(&content(&folder.join("directory.log")), "TRACE"), "the directory did not log everything");
    judge(&planted, &public, &scene.path("control"));
}

/// Searches everything that was public.
fn judge(planted: &[Planted], public: &[Public], control: &Path) {
    let values: Vec<_> = planted.iter().flat_map(|planted| &planted.plants).flat_map(|plant| &plant.values).collect();
    let search = Search::new(values.iter().map(|value| value.needle.as_str()));
    // The search sees: a file with every form of every value.
    let all: Vec<u8> = values.iter().flat_map(|value| forms(&value.needle)).flat_map(|form| [form, b"\n".to_vec()].concat()).collect();
    std::fs::write(control, all).unwrap();
    assert!(search.count(&content(control)).iter().all(|count| *count >= 7), "the search is blind");

    let (mut searched, mut leaks) = (0, Vec::new());
    let mut seen: BTreeMap<Where, Vec<usize>> = BTreeMap::new();
    for place in public {
        searched += place.bytes.len();
        let sums = seen.entry(place.place).or_insert_with(|| vec![0; values.len()]);
        for (number, count) in search.count(&place.bytes).into_iter().enumerate().filter(|(_, count)| *count > 0) {
            sums[number] += count;
            if !values[number].is_public {
                leaks.push(format!("{} is in {}", values[number].what, place.what));
            }
        }
    }
    let shown = values.iter().filter(|value| value.is_public).count();
    eprintln!("{} values planted, {shown} of them public; {searched} bytes searched in {} places", values.len(), public.len());
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    for (number, value) in values.iter().enumerate().filter(|(_, value)| value.is_public) {
        for place in [Where::Rdap, Where::Whois, Where::Memory, Where::File] {
            assert!(seen[&place][number] > 0, "{} is public and not in {place:?}", value.what);
        }
    }
    assert!(shown * 5 > values.len() && shown * 2 < values.len(), "most is withheld, and much is not: {shown} of {}", values.len());
}

/// Asks for every name in every way, for everything else, and for what is refused.
fn ask_for_everything(directory: &PublicDirectory, planted: &[Planted]) -> Vec<Public> {
    let mut places = Vec::new();
    let mut statuses = BTreeSet::new();
    let mut ask = |from, method: &str, target: &str| {
        let bytes = directory.rdap(from, method, target);
        statuses.insert(String::from_utf8_lossy(&bytes[9..12]).into_owned());
        places.push(Public { place: Where::Rdap, what: format!("{method} {target}"), bytes });
    };
    for Planted { name, .. } in planted {
        let unicode: String = name.to_unicode().bytes().map(|byte| format!("%{byte:02X}")).collect();
        for form in [name.as_str(), &name.as_str().to_uppercase(), &unicode] {
            ask(FRIENDLY, "GET", &format!("/domain/{form}?x=%22"));
        }
        ask(FRIENDLY, "HEAD", &format!("/domain/{name}"));
    }
    let others =
        ["/help", "/domain/unknown.alpha", "/domain/plant*.alpha", "/domain/%FF", "/domain/", "/entity/con_1", "/nameserver/ns1.a"];
    others.iter().for_each(|target| ask(FRIENDLY, "GET", target));
    ask(FRIENDLY, "POST", "/domain/unknown.alpha");
    (0..12).for_each(|_| ask(LIMITED, "GET", &format!("/domain/{}", planted[0].name)));
    let wanted = ["200", "400", "404", "405", "429", "501"].map(str::to_owned);
    assert_eq!(statuses, BTreeSet::from(wanted));
    let lines = planted.iter().map(|planted| planted.name.to_unicode());
    for line in lines.chain(["unknown.alpha", "plant*", "", "\u{7f}"].map(str::to_owned)) {
        places.push(Public { place: Where::Whois, what: format!("WHOIS {line}"), bytes: directory.whois(line.as_bytes()) });
    }
    places
}

/// Registers so many pairs of names: one at the registry that keeps contacts, with a technical one, and one at the other.
fn plant(desk: &Desk, pairs: usize) -> Vec<Planted> {
    let mut planted = Vec::new();
    for pair in 0..pairs {
        let [holder, technical] =
            [(3 * pair, Place::Registrant), (3 * pair + 1, Place::Technical)].map(|(n, place)| Plant::new(n, place, true));
        planted.push(Planted { name: name(&format!("plant-{pair}.alpha")), plants: vec![holder, technical] });
        let plants = vec![Plant::new(3 * pair + 2, Place::Registrant, false)];
        planted.push(Planted { name: name(&format!("plant-{pair}.minimal")), plants });
    }
    let mut under_way: Vec<Receipt> = Vec::new();
    for Planted { name, plants } in &planted {
        let contacts: Vec<ContactId> = plants.iter().map(|plant| save(desk, plant)).collect();
        under_way.push(desk.order(order(name, &contacts)));
        if under_way.len() >= AT_ONCE {
            settle(desk, &mut under_way);
        }
    }
    settle(desk, &mut under_way);
    planted
}

fn save(desk: &Desk, plant: &Plant) -> ContactId {
    let contact = desk.order(SaveContact { id: None, contact: plant.contact.clone() });
    if !plant.consent.is_empty() {
        desk.order(SetConsent { contact, elements: plant.consent.clone(), is_given: true, source: "form v1".to_owned() });
    }
    contact
}

fn settle(desk: &Desk, under_way: &mut Vec<Receipt>) {
    until("the registries to answer", || under_way.iter().all(|receipt| desk.is_settled(receipt)));
    under_way.clear();
}

fn order(name: &DomainName, contacts: &[ContactId]) -> RegisterDomain {
    let hosts = ["ns1.provider.example", "ns2.provider.example"].map(|host| (HostName::parse(host).unwrap(), BTreeSet::new()));
    RegisterDomain {
        name: name.clone(),
        period: Period::ONE_YEAR,
        registrant: contacts.first().copied(),
        contacts: contacts.get(1).map(|technical| BTreeMap::from([(ContactRole::Tech, *technical)])).unwrap_or_default(),
        nameservers: hosts.into(),
        ds: BTreeSet::new(),
        auto_renew: true,
        lock_consent: None,
        fee: None,
        launch: Default::default(),
    }
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}
