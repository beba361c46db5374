//! The data collection policy of a greeting (RFC 5730 section 2.4).

use super::error::{Cx, DecodeError, DeviationKind, EncodeError};
use super::fields::Fields;
use super::out::{Facet, Out, count};
use super::read;
use super::verb::words;
use crate::namespace::Namespace;
use crate::xml::Element;

words! {
    /// Access to the data of a person by that person.
    Access {
        /// To all of it.
        All = "all",
        /// To none of it.
        None = "none",
        /// There is no data.
        Null = "null",
        /// To other data.
        Other = "other",
        /// To the identified person's own data.
        Personal = "personal",
        /// To own and other data.
        PersonalAndOther = "personalAndOther",
    }
}

words! {
    /// What data is collected for.
    Purpose {
        /// Administration.
        Admin = "admin",
        /// Contact for marketing.
        Contact = "contact",
        /// Other purposes.
        Other = "other",
        /// Provisioning of objects.
        Provisioning = "prov",
    }
}

words! {
    /// Who receives data; `ours` may carry a description.
    Recipient {
        /// Others, of unknown practice.
        Other = "other",
        /// The server's operator and its agents.
        Ours = "ours",
        /// The public.
        Public = "public",
        /// Others with the same practice.
        Same = "same",
        /// Others who answer for themselves.
        Unrelated = "unrelated",
    }
}

words! {
    /// How long data is kept.
    Retention {
        /// By business practice.
        Business = "business",
        /// For ever.
        Indefinite = "indefinite",
        /// As the law asks.
        Legal = "legal",
        /// Not at all.
        None = "none",
        /// As long as the stated purpose needs.
        Stated = "stated",
    }
}

/// `dcp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataCollectionPolicy {
    /// Access to one's own data.
    pub access: Access,
    /// One or more statements.
    pub statements: Vec<Statement>,
    /// When the policy ends.
    pub expiry: Option<PolicyExpiry>,
}

/// When a policy ends, as text of the schema's types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyExpiry {
    /// At an instant (`dateTime`).
    Absolute(model::Timestamp),
    /// After a time (`duration`, such as `P1Y`).
    Relative(String),
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What for.
    pub purposes: Vec<Purpose>,
    /// For whom.
    pub recipients: Vec<Recipient>,
    /// The description of an `ours` recipient, at most 255 characters.
    pub ours_description: Option<String>,
    /// For how long.
    pub retention: Retention,
}

impl DataCollectionPolicy {
    /// The plain policy of a registry: data for provisioning, shown to the operator and the public, kept as stated.
    pub fn provisioning() -> DataCollectionPolicy {
        DataCollectionPolicy {
            access: Access::All,
            statements: vec![Statement {
                purposes: vec![Purpose::Admin, Purpose::Provisioning],
                recipients: vec![Recipient::Ours, Recipient::Public],
                ours_description: None,
                retention: Retention::Stated,
            }],
            expiry: None,
        }
    }

    /// Reads a policy; a tolerant reader gives `None` for one it cannot read, since nothing depends on it.
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<DataCollectionPolicy>, DecodeError> {
        match DataCollectionPolicy::read_whole(cx, element) {
            Ok(policy) => Ok(Some(policy)),
            Err(error) if !cx.is_strict() => {
                cx.deviate(DeviationKind::UnreadablePayload, "dcp", error.to_string())?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn read_whole(cx: &mut Cx, element: &Element) -> Result<DataCollectionPolicy, DecodeError> {
        let mut fields = Fields::of(element);
        let access = fields.req(cx, "access")?;
        let access = read_choice(access, Access::from_word)?;
        let statements = fields.some(cx, "statement")?.into_iter().map(|e| Statement::read(cx, e)).collect::<Result<_, _>>()?;
        let expiry = fields.opt(cx, "expiry")?.map(|e| PolicyExpiry::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(DataCollectionPolicy { access, statements, expiry })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "dcp");
        out.push(choice("access", self.access.as_str()));
        count("statement", self.statements.len(), 1, usize::MAX)?;
        for statement in &self.statements {
            out.push(statement.write()?);
        }
        if let Some(expiry) = &self.expiry {
            out.push(expiry.write()?);
        }
        Ok(out.done())
    }
}

impl Statement {
    fn read(cx: &mut Cx, element: &Element) -> Result<Statement, DecodeError> {
        let mut fields = Fields::of(element);
        let purpose = fields.req(cx, "purpose")?;
        let purposes = purpose.elements().filter_map(|e| Purpose::from_word(&e.name)).collect();
        let recipient = fields.req(cx, "recipient")?;
        let recipients = recipient.elements().filter_map(|e| Recipient::from_word(&e.name)).collect();
        let ours_description = recipient.child("ours").and_then(|ours| ours.child("recDesc")).map(read::token);
        let retention = fields.req(cx, "retention")?;
        let retention = read_choice(retention, Retention::from_word)?;
        fields.finish(cx)?;
        Ok(Statement { purposes, recipients, ours_description, retention })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "statement");
        let mut purpose = Out::new(Namespace::Epp, "purpose");
        for word in Purpose::ALL.iter().filter(|word| self.purposes.contains(word)) {
            purpose.empty(word.as_str());
        }
        let mut recipient = Out::new(Namespace::Epp, "recipient");
        for word in Recipient::ALL.iter().filter(|word| self.recipients.contains(word)) {
            let mut inner = Out::new(Namespace::Epp, word.as_str());
            if *word == Recipient::Ours {
                inner.opt_leaf("recDesc", self.ours_description.as_deref(), Facet::token(1, 255))?;
            }
            recipient.push(inner.done());
        }
        out.push(purpose.done()).push(recipient.done()).push(choice("retention", self.retention.as_str()));
        Ok(out.done())
    }
}

impl PolicyExpiry {
    fn read(cx: &mut Cx, element: &Element) -> Result<PolicyExpiry, DecodeError> {
        let mut fields = Fields::of(element);
        let expiry = match fields.opt_date(cx, "absolute")? {
            Some(instant) => PolicyExpiry::Absolute(instant),
            None => PolicyExpiry::Relative(fields.token(cx, "relative")?),
        };
        fields.finish(cx)?;
        Ok(expiry)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "expiry");
        match self {
            PolicyExpiry::Absolute(instant) => out.date("absolute", *instant)?,
            PolicyExpiry::Relative(duration) => out.leaf("relative", duration, Facet::MIN_TOKEN)?,
        };
        Ok(out.done())
    }
}

fn read_choice<T>(element: &Element, known: impl Fn(&str) -> Option<T>) -> Result<T, DecodeError> {
    let word = element.elements().next().map(|e| e.name.as_ref()).unwrap_or_default();
    read::word(&element.label(), word, known)
}

fn choice(name: &'static str, word: &'static str) -> Element {
    let mut out = Out::new(Namespace::Epp, name);
    out.empty(word);
    out.done()
}
