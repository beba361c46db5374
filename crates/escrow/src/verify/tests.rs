//! Forty ways in which a deposit can be wrong (the quirks and the damage set of our facts on escrow), each found and named.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::*;
use crate::deposit::{Placeholders, Settings, Writer};
use crate::openpgp::{Certificate, OwnKey, Sealer};
use crate::testing::{entry, key, name, person, registrar, watermark};

const FULL: &str = "9999_RDE_2100-11-30_full_1.csv";
const HANDLES: &str = "9999_RDE_2100-11-30_hdl_1.csv";
const HASH: &str = "9999_RDE_2100-11-30_hash.txt";

/// Keys are made once: a deposit is damaged in many ways.
struct Keys {
    ours: OwnKey,
    agent: OwnKey,
    stranger: OwnKey,
    /// Made in the future, so that it cannot have signed.
    unborn: OwnKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    ours: key("ours"),
    agent: key("agent"),
    stranger: key("stranger"),
    unborn: OwnKey::generate(crate::openpgp::Form::V6, "unborn", "2101-06-01T00:00:00Z".parse().unwrap()).unwrap(),
});

/// A deposit as plain texts, to be damaged and packed.
struct Bench {
    folder: tempfile::TempDir,
    texts: BTreeMap<String, Vec<u8>>,
    /// What the file of hashes says instead of the truth.
    hashes: BTreeMap<String, String>,
    signer: OwnKey,
    recipients: Vec<Certificate>,
    sealed_at: Timestamp,
}

impl Bench {
    fn new(specification: Specification) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::new(KEYS.ours.clone(), vec![KEYS.agent.certificate().clone()], watermark()).unwrap();
        let settings = Settings { workers: 1, ..Settings::of(registrar(), specification) };
        let mut writer = Writer::begin(settings, folder.path(), sealer, watermark()).unwrap();
        let (people, hosts) = ([person(0), person(1)], ["ns1.host.example".to_owned()]);
        for number in 0..6 {
            writer.add(&entry(&name(number), &people[number % 2], &hosts)).unwrap();
        }
        if specification == Specification::Y2007 {
            people.iter().for_each(|person| writer.add_person(person).unwrap());
        }
        writer.finish().unwrap();
        let mut bench = Self {
            folder,
            texts: BTreeMap::new(),
            hashes: BTreeMap::new(),
            signer: KEYS.ours.clone(),
            recipients: vec![KEYS.agent.certificate().clone()],
            sealed_at: watermark(),
        };
        for name in [FULL, HANDLES] {
            let path = bench.sealed(name);
            if path.exists() {
                bench.texts.insert(name.to_owned(), plain_text(&path));
                fs::remove_file(path).unwrap();
            }
        }
        fs::remove_file(bench.path(HASH)).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sealed(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.gz.gpg"))
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.texts[name].clone()).unwrap()
    }

    /// Replaces a piece of a text, which has to be there.
    fn replace(&mut self, name: &str, old: &str, new: &str) {
        let text = self.text(name);
        assert!(text.contains(old), "`{old}` is not in {text}");
        self.texts.insert(name.to_owned(), text.replacen(old, new, 1).into_bytes());
    }

    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let sealer = Sealer::new(self.signer.clone(), self.recipients.clone(), self.sealed_at).unwrap();
        let mut sealed = Vec::new();
        sealer.seal(plain, &mut sealed, self.sealed_at).unwrap();
        sealed
    }

    fn pack(&self) {
        let mut hashes = String::new();
        for (name, text) in &self.texts {
            fs::write(self.sealed(name), self.seal(&gzip(text))).unwrap();
            let digest = self.hashes.get(name).cloned().unwrap_or_else(|| sha256(text));
            hashes.push_str(&format!("{digest}  {name}\n"));
        }
        fs::write(self.path(HASH), hashes).unwrap();
    }

    fn report(&self) -> Report {
        self.read_with(&KEYS.agent, self.folder.path())
    }

    fn read_with(&self, key: &OwnKey, folder: &Path) -> Report {
        let (signers, recipients) =
            ([KEYS.ours.certificate().clone(), KEYS.unborn.certificate().clone()], [KEYS.agent.certificate().clone()]);
        let tlds: BTreeSet<String> = ["alpha".to_owned(), "minimal".to_owned()].into();
        let expect = Expect {
            registrar: Some(registrar()),
            day: Some("2100-11-30".parse().unwrap()),
            specification: None,
            opener: Some(Opener { key, signers: &signers, recipients: Some(&recipients) }),
            tlds: Some(&tlds),
            mapping: None,
            placeholders: &Placeholders::default(),
            now: watermark(),
        };
        let report = verify(folder, &expect, &mut ());
        hand_over(folder, &codes(&report));
        report
    }
}

