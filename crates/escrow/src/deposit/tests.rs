//! Deposits written and read back.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::path::Path;

use super::*;
use crate::layout::{Element, Field, Person as Whose, Specification};
use crate::openpgp::{Certificate, OwnKey, Sealer};
use crate::testing::{entry, key, name, person, registrar, watermark};
use crate::verify::{Expect, Findings, NameRow, Opener, PersonRow, Report, Visitor, verify};

struct House {
    ours: OwnKey,
    agent: OwnKey,
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { ours: key("ours"), agent: key("agent"), folder: tempfile::tempdir().unwrap() }
    }

    fn sealer(&self) -> Sealer {
        Sealer::new(self.ours.clone(), vec![self.agent.certificate().clone(), self.ours.certificate().clone()], watermark()).unwrap()
    }

    fn settings(specification: Specification) -> Settings {
        Settings { workers: 2, ..Settings::of(registrar(), specification) }
    }

    fn write(&self, settings: Settings, names: usize) -> Outcome {
        let mut writer = Writer::begin(settings.clone(), self.folder.path(), self.sealer(), watermark()).unwrap();
        let hosts = ["ns1.host.example".to_owned(), "ns2.host.example".to_owned()];
        let people: Vec<Person> = (0..names / 3 + 1).map(person).collect();
        for number in 0..names {
            writer.add(&entry(&name(number), &people[number / 3], &hosts)).unwrap();
        }
        if settings.specification == Specification::Y2007 {
            people.iter().for_each(|person| writer.add_person(person).unwrap());
        }
        writer.finish().unwrap()
    }

    fn read(&self, visitor: &mut dyn Visitor) -> Report {
        let (signers, recipients) =
            ([self.ours.certificate().clone()], [self.agent.certificate().clone(), self.ours.certificate().clone()]);
        read(self.folder.path(), &self.agent, &signers, &recipients, visitor)
    }
}

fn read(folder: &Path, key: &OwnKey, signers: &[Certificate], recipients: &[Certificate], visitor: &mut dyn Visitor) -> Report {
    let tlds: BTreeSet<String> = ["alpha".to_owned()].into();
    let expect = Expect {
        registrar: Some(registrar()),
        day: Some("2100-11-30".parse().unwrap()),
        specification: None,
        opener: Some(Opener { key, signers, recipients: Some(recipients) }),
        tlds: Some(&tlds),
        mapping: None,
        placeholders: &Placeholders::default(),
        now: watermark(),
    };
    verify(folder, &expect, visitor)
}

fn assert_clean(report: &Report) {
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(report.is_clean(), "{findings:#?}");
}

/// Keeps what it is given.
#[derive(Default)]
struct Kept {
    names: Vec<Vec<String>>,
    people: Vec<Vec<String>>,
}

impl Visitor for Kept {
    fn name(&mut self, row: &NameRow<'_>, _: &mut Findings) {
        self.names.push(row.cells().map(|(_, cell)| cell.to_owned()).collect());
    }

    fn person(&mut self, row: &PersonRow<'_>, _: &mut Findings) {
        self.people.push(row.cells().map(|(_, cell)| cell.to_owned()).collect());
    }
}

