//! Records of every kind that the projection can make, one for each number.

use std::collections::BTreeSet;

use model::{EppStatus, RgpStatus};
use policy::publication::{DelegationSigner, Element, PublicAddress, PublicContact, PublicEmail, PublicRecord, PublicStatuses};

/// Draws that depend on the number alone (SplitMix64).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn is_one_in(&mut self, parts: u64) -> bool {
        self.below(parts) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Given and shown, given and withheld, or never given.
    fn element<T>(&mut self, value: T, is_needed: bool) -> Element<T> {
        match self.below(if is_needed { 2 } else { 3 }) {
            0 => Element::Withheld,
            1 => Element::Shown(value),
            _ => Element::Absent,
        }
    }
}

const NAMES: [&str; 6] = ["Ada Example", "Zoë O'Neil", "山田太郎", "Jürgen \"J\" Groß", "Мария Примерова", "A \\ B <b>"];
const CITIES: [&str; 4] = ["Québec", "Springfield", "東京", "Reykjavík"];
const PLACES: [(&str, Option<&str>); 4] = [("CA", Some("QC")), ("US", Some("IL")), ("JP", Some("東京都")), ("IS", None)];
const HOSTS: [&str; 4] = ["ns1.dnshost.net", "ns2.dnshost.net", "ns1.xn--bcher-kva.net", "a.b.c.dnshost.org"];
const DIGEST: [u8; 48] = [0x5A; 48];

/// The name of a number: plain, with hyphens and digits, or internationalised.
pub(super) fn name(number: u64) -> String {
    match number % 4 {
        0 => format!("name-{number}.com"),
        1 => format!("{number}.net"),
        2 => model::DomainName::parse(&format!("bücher{number}.com")).unwrap().to_string(),
        _ => model::DomainName::parse(&format!("例え{number}.net")).unwrap().to_string(),
    }
}

/// The record of a number; `name` is [`name`] of it.
pub(super) fn record(number: u64, name: &str) -> PublicRecord<'_> {
    let mut draws = Draws(number);
    let draws = &mut draws;
    let statuses = statuses(draws);
    let is_signed = draws.is_one_in(3);
    PublicRecord {
        name,
        roid: if draws.is_one_in(5) { Element::Withheld } else { Element::Shown("2336799_DOMAIN_COM-VRSN") },
        statuses,
        created_at: 874_296_000 + draws.below(800_000_000) as i64,
        expires_at: 1_852_516_800 + draws.below(100_000_000) as i64,
        registrar_expires_at: 1_820_980_800 + draws.below(100_000_000) as i64,
        changed_at: draws.is_one_in(2).then_some(1_722_565_053),
        transferred_at: draws.is_one_in(4).then_some(1_600_000_000),
        nameservers: HOSTS[..draws.below(5) as usize].to_vec(),
        ds: if is_signed { signers(draws) } else { Vec::new() },
        registrant: registrant(draws),
        technical: draws.is_one_in(3).then(|| technical(draws)),
        reseller: draws.is_one_in(6).then_some("Example Reseller"),
    }
}

fn statuses(draws: &mut Draws) -> PublicStatuses {
    let (epp, rgp) = (EppStatus::ALL, RgpStatus::ALL);
    let epp: BTreeSet<_> = (0..draws.below(5)).map(|_| draws.pick(epp)).filter(|status| *status != EppStatus::Linked).collect();
    let rgp: BTreeSet<_> = (0..draws.below(3)).map(|_| draws.pick(rgp)).collect();
    PublicStatuses::of(&epp, &rgp, draws.is_one_in(2))
}

fn signers(draws: &mut Draws) -> Vec<DelegationSigner<'static>> {
    (0..1 + draws.below(2))
        .map(|_| {
            let (digest_type, length) = draws.pick(&[(2, 32), (4, 48)]);
            DelegationSigner {
                key_tag: 1 + draws.below(65_535) as u16,
                algorithm: draws.pick(&[8, 13, 15]),
                digest_type,
                digest: &DIGEST[..length],
            }
        })
        .collect()
}

fn registrant(draws: &mut Draws) -> PublicContact<'static> {
    let (country, province) = draws.pick(&PLACES);
    let street = if draws.is_one_in(2) { vec!["1 Main Street"] } else { vec!["1 Main Street", "Floor <2>"] };
    let name = draws.pick(&NAMES);
    let city = draws.pick(&CITIES);
    let phone = draws.element("+1.4185550199", true);
    PublicContact {
        roid: Element::Withheld,
        name: draws.element(name, true),
        organisation: draws.element("Bücher & Söhne", false),
        address: Some(PublicAddress {
            street: draws.element(street, true),
            city: draws.element(city, true),
            province,
            // The list wants a redaction where there is none, even in countries without postcodes; see docs/reference/rdap-checks.md.
            postcode: draws.element("G1R 4S9", true),
            country,
        }),
        phone_extension: extension(draws, &phone),
        phone,
        fax: Element::Absent,
        fax_extension: Element::Absent,
        email: email(draws),
    }
}

/// An extension is shown or withheld with its number.
fn extension(draws: &mut Draws, number: &Element<&str>) -> Element<&'static str> {
    match (draws.is_one_in(3), number) {
        (true, Element::Shown(_)) => Element::Shown("77"),
        (true, Element::Withheld) => Element::Withheld,
        _ => Element::Absent,
    }
}

fn email(draws: &mut Draws) -> PublicEmail<'static> {
    if draws.is_one_in(2) { PublicEmail::Form } else { PublicEmail::Shown("zoe@example.net") }
}

fn technical(draws: &mut Draws) -> PublicContact<'static> {
    let name = draws.pick(&NAMES);
    PublicContact {
        roid: Element::Withheld,
        name: draws.element(name, true),
        organisation: Element::Absent,
        address: None,
        phone: draws.element("+1.4185550197", true),
        phone_extension: Element::Absent,
        fax: Element::Absent,
        fax_extension: Element::Absent,
        email: email(draws),
    }
}