/// The folder into which each planted deposit is written for `tests/judges/escrow_planted.py`, if there is one.
const PLANTED: &str = "NAMEKEEP_PLANTED";

/// Writes a deposit, its seal opened, beside what we found in it. Faults of the seal are left out: the script is not given one.
fn hand_over(folder: &Path, codes: &[&str]) {
    let Some(planted) = std::env::var_os(PLANTED) else { return };
    if !folder.exists() || codes.iter().any(|code| code.starts_with("pgp.")) {
        return;
    }
    let case = tempfile::Builder::new().prefix("planted-").tempdir_in(planted).unwrap().keep();
    let deposit = case.join("deposit");
    fs::create_dir(&deposit).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut content = Vec::new();
        let opened = name.strip_suffix(".gpg");
        if opened.is_some() {
            let sealed = std::io::BufReader::new(fs::File::open(&path).unwrap());
            std::io::Read::read_to_end(&mut crate::openpgp::open(sealed, &KEYS.agent).unwrap(), &mut content).unwrap();
        } else {
            content = fs::read(&path).unwrap();
        }
        fs::write(deposit.join(opened.unwrap_or(name)), content).unwrap();
    }
    fs::write(case.join("codes"), codes.join("\n")).unwrap();
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn sha256(text: &[u8]) -> String {
    crate::hex::to_hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text).as_ref())
}

fn plain_text(path: &Path) -> Vec<u8> {
    let sealed = std::io::BufReader::new(fs::File::open(path).unwrap());
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(crate::openpgp::open(sealed, &KEYS.agent).unwrap()), &mut text)
        .unwrap();
    text
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.counts().keys().copied().collect()
}

/// Damages a deposit of 2024 before it is packed; gives what was found.
fn damaged(damage: impl FnOnce(&mut Bench)) -> Vec<&'static str> {
    let mut bench = Bench::new(Specification::Y2024);
    damage(&mut bench);
    bench.pack();
    codes(&bench.report())
}

/// Damages the packed files of a deposit of 2024.
fn damaged_after(damage: impl FnOnce(&Bench)) -> Vec<&'static str> {
    let bench = Bench::new(Specification::Y2024);
    bench.pack();
    damage(&bench);
    codes(&bench.report())
}

fn damaged_2007(damage: impl FnOnce(&mut Bench)) -> Vec<&'static str> {
    let mut bench = Bench::new(Specification::Y2007);
    damage(&mut bench);
    bench.pack();
    codes(&bench.report())
}

#[test]
fn a_deposit_that_is_right_has_no_finding() {
    assert_eq!(damaged(|_| {}), [""; 0]);
    assert_eq!(damaged_2007(|_| {}), [""; 0]);
}

#[test]
fn what_is_wrong_with_a_cell_is_named() {
    let cell = |old: &str, new: &str| damaged(|bench| bench.replace(FULL, old, new));
    assert_eq!(cell("name-0000003.alpha", "nämé.alpha"), ["domain.u-label"]);
    assert_eq!(cell("name-0000003.alpha", "Name-0000003.alpha"), ["domain.syntax"]);
    assert_eq!(cell("name-0000003.alpha", "name-0000003"), ["domain.syntax"]);
    assert_eq!(cell("name-0000003.alpha", "name-0000003.de"), ["domain.cctld"]);
    assert_eq!(cell("name-0000003.alpha", "name-0000003.xn--p1ai"), ["domain.tld"], "a country's top-level domain in another script");
    assert_eq!(cell("name-0000003.alpha", "name-0000002.alpha"), ["domain.twice"]);
    assert_eq!(cell("2027-05-01T23:59:59Z", "2027-05-01 23:59:59"), ["date.form"]);
    assert_eq!(cell("2027-05-01T23:59:59Z", "2027-02-31T23:59:59Z"), ["date.calendar"]);
    assert_eq!(cell(",9999,", ",9998,"), ["iana.differs"]);
    assert_eq!(cell("+41.446681800", "+"), ["phone.form"]);
    assert_eq!(cell("+41.446681800", "+41 44 668 18 00"), ["phone.form"]);
    assert_eq!(cell("+41.446681800", "+41446681800"), ["phone.form"]);
    assert_eq!(cell("+41.446681800", "+41.446681800x12"), ["phone.form"]);
    assert_eq!(cell(",CH,", ",ch,"), ["country.form"]);
    assert_eq!(cell(",CH,", ",CHE,"), ["country.form"]);
    assert_eq!(cell("Zürich", ""), ["field.empty"]);
    assert_eq!(cell("Zürich", "Zu\u{308}rich"), ["field.not-nfc"]);
    assert_eq!(cell("Zürich", "\"Zür\r\nich\""), ["field.control"]);
    assert_eq!(cell("person1@holder.example", "person1 at holder.example"), ["email.form"]);
}