#[test]
fn a_deposit_of_2024_reads_back_as_it_was_written() {
    let house = House::new();
    let outcome = house.write(House::settings(Specification::Y2024), 100);
    assert_eq!((outcome.gap_count, outcome.manifest.names, outcome.manifest.names_by_tld["alpha"]), (0, 100, 100));
    let mut kept = Kept::default();
    let report = house.read(&mut kept);
    assert_clean(&report);
    assert_eq!((report.names, report.specification), (100, Some(Specification::Y2024)));
    insta::assert_snapshot!(kept.names[3].join(" | "), @r#"name-0000003.alpha | 2027-05-01T23:59:59Z | 9999 | Łukasz, Jr. | 1 Rue de l'Église, Bât. "B" | Zürich |  |  | CH | +41.446681800 | person1@holder.example | Łukasz, Jr."#);
    // Every text in every script, byte for byte.
    for (number, cells) in kept.names.iter().enumerate() {
        assert_eq!(cells[3], person(number / 3).contact.name);
        assert_eq!(cells[4], person(number / 3).contact.address.street.join(", "));
    }
}

#[test]
fn a_deposit_of_2007_has_its_people_in_a_file_of_their_own() {
    let house = House::new();
    house.write(House::settings(Specification::Y2007), 10);
    let mut kept = Kept::default();
    let report = house.read(&mut kept);
    assert_clean(&report);
    assert_eq!((report.names, report.people, report.specification), (10, 4, Some(Specification::Y2007)));
    insta::assert_snapshot!(kept.names[0].join(" | "), @"name-0000000.alpha | ns1.host.example | ns2.host.example |  |  | 2027-05-01T23:59:59Z | con_0000 | con_0000 | con_0000 | con_0000 |  |  |  |");
    insta::assert_snapshot!(kept.people[1].join(" | "), @r#"con_0001 | Łukasz, Jr. | 1 Rue de l'Église, Bât. "B" |  |  | Zürich | CH | person1@holder.example | +41.446681800 |"#);
}

#[test]
fn a_large_deposit_is_split_and_only_the_first_part_has_the_header() {
    let house = House::new();
    let settings = Settings { part_rows: NonZeroU64::new(40).unwrap(), ..House::settings(Specification::Y2024) };
    let outcome = house.write(settings, 100);
    let files: Vec<(&str, u64)> = outcome.manifest.files.iter().map(|file| (file.name.as_str(), file.rows)).collect();
    let wanted = [
        ("9999_RDE_2100-11-30_full_1.csv.gz.gpg", 40),
        ("9999_RDE_2100-11-30_full_2.csv.gz.gpg", 40),
        ("9999_RDE_2100-11-30_full_3.csv.gz.gpg", 20),
        ("9999_RDE_2100-11-30_hash.txt", 0),
    ];
    assert_eq!(files, wanted);
    let report = house.read(&mut ());
    assert_clean(&report);
    assert_eq!(report.names, 100);
}

#[test]
fn a_registrar_without_names_deposits_that_it_has_none() {
    let house = House::new();
    for specification in [Specification::Y2024, Specification::Y2007] {
        house.write(House::settings(specification), 0);
        let report = house.read(&mut ());
        assert_clean(&report);
        assert_eq!(report.names, 0);
    }
}

#[test]
fn equal_states_give_equal_plain_texts() {
    let hashes = || {
        let house = House::new();
        // More than a block, so that several members are pressed at once.
        let outcome = house.write(House::settings(Specification::Y2024), 12_000);
        (outcome.manifest.files[0].plain_bytes, outcome.manifest.files[0].plain_sha256.clone())
    };
    let (first, second) = (hashes(), hashes());
    assert!(first.0 > 1 << 20, "the text has {} bytes", first.0);
    assert_eq!(first, second);
}

#[test]
fn the_customer_behind_a_privacy_service_is_deposited() {
    let house = House::new();
    let (service, customer, name) = (person(1), person(2), name(0));
    for specification in [Specification::Y2024, Specification::Y2007] {
        let mut writer = Writer::begin(House::settings(specification), house.folder.path(), house.sealer(), watermark()).unwrap();
        writer.add(&Entry { customer: Some(&customer), ..entry(&name, &service, &[]) }).unwrap();
        if specification == Specification::Y2007 {
            writer.add_person(&service).unwrap();
            writer.add_person(&customer).unwrap();
        }
        writer.finish().unwrap();
        struct Look(Vec<(Option<String>, Option<String>)>);
        impl Visitor for Look {
            fn name(&mut self, row: &NameRow<'_>, _: &mut Findings) {
                let cell = |whose, field| row.cell(Element::Of(whose, field)).map(str::to_owned);
                self.0.push((cell(Whose::Holder, Field::Name), cell(Whose::Customer, Field::Handle)));
            }
        }
        let mut look = Look(Vec::new());
        assert_clean(&house.read(&mut look));
        let wanted = match specification {
            Specification::Y2024 => (Some(customer.contact.name.clone()), None),
            Specification::Y2007 => (None, Some(customer.handle.clone())),
        };
        assert_eq!(look.0, [wanted]);
    }
}

#[test]
fn what_had_to_be_filled_and_is_not_is_said_and_the_deposit_goes_on() {
    let house = House::new();
    let (mut holder, name, other) = (person(1), name(0), name(1));
    holder.contact.phone = None;
    let mut writer = Writer::begin(House::settings(Specification::Y2024), house.folder.path(), house.sealer(), watermark()).unwrap();
    writer.add(&entry(&name, &holder, &[])).unwrap();
    writer.add(&Entry { holder: None, ..entry(&other, &holder, &[]) }).unwrap();
    let outcome = writer.finish().unwrap();
    let gaps: Vec<String> = outcome.gaps.iter().map(|gap| format!("{} {}", gap.row, gap.column)).collect();
    assert_eq!(gaps, ["name-0000000.alpha rt-phone", "name-0000001.alpha rt-name"]);
    assert!(house.read(&mut ()).findings.has("field.empty"));
}

/// A run that ends at any moment leaves nothing that looks like a deposit, and the next one clears up.
#[test]
fn what_was_not_finished_does_not_look_like_a_deposit() {
    let house = House::new();
    let mut writer = Writer::begin(House::settings(Specification::Y2024), house.folder.path(), house.sealer(), watermark()).unwrap();
    let (holder, name) = (person(1), name(0));
    writer.add(&entry(&name, &holder, &[])).unwrap();
    drop(writer);
    let there = || -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(house.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(there(), ["9999_RDE_2100-11-30_full_1.csv.gz.gpg.partial"]);
    house.write(House::settings(Specification::Y2024), 1);
    assert_eq!(there(), ["9999_RDE_2100-11-30_full_1.csv.gz.gpg", "9999_RDE_2100-11-30_hash.txt"]);
    assert_clean(&house.read(&mut ()));
}

#[test]
fn a_folder_that_takes_nothing_is_named() {
    let house = House::new();
    let file = house.folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let fault = Writer::begin(House::settings(Specification::Y2024), &file, house.sealer(), watermark()).map(drop).unwrap_err();
    assert!(fault.to_string().contains("a file cannot be written"), "{fault}");
}

/// The manifest is what other programs read: its form stays.
#[test]
fn the_manifest_reads_back() {
    let house = House::new();
    let outcome = house.write(House::settings(Specification::Y2024), 2);
    let text = serde_json::to_string(&outcome.manifest).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), outcome.manifest);
}
