//! The records that are asked for, as a feed that a directory follows.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use directory::settings::BaseUrl;
use directory::{Registrar, Settings};
use model::{DomainName, Timestamp};
use policy::publication::{Element, PublicAddress, PublicContact, PublicEmail, PublicRecord, PublicStatuses};
use store::{DatabaseUrl, SignerKey, Store, StoreFault, feed, publications};

/// The host of the directory's address.
pub const HOST: &str = "rdap.registrar.example";

/// Records written in one transaction.
const CHUNK: usize = 2000;

/// When the first record was made, in seconds since 1970.
const FIRST_SECOND: i64 = 1_787_306_400;

/// A feed with so many names, and what goes on writing it.
pub struct Feed {
    folder: PathBuf,
    key: String,
    names: usize,
    store: Store,
    writer: feed::Writer,
    /// Changes so far; each record says when it last changed.
    changes: usize,
}

impl Feed {
    /// Writes a feed into a folder of its own below `dir`.
    pub fn write(dir: &Path, names: usize) -> Result<Self> {
        let base = dir.join(format!("feed-{names}"));
        std::fs::create_dir_all(&base)?;
        let (folder, signer) = (base.join("feed"), SignerKey::generate("bench.example/feed")?);
        let key = signer.verifier().to_string();
        let store = Store::open(&DatabaseUrl::sqlite(&base.join("publications.db")))?;
        let mut feed = Self { folder: folder.clone(), key, names, store, writer: feed::Writer::new(&folder, signer), changes: 0 };
        for first in (0..names).step_by(CHUNK) {
            feed.put((first..names.min(first + CHUNK)).collect())?;
        }
        feed.tell()?;
        Ok(feed)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The key it is signed with.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Changes the next so many records, all over the directory, and tells the followers.
    pub fn change(&mut self, count: usize) -> Result<()> {
        let (from, names) = (self.changes, self.names);
        self.put((from..from + count).map(|number| number * 7919 % names).collect())?;
        self.tell()
    }

    fn put(&mut self, numbers: Vec<usize>) -> Result<()> {
        let (from, count) = (self.changes, numbers.len());
        let put = move |tx: &mut store::Tx<'_>| {
            for (turn, number) in numbers.iter().enumerate() {
                let name = name(*number);
                let bytes = record(&name, FIRST_SECOND + (from + turn) as i64).to_bytes().map_err(broken)?;
                let name = DomainName::parse(&name).map_err(broken)?;
                publications::put(tx, &name, Some(&bytes), second(0))?;
            }
            Ok::<_, StoreFault>(())
        };
        self.store.write(put)?;
        self.changes += count;
        Ok(())
    }

    fn tell(&mut self) -> Result<()> {
        self.writer.follow(&self.store, second(self.changes as i64))?;
        Ok(())
    }
}

fn broken(error: impl ToString) -> StoreFault {
    StoreFault::Feed { reason: error.to_string() }
}

fn second(after: i64) -> Timestamp {
    Timestamp::from_second(FIRST_SECOND + after).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A name by its number.
pub fn name(number: usize) -> String {
    format!("name-{number:07}.alpha")
}

/// How many bytes a record has.
pub fn record_bytes() -> Result<usize> {
    Ok(record(&name(0), FIRST_SECOND).to_bytes()?.len())
}

/// A name as most are: delegated, locked, its holder and its technical contact withheld.
fn record(name: &str, changed_at: i64) -> PublicRecord<'_> {
    let contact = |is_registrant: bool| PublicContact {
        roid: Element::Withheld,
        name: Element::Withheld,
        organisation: Element::Absent,
        address: is_registrant.then_some(PublicAddress {
            street: Element::Withheld,
            city: Element::Withheld,
            province: Some("QC"),
            postcode: Element::Withheld,
            country: "CA",
        }),
        phone: Element::Withheld,
        phone_extension: Element::Absent,
        fax: Element::Absent,
        fax_extension: Element::Absent,
        email: PublicEmail::Form,
    };
    PublicRecord {
        name,
        roid: Element::Shown("2336799_DOMAIN-ALPHA"),
        statuses: PublicStatuses::of(&[model::EppStatus::ClientTransferProhibited].into(), &[].into(), true),
        created_at: 874_296_000,
        expires_at: 1_852_516_800,
        registrar_expires_at: 1_852_516_800,
        changed_at: Some(changed_at),
        transferred_at: None,
        nameservers: vec!["ns1.dnshost.example", "ns2.dnshost.example", "ns3.dnshost.example", "ns4.dnshost.example"],
        ds: Vec::new(),
        registrant: contact(true),
        technical: Some(contact(false)),
        reseller: None,
    }
}

/// Who answers.
pub fn settings() -> Result<Settings> {
    Ok(Settings {
        registrar: Registrar {
            iana_id: 9999,
            name: "Example Registrar LLC".to_owned(),
            url: "https://www.registrar.example/".to_owned(),
            abuse_phone: "+1.2025550101".to_owned(),
            abuse_email: "abuse@registrar.example".to_owned(),
        },
        base_url: BaseUrl::parse(&format!("https://{HOST}/")).context("the base is none")?,
        terms_url: "https://www.registrar.example/rdap-terms".to_owned(),
        terms: "Access to this registration data is provided for lawful purposes only.".to_owned(),
        contact_form_url: "https://www.registrar.example/contact".to_owned(),
        whois_host: Some("whois.registrar.example".to_owned()),
    })
}