#[test]
fn what_is_wrong_with_the_table_is_named() {
    assert_eq!(damaged(|bench| bench.replace(FULL, "\"Łukasz, Jr.\"", "\"Łukasz \\\"Jr.\\\"\"")), ["csv.malformed"], "backslash-quote");
    assert_eq!(damaged(|bench| bench.replace(FULL, "domain,expiration-date", "\u{feff}domain,expiration-date")), ["csv.malformed"]);
    assert_eq!(damaged(|bench| bench.replace(FULL, "domain,expiration-date", "domain,expiration_date")), ["header.differs"]);
    assert_eq!(damaged(|bench| bench.replace(FULL, ",CH,", ",CH,extra,")), ["row.width"]);
    let latin1 = damaged(|bench| {
        let text = bench.text(FULL);
        let (before, after) = text.split_once('ü').unwrap();
        bench.texts.insert(FULL.to_owned(), [before.as_bytes(), b"\xfc", after.as_bytes()].concat());
    });
    assert_eq!(latin1, ["csv.malformed"]);
    let repeated = damaged(|bench| {
        let text = bench.text(FULL);
        let header = text.lines().next().unwrap().to_owned();
        let second = format!("{header}\r\n{}", text.lines().nth(6).unwrap().to_owned() + "\r\n");
        let first = text.lines().take(6).map(|line| format!("{line}\r\n")).collect::<String>();
        bench.texts.insert(FULL.to_owned(), first.into_bytes());
        bench.texts.insert(FULL.replace("_1", "_2"), second.into_bytes());
    });
    assert_eq!(repeated, ["header.repeated"]);
    assert_eq!(damaged(|bench| drop(bench.texts.insert(FULL.to_owned(), Vec::new()))), ["header.missing"]);
}

#[test]
fn what_is_wrong_with_the_files_is_named() {
    let second = FULL.replace("_1", "_3");
    let gap = damaged(|bench| {
        drop(bench.texts.insert(second.clone(), bench.texts[FULL].iter().copied().skip_while(|b| *b != b'\n').skip(1).collect()))
    });
    assert!(gap.contains(&"parts.gap"), "{gap:?}");
    assert_eq!(damaged(|bench| drop(bench.hashes.insert(FULL.to_owned(), "0".repeat(64)))), ["hash.differs"]);
    assert_eq!(damaged(|bench| drop(bench.hashes.insert(FULL.to_owned(), "0".repeat(40)))), ["hash.line"], "a digest of SHA-1");
    assert_eq!(damaged_after(|bench| fs::remove_file(bench.path(HASH)).unwrap()), ["hash.no-file"]);
    let other_part = |bench: &Bench| {
        let line = format!("{}  {}\n", "0".repeat(64), FULL.replace("_1", "_2"));
        fs::OpenOptions::new().append(true).open(bench.path(HASH)).unwrap().write_all(line.as_bytes()).unwrap();
    };
    assert_eq!(damaged_after(other_part), ["hash.without-file"], "a part is missing");
    let last_line_only = |bench: &Bench| fs::write(bench.path(HASH), format!("{}  {HANDLES}\n", "0".repeat(64))).unwrap();
    assert_eq!(damaged_after(last_line_only), ["hash.missing", "hash.without-file"], "only the last file's line");
    let absolute = |bench: &Bench| {
        let text = fs::read_to_string(bench.path(HASH)).unwrap();
        fs::write(bench.path(HASH), text.replace("  ", "  /deposits/")).unwrap();
    };
    assert_eq!(damaged_after(absolute), ["hash.line"], "names with folders");
    assert_eq!(damaged_after(|bench| fs::write(bench.path("notes.txt"), "").unwrap()), ["file.stray"]);
    assert_eq!(damaged_after(|bench| fs::write(bench.path(FULL), &bench.texts[FULL]).unwrap()), ["file.in-clear", "file.twice"]);
    let rename = |from: &'static str, to: &'static str| {
        move |bench: &Bench| {
            for entry in fs::read_dir(bench.folder.path()).unwrap() {
                let path = entry.unwrap().path();
                let renamed = path.to_str().unwrap().replace(from, to);
                fs::rename(&path, renamed).unwrap();
            }
            let text = fs::read_to_string(bench.path(&HASH.replace(from, to))).unwrap();
            fs::write(bench.path(&HASH.replace(from, to)), text.replace(from, to)).unwrap();
        }
    };
    assert_eq!(damaged_after(rename("2100-11-30", "2100-11-29")), ["file.day"], "a day that was replayed");
    assert_eq!(damaged_after(rename("9999_", "9998_")), ["file.registrar", "iana.differs"]);
}

