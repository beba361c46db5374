//! Who a contact is: names, addresses, numbers. `Debug` of all of it prints `[personal data]`.

use std::fmt;

use model::{Contact, CountryCode, Phone};

use super::{LINE, OPTIONAL_LINE};
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::xml::Element;

/// `contact:pcType`.
const POSTCODE: Facet = Facet::token(0, 16);
/// `contact:ccType`.
const COUNTRY: Facet = Facet::token(2, 2);
/// Most lines of street (RFC 5733 section 4).
const MAX_STREETS: usize = 3;

macro_rules! personal_debug {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[personal data]")
            }
        })*
    };
}
personal_debug!(Person, Postal, PostalAddress, Voice);

/// The personal part of a contact, common to `create` and `infData`.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// One or two addresses, at most one of each form.
    pub postal: Vec<Postal>,
    /// Telephone.
    pub voice: Option<Voice>,
    /// Fax.
    pub fax: Option<Voice>,
    /// E-mail address.
    pub email: String,
}

/// Which script an address is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostalForm {
    /// `int`: ASCII only.
    International,
    /// `loc`: any script.
    Localised,
}

impl PostalForm {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            PostalForm::International => "int",
            PostalForm::Localised => "loc",
        }
    }

    pub(crate) fn read(element: &Element) -> Result<PostalForm, DecodeError> {
        match read::req_attr(element, "type")?.as_str() {
            "int" => Ok(PostalForm::International),
            "loc" => Ok(PostalForm::Localised),
            _ => Err(DecodeError::new(Fault::Value, element.label(), "has a type other than int and loc")),
        }
    }
}

/// `contact:postalInfo`.
#[derive(Clone, PartialEq, Eq)]
pub struct Postal {
    /// Its form.
    pub form: PostalForm,
    /// Name of the person or role.
    pub name: String,
    /// Organisation.
    pub organisation: Option<String>,
    /// Address.
    pub address: PostalAddress,
}

/// `contact:addr`.
#[derive(Clone, PartialEq, Eq)]
pub struct PostalAddress {
    /// Up to three lines.
    pub street: Vec<String>,
    /// City.
    pub city: String,
    /// State or province.
    pub province: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// ISO 3166-1 code of two letters.
    pub country: String,
}

/// A telephone number (`contact:e164Type`): `+CC.NUMBER` and an extension. The empty number removes one in an update.
#[derive(Clone, PartialEq, Eq)]
pub struct Voice {
    /// The number.
    pub number: String,
    /// The extension (`x`).
    pub extension: Option<String>,
}

impl Person {
    /// The wire form of a contact of ours: one address, `int` when all of it is ASCII, else `loc`.
    pub fn from_contact(contact: &Contact) -> Person {
        let form = if contact.fits_int_form() { PostalForm::International } else { PostalForm::Localised };
        let address = PostalAddress {
            street: contact.address.street.clone(),
            city: contact.address.city.clone(),
            province: contact.address.province.clone(),
            postcode: contact.address.postcode.clone(),
            country: contact.address.country.as_str().to_owned(),
        };
        Person {
            postal: vec![Postal { form, name: contact.name.clone(), organisation: contact.organisation.clone(), address }],
            voice: contact.phone.as_ref().map(Voice::from),
            fax: contact.fax.as_ref().map(Voice::from),
            email: contact.email.as_str().to_owned(),
        }
    }

    pub(crate) fn read(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Person, DecodeError> {
        Ok(Person {
            postal: fields.some(cx, "postalInfo")?.into_iter().map(|e| Postal::read(cx, e)).collect::<Result<_, _>>()?,
            voice: fields.opt(cx, "voice")?.map(Voice::read),
            fax: fields.opt(cx, "fax")?.map(Voice::read),
            email: fields.wanted(cx, "email")?.map(read::token).unwrap_or_default(),
        })
    }

    pub(crate) fn write(&self, out: &mut Out) -> Result<(), EncodeError> {
        count("contact:postalInfo", self.postal.len(), 1, 2)?;
        for postal in &self.postal {
            out.push(postal.write()?);
        }
        out.opt(self.voice.as_ref().map(|voice| voice.write("voice")).transpose()?);
        out.opt(self.fax.as_ref().map(|fax| fax.write("fax")).transpose()?);
        out.leaf("email", &self.email, Facet::MIN_TOKEN)?;
        Ok(())
    }
}

impl Postal {
    fn read(cx: &mut Cx, element: &Element) -> Result<Postal, DecodeError> {
        let mut fields = Fields::of(element);
        let name = fields.wanted(cx, "name")?.map(read::normalized).unwrap_or_default();
        let organisation = fields.opt(cx, "org")?.map(read::normalized);
        let address = fields.req(cx, "addr")?;
        let address = PostalAddress::read(cx, address)?;
        fields.finish(cx)?;
        Ok(Postal { form: PostalForm::read(element)?, name, organisation, address })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "postalInfo");
        out.attr("type", self.form.as_str(), Facet::TOKEN)?;
        out.leaf("name", &self.name, LINE)?;
        out.opt_leaf("org", self.organisation.as_deref(), OPTIONAL_LINE)?;
        out.push(self.address.write()?);
        Ok(out.done())
    }
}

impl PostalAddress {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<PostalAddress, DecodeError> {
        let mut fields = Fields::of(element);
        let address = PostalAddress {
            street: fields.many(cx, "street")?.into_iter().map(read::normalized).collect(),
            city: fields.wanted(cx, "city")?.map(read::normalized).unwrap_or_default(),
            province: fields.opt(cx, "sp")?.map(read::normalized),
            postcode: fields.opt_token(cx, "pc")?,
            country: fields.wanted(cx, "cc")?.map(read::token).unwrap_or_default(),
        };
        fields.finish(cx)?;
        Ok(address)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "addr");
        count("contact:street", self.street.len(), 0, MAX_STREETS)?;
        for street in &self.street {
            out.leaf("street", street, OPTIONAL_LINE)?;
        }
        out.leaf("city", &self.city, LINE)?;
        out.opt_leaf("sp", self.province.as_deref(), OPTIONAL_LINE)?;
        out.opt_leaf("pc", self.postcode.as_deref(), POSTCODE)?;
        out.leaf("cc", &self.country, COUNTRY)?;
        Ok(out.done())
    }

    /// The country as a checked code, if it is one.
    pub fn country_code(&self) -> Option<CountryCode> {
        CountryCode::parse(&self.country).ok()
    }
}

impl Voice {
    /// A number without extension.
    pub fn new(number: impl Into<String>) -> Voice {
        Voice { number: number.into(), extension: None }
    }

    pub(crate) fn read(element: &Element) -> Voice {
        Voice { number: read::token(element), extension: read::attr(element, "x") }
    }

    pub(crate) fn write(&self, name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, name);
        if !self.number.is_empty() && Phone::parse(&self.number, None).is_err() {
            return Err(EncodeError::form(format!("contact:{name}"), "is not a telephone number of the form +44.2071234567"));
        }
        out.opt_attr("x", self.extension.as_deref(), Facet::TOKEN)?.text(&self.number, Facet::token(0, 17))?;
        Ok(out.done())
    }
}

impl From<&Phone> for Voice {
    fn from(phone: &Phone) -> Voice {
        Voice { number: phone.number().to_owned(), extension: phone.extension().map(str::to_owned) }
    }
}
