//! DNSSEC data of a domain (secDNS-1.1, RFC 5910).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{DnssecError, DsData, KeyData};

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Out, count};
use crate::wire::read;
use crate::xml::Element;

const NS: Namespace = Namespace::SecDns;
/// Longest `maxSigLife` the schema's `int` carries, in seconds.
const MAX_SIG_LIFE_SECONDS: u32 = i32::MAX as u32;

/// An element of secDNS-1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecDns {
    /// With a domain create.
    Create(Delegation),
    /// With a domain update.
    Update(Update),
    /// With the answer to a domain info.
    Info(Delegation),
}

/// DNSSEC data as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// How long signatures made with the keys may live, in seconds.
    pub max_sig_life: Option<u32>,
    /// The records.
    pub records: Records,
}

/// Records in the interface of the registry: DS or keys, never both (RFC 5910 section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// The registrar makes the DS records.
    Ds(Vec<DsRecord>),
    /// The registry makes the DS records from these keys.
    Keys(Vec<KeyRecord>),
}

/// `secDNS:dsData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsRecord {
    /// Key tag.
    pub key_tag: u16,
    /// Algorithm of the key.
    pub algorithm: u8,
    /// Digest type.
    pub digest_type: u8,
    /// Digest.
    pub digest: Vec<u8>,
    /// The key itself, where the registry wants to check it.
    pub key: Option<KeyRecord>,
}

/// `secDNS:keyData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Flags: 256 or 257.
    pub flags: u16,
    /// Protocol: 3.
    pub protocol: u8,
    /// Algorithm.
    pub algorithm: u8,
    /// Public key.
    pub public_key: Vec<u8>,
}

/// `secDNS:update`: removals are carried out before additions (RFC 5910 section 5.2.5).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Update {
    /// Ask for the change to be published before others.
    pub is_urgent: bool,
    /// What to remove.
    pub remove: Option<Remove>,
    /// What to add.
    pub add: Option<Delegation>,
    /// A new signature life, in seconds.
    pub max_sig_life: Option<u32>,
}

/// `secDNS:rem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remove {
    /// Everything.
    All,
    /// These records.
    These(Records),
}

impl SecDns {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<SecDns>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "create" => SecDns::Create(Delegation::read(cx, element)?),
            "update" => SecDns::Update(Update::read(cx, element)?),
            "infData" => SecDns::Info(Delegation::read(cx, element)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            SecDns::Create(delegation) => delegation.write("create"),
            SecDns::Update(update) => update.write(),
            SecDns::Info(delegation) => delegation.write("infData"),
        }
    }
}

impl Delegation {
    /// These DS records without signature life.
    pub fn ds(records: impl IntoIterator<Item = DsRecord>) -> Delegation {
        Delegation { max_sig_life: None, records: Records::Ds(records.into_iter().collect()) }
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<Delegation, DecodeError> {
        let mut fields = Fields::of(element);
        let max_sig_life = fields.opt(cx, "maxSigLife")?.map(read::number).transpose()?;
        let records = Records::read(cx, &mut fields, element)?;
        fields.finish(cx)?;
        Ok(Delegation { max_sig_life, records })
    }

    fn write(&self, name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, name);
        write_max_sig_life(self.max_sig_life, &mut out)?;
        self.records.write(&mut out)?;
        Ok(out.done())
    }
}

impl Records {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Records::Ds(records) => records.len(),
            Records::Keys(records) => records.len(),
        }
    }

    /// Whether there are none; the schema asks for one at least.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(cx: &mut Cx, fields: &mut Fields<'_>, parent: &Element) -> Result<Records, DecodeError> {
        let ds = fields.many(cx, "dsData")?;
        let keys = fields.many(cx, "keyData")?;
        match (ds.is_empty(), keys.is_empty()) {
            (false, false) => Err(DecodeError::new(Fault::Syntax, parent.label(), "mixes DS records and keys")),
            (true, true) => Err(DecodeError::new(Fault::Missing, parent.label(), "holds neither DS records nor keys")),
            (false, true) => Ok(Records::Ds(ds.into_iter().map(|e| DsRecord::read(cx, e)).collect::<Result<_, _>>()?)),
            (true, false) => Ok(Records::Keys(keys.into_iter().map(|e| KeyRecord::read(cx, e)).collect::<Result<_, _>>()?)),
        }
    }

    fn write(&self, out: &mut Out) -> Result<(), EncodeError> {
        count(&out.at("dsData"), self.len(), 1, usize::MAX)?;
        match self {
            Records::Ds(records) => {
                for record in records {
                    out.push(record.write()?);
                }
            }
            Records::Keys(records) => {
                for record in records {
                    out.push(record.write()?);
                }
            }
        }
        Ok(())
    }
}