#[test]
fn what_is_wrong_with_the_seal_is_named() {
    let cut = |bench: &Bench| {
        let sealed = fs::read(bench.sealed(FULL)).unwrap();
        fs::write(bench.sealed(FULL), &sealed[..sealed.len() - 20]).unwrap();
    };
    assert_eq!(damaged_after(cut), ["pgp.damaged"]);
    let flipped = |bench: &Bench| {
        let mut sealed = fs::read(bench.sealed(FULL)).unwrap();
        let middle = sealed.len() / 2;
        sealed[middle] ^= 1;
        fs::write(bench.sealed(FULL), sealed).unwrap();
    };
    assert_eq!(damaged_after(flipped), ["pgp.damaged"]);
    assert_eq!(damaged(|bench| bench.signer = KEYS.stranger.clone()), ["pgp.signer"]);
    assert_eq!(
        damaged(|bench| (bench.signer, bench.sealed_at) = (KEYS.unborn.clone(), "2101-07-01T00:00:00Z".parse().unwrap())),
        ["pgp.signer"]
    );
    assert_eq!(damaged(|bench| bench.recipients.push(KEYS.stranger.certificate().clone())), ["pgp.recipients"]);
    assert_eq!(damaged(|bench| bench.recipients = vec![KEYS.stranger.certificate().clone()]), ["pgp.recipient"]);
    assert_eq!(damaged_after(|bench| fs::write(bench.sealed(FULL), &bench.texts[FULL]).unwrap()), ["pgp.no-message"]);
    let trailing = |bench: &Bench| {
        let plain = [gzip(&bench.texts[FULL]), b"trailing".to_vec()].concat();
        fs::write(bench.sealed(FULL), bench.seal(&plain)).unwrap();
    };
    assert_eq!(damaged_after(trailing), ["gzip.damaged"]);
}

#[test]
fn what_is_wrong_with_the_people_is_named() {
    assert_eq!(damaged_2007(|bench| bench.replace(FULL, "con_0001", "con_0007")), ["handle.missing"]);
    assert_eq!(damaged_2007(|bench| bench.replace(HANDLES, "con_0001", "con_0000")), ["handle.missing", "handle.twice"]);
    assert_eq!(damaged_2007(|bench| drop(bench.texts.remove(HANDLES))), ["handle.missing", "handle.no-file"]);
    assert_eq!(damaged_2007(|bench| bench.replace(FULL, "ns1.host.example", "NS1.host.example")), ["host.syntax"]);
    // A person whom no name refers to is tolerated (Q15).
    assert_eq!(
        damaged_2007(|bench| {
            let more = bench.text(HANDLES).lines().last().unwrap().replace("con_0001", "con_0009") + "\r\n";
            bench.texts.get_mut(HANDLES).unwrap().extend_from_slice(more.as_bytes());
        }),
        [""; 0]
    );
}

/// Several members in a row are one file, as RFC 1952 has it.
#[test]
fn members_of_gzip_in_a_row_are_read_as_one_text() {
    let bench = Bench::new(Specification::Y2024);
    bench.pack();
    let text = &bench.texts[FULL];
    let plain = text.chunks(100).flat_map(gzip).collect::<Vec<u8>>();
    fs::write(bench.sealed(FULL), bench.seal(&plain)).unwrap();
    assert_eq!(codes(&bench.report()), [""; 0]);
}

/// Names in any order are told apart as well as those in order.
#[test]
fn a_name_that_stands_there_twice_is_found_in_any_order() {
    let found = damaged(|bench| {
        let mut lines: Vec<String> = bench.text(FULL).lines().map(|line| format!("{line}\r\n")).collect();
        lines[1..].reverse();
        let again = lines[4].clone();
        lines.push(again);
        bench.texts.insert(FULL.to_owned(), lines.concat().into_bytes());
    });
    assert_eq!(found, ["domain.twice"]);
}

#[test]
fn a_folder_that_is_not_there_is_a_finding() {
    let bench = Bench::new(Specification::Y2024);
    let report = bench.read_with(&KEYS.agent, &bench.path("nowhere"));
    assert!(codes(&report).contains(&"folder.unreadable"));
}

/// No finding repeats what stands in a cell with personal data.
#[test]
fn findings_hold_no_personal_data() {
    let mut bench = Bench::new(Specification::Y2024);
    bench.replace(FULL, "Zürich", "");
    bench.replace(FULL, "+41.446681800", "+SECRET");
    bench.replace(FULL, "person0@holder.example", "SECRET at home");
    bench.pack();
    let report = bench.report();
    assert!(report.findings.count() > 0);
    for finding in report.findings.iter() {
        assert!(!finding.to_string().contains("SECRET"), "{finding}");
    }
}