impl DsRecord {
    /// The record as a checked DS.
    ///
    /// # Errors
    /// [`DnssecError`] when the digest type is unknown or the digest has the wrong length.
    pub fn to_ds(&self) -> Result<DsData, DnssecError> {
        DsData::new(self.key_tag, self.algorithm, self.digest_type, self.digest.clone())
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<DsRecord, DecodeError> {
        let mut fields = Fields::of(element);
        let key_tag = read::number(fields.req(cx, "keyTag")?)?;
        let algorithm = read::number(fields.req(cx, "alg")?)?;
        let digest_type = read::number(fields.req(cx, "digestType")?)?;
        let digest = read_hex(fields.req(cx, "digest")?)?;
        let key = fields.opt(cx, "keyData")?.map(|e| KeyRecord::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(DsRecord { key_tag, algorithm, digest_type, digest, key })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "dsData");
        out.plain("keyTag", self.key_tag).plain("alg", self.algorithm).plain("digestType", self.digest_type);
        out.plain("digest", self.digest.iter().map(|byte| format!("{byte:02X}")).collect::<String>());
        out.opt(self.key.as_ref().map(KeyRecord::write).transpose()?);
        Ok(out.done())
    }
}

impl From<&DsData> for DsRecord {
    fn from(ds: &DsData) -> DsRecord {
        DsRecord { key_tag: ds.key_tag, algorithm: ds.algorithm, digest_type: ds.digest_type, digest: ds.digest.clone(), key: None }
    }
}

impl KeyRecord {
    /// The record as a checked key.
    ///
    /// # Errors
    /// [`DnssecError`] when it cannot be a key of a zone.
    pub fn to_key(&self) -> Result<KeyData, DnssecError> {
        KeyData::new(self.flags, self.protocol, self.algorithm, self.public_key.clone())
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<KeyRecord, DecodeError> {
        let mut fields = Fields::of(element);
        let flags = read::number(fields.req(cx, "flags")?)?;
        let protocol = read::number(fields.req(cx, "protocol")?)?;
        let algorithm = read::number(fields.req(cx, "alg")?)?;
        let public_key = fields.req(cx, "pubKey")?;
        let text: String = public_key.text().chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let public_key = STANDARD.decode(text).map_err(|_| DecodeError::new(Fault::Value, "secDNS:pubKey", "is not base64"))?;
        fields.finish(cx)?;
        Ok(KeyRecord { flags, protocol, algorithm, public_key })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        if self.public_key.is_empty() {
            return Err(EncodeError::form("secDNS:pubKey", "is empty"));
        }
        let mut out = Out::new(NS, "keyData");
        out.plain("flags", self.flags).plain("protocol", self.protocol).plain("alg", self.algorithm);
        out.plain("pubKey", STANDARD.encode(&self.public_key));
        Ok(out.done())
    }
}

impl From<&KeyData> for KeyRecord {
    fn from(key: &KeyData) -> KeyRecord {
        KeyRecord { flags: key.flags, protocol: key.protocol, algorithm: key.algorithm, public_key: key.public_key.clone() }
    }
}

impl Update {
    fn read(cx: &mut Cx, element: &Element) -> Result<Update, DecodeError> {
        let mut fields = Fields::of(element);
        let remove = match fields.opt(cx, "rem")? {
            Some(rem) => Remove::read(cx, rem)?,
            None => None,
        };
        let add = fields.opt(cx, "add")?.map(|e| Delegation::read(cx, e)).transpose()?;
        let max_sig_life = match fields.opt(cx, "chg")? {
            Some(change) => {
                let mut inner = Fields::of(change);
                let life = inner.opt(cx, "maxSigLife")?.map(read::number).transpose()?;
                inner.finish(cx)?;
                life
            }
            None => None,
        };
        fields.finish(cx)?;
        Ok(Update { is_urgent: read::flag(element, "urgent", false)?, remove, add, max_sig_life })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "update");
        if self.is_urgent {
            out.flag("urgent", true);
        }
        out.opt(self.remove.as_ref().map(Remove::write).transpose()?);
        out.opt(self.add.as_ref().map(|add| add.write("add")).transpose()?);
        if self.max_sig_life.is_some() {
            let mut change = Out::new(NS, "chg");
            write_max_sig_life(self.max_sig_life, &mut change)?;
            out.push(change.done());
        }
        Ok(out.done())
    }
}

impl Remove {
    /// `all` set to false removes nothing.
    fn read(cx: &mut Cx, element: &Element) -> Result<Option<Remove>, DecodeError> {
        let mut fields = Fields::of(element);
        let remove = match fields.opt(cx, "all")? {
            Some(all) => read::boolean(all)?.then_some(Remove::All),
            None => Some(Remove::These(Records::read(cx, &mut fields, element)?)),
        };
        fields.finish(cx)?;
        Ok(remove)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "rem");
        match self {
            Remove::All => {
                out.plain("all", true);
            }
            Remove::These(records) => records.write(&mut out)?,
        }
        Ok(out.done())
    }
}

fn write_max_sig_life(life: Option<u32>, out: &mut Out) -> Result<(), EncodeError> {
    if let Some(seconds) = life {
        if !(1..=MAX_SIG_LIFE_SECONDS).contains(&seconds) {
            return Err(EncodeError::range("secDNS:maxSigLife", format!("is not between 1 and {MAX_SIG_LIFE_SECONDS} seconds")));
        }
        out.plain("maxSigLife", seconds);
    }
    Ok(())
}

fn read_hex(element: &Element) -> Result<Vec<u8>, DecodeError> {
    let wrong = || DecodeError::new(Fault::Value, element.label(), "is not hexadecimal");
    let digits: Vec<u8> = element
        .text()
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    if odd.is_empty() { Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect()) } else { Err(wrong()) }
}
