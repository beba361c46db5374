//! Asking for prices, and the answer.

use super::FeeVersion;
use super::amount::{CreditLine, FeeLine, check_currency, write_currency};
use super::transform::write_lines;
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, DeviationKind, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::{LangText, ObjectName};
use crate::wire::value::Period;
use crate::xml::Element;

/// `fee:commandTypeValue` of 0.11.
const VERB_0_11: Facet = Facet::token(3, 16);

/// What is priced.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PricedVerb {
    /// A registration.
    Create,
    /// A deletion.
    Delete,
    /// A renewal.
    Renew,
    /// An update.
    Update,
    /// A transfer.
    Transfer,
    /// A restore.
    Restore,
    /// Anything else, by the registry's name.
    Custom(String),
}

impl PricedVerb {
    fn as_str(&self) -> &str {
        match self {
            PricedVerb::Create => "create",
            PricedVerb::Delete => "delete",
            PricedVerb::Renew => "renew",
            PricedVerb::Update => "update",
            PricedVerb::Transfer => "transfer",
            PricedVerb::Restore => "restore",
            PricedVerb::Custom(name) => name,
        }
    }

    fn from_word(word: &str) -> Option<PricedVerb> {
        use PricedVerb::*;
        [Create, Delete, Renew, Update, Transfer, Restore].into_iter().find(|verb| verb.as_str() == word)
    }
}

/// A command with the launch phase it would happen in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeCommand {
    /// What.
    pub verb: PricedVerb,
    /// In which phase.
    pub phase: Option<String>,
    /// In which part of it.
    pub subphase: Option<String>,
    /// For how long.
    pub period: Option<Period>,
}

/// `fee:check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Currency code; the account's own when absent.
    pub currency: Option<String>,
    /// The commands to price; 0.11 takes exactly one.
    pub commands: Vec<FeeCommand>,
    /// The class expected; 0.11 only.
    pub class: Option<String>,
}

/// `fee:chkData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// Currency code.
    pub currency: String,
    /// One entry per name.
    pub objects: Vec<ObjectFees>,
}

/// `fee:cd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFees {
    /// The name priced.
    pub name: ObjectName,
    /// Whether prices can be told.
    pub is_available: bool,
    /// The price class of the name, such as `premium`; on the command in 0.23.
    pub class: Option<String>,
    /// Prices per command; exactly one in 0.11.
    pub commands: Vec<CommandFees>,
    /// Why no price can be told.
    pub reason: Option<LangText>,
    /// Another currency than the answer's own; 0.11 only.
    pub currency: Option<String>,
}

/// The price of one command for one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandFees {
    /// The command.
    pub command: FeeCommand,
    /// Fees.
    pub fees: Vec<FeeLine>,
    /// Credits.
    pub credits: Vec<CreditLine>,
    /// The price class; 0.23 only.
    pub class: Option<String>,
    /// Whether it is the standard price; fee-1.0 only.
    pub is_standard: bool,
    /// Why no price can be told.
    pub reason: Option<LangText>,
}

impl FeeCommand {
    /// A command outside launch phases.
    pub fn new(verb: PricedVerb, period: Option<Period>) -> FeeCommand {
        FeeCommand { verb, phase: None, subphase: None, period }
    }

    /// Reads the attributes of fee-1.0 and 0.23; the period is read by the caller.
    fn read_attrs(element: &Element) -> Result<FeeCommand, DecodeError> {
        let name = read::req_attr(element, "name")?;
        let verb = match name.as_str() {
            "custom" => PricedVerb::Custom(read::attr(element, "customName").unwrap_or_default()),
            name => read::word("fee:command@name", name, PricedVerb::from_word)?,
        };
        Ok(FeeCommand { verb, phase: read::attr(element, "phase"), subphase: read::attr(element, "subphase"), period: None })
    }

    fn write_attrs(&self, out: &mut Out) -> Result<(), EncodeError> {
        match &self.verb {
            PricedVerb::Custom(name) => out.attr("name", "custom", Facet::TOKEN)?.attr("customName", name, Facet::TOKEN)?,
            verb => out.attr("name", verb.as_str(), Facet::TOKEN)?,
        };
        self.write_phase(out)
    }

    fn write_phase(&self, out: &mut Out) -> Result<(), EncodeError> {
        out.opt_attr("phase", self.phase.as_deref(), Facet::TOKEN)?;
        out.opt_attr("subphase", self.subphase.as_deref(), Facet::TOKEN)?;
        Ok(())
    }

    /// Reads `fee:command` of 0.11, whose text is the verb.
    fn read_0_11(element: &Element) -> FeeCommand {
        let text = read::token(element);
        let verb = PricedVerb::from_word(&text).unwrap_or(PricedVerb::Custom(text));
        FeeCommand { verb, phase: read::attr(element, "phase"), subphase: read::attr(element, "subphase"), period: None }
    }

    fn write_0_11(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Fee011, "command");
        self.write_phase(&mut out)?;
        out.text(self.verb.as_str(), VERB_0_11)?;
        Ok(out.done())
    }
}

impl Check {
    /// The price of these commands in the account's own currency.
    pub fn of(commands: impl IntoIterator<Item = FeeCommand>) -> Check {
        Check { currency: None, commands: commands.into_iter().collect(), class: None }
    }

    pub(super) fn read(cx: &mut Cx, version: FeeVersion, element: &Element) -> Result<Check, DecodeError> {
        let mut fields = Fields::of(element);
        let check = if version == FeeVersion::V0_11 {
            let mut command = FeeCommand::read_0_11(fields.req(cx, "command")?);
            let currency = fields.opt_token(cx, "currency")?;
            command.period = fields.opt(cx, "period")?.map(Period::read).transpose()?;
            Check { currency, commands: vec![command], class: fields.opt_token(cx, "class")? }
        } else {
            let currency = fields.opt_token(cx, "currency")?;
            let mut commands = Vec::new();
            for element in fields.some(cx, "command")? {
                let mut command = FeeCommand::read_attrs(element)?;
                let mut inner = Fields::of(element);
                command.period = inner.opt(cx, "period")?.map(Period::read).transpose()?;
                inner.finish(cx)?;
                commands.push(command);
            }
            Check { currency, commands, class: None }
        };
        fields.finish(cx)?;
        Ok(check)
    }

    pub(super) fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        let ns = version.namespace();
        let mut out = Out::new(ns, "check");
        if version == FeeVersion::V0_11 {
            let [command] = self.commands.as_slice() else {
                return Err(EncodeError::form("fee:command", "must be given exactly once in fee-0.11; check the others separately"));
            };
            out.push(command.write_0_11()?);
            write_currency(&mut out, self.currency.as_deref())?;
            out.opt(command.period.map(|period| period.write(ns)).transpose()?);
            out.opt_leaf("class", self.class.as_deref(), Facet::TOKEN)?;
            return Ok(out.done());
        }
        if self.class.is_some() {
            return Err(EncodeError::form("fee:class", "cannot be asked for in this version of the extension"));
        }
        write_currency(&mut out, self.currency.as_deref())?;
        count("fee:command", self.commands.len(), 1, usize::MAX)?;
        for command in &self.commands {
            let mut inner = Out::new(ns, "command");
            command.write_attrs(&mut inner)?;
            inner.opt(command.period.map(|period| period.write(ns)).transpose()?);
            out.push(inner.done());
        }
        Ok(out.done())
    }
}

impl CheckData {
    pub(super) fn read(cx: &mut Cx, version: FeeVersion, element: &Element) -> Result<CheckData, DecodeError> {
        let mut fields = Fields::of(element);
        let data = if version == FeeVersion::V0_11 {
            let mut currency: Option<String> = None;
            let mut objects = Vec::new();
            for element in fields.some(cx, "cd")? {
                let (mut object, own) = ObjectFees::read_0_11(cx, element)?;
                let shared = currency.get_or_insert_with(|| own.clone());
                object.currency = (*shared != own).then_some(own);
                objects.push(object);
            }
            CheckData { currency: currency.unwrap_or_default(), objects }
        } else {
            let currency = fields.token(cx, "currency")?;
            let objects = fields.some(cx, "cd")?.into_iter().map(|e| ObjectFees::read(cx, version, e)).collect::<Result<_, _>>()?;
            CheckData { currency, objects }
        };
        fields.finish(cx)?;
        Ok(data)
    }

    pub(super) fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        let mut out = Out::new(version.namespace(), "chkData");
        count("fee:cd", self.objects.len(), 1, usize::MAX)?;
        check_currency(&self.currency)?;
        if version != FeeVersion::V0_11 {
            out.plain("currency", &self.currency);
        }
        for object in &self.objects {
            out.push(match version {
                FeeVersion::V0_11 => object.write_0_11(&self.currency)?,
                _ => object.write(version)?,
            });
        }
        Ok(out.done())
    }
}

impl ObjectFees {
    fn read(cx: &mut Cx, version: FeeVersion, element: &Element) -> Result<ObjectFees, DecodeError> {
        let mut fields = Fields::of(element);
        let name = ObjectName::new(fields.token(cx, "objID")?);
        let class = if version == FeeVersion::V1_0 { fields.opt_token(cx, "class")? } else { None };
        let commands = fields.many(cx, "command")?.into_iter().map(|e| CommandFees::read(cx, version, e)).collect::<Result<_, _>>()?;
        let reason = fields.opt(cx, "reason")?.map(|e| read_reason(cx, e)).transpose()?;
        fields.finish(cx)?;
        let is_available = read::flag(element, "avail", true)?;
        Ok(ObjectFees { name, is_available, class, commands, reason, currency: None })
    }

    fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        let ns = version.namespace();
        if self.currency.is_some() {
            return Err(EncodeError::form("fee:currency", "of a single name can only be told in fee-0.11"));
        }
        let mut out = Out::new(ns, "cd");
        out.flag("avail", self.is_available);
        out.leaf("objID", self.name.as_str(), Facet::LABEL)?;
        if self.class.is_some() && version != FeeVersion::V1_0 {
            return Err(EncodeError::form("fee:class", "stands on the command in fee-0.23, not on the name"));
        }
        out.opt_leaf("class", self.class.as_deref(), Facet::TOKEN)?;
        for command in &self.commands {
            out.push(command.write(version)?);
        }
        out.opt(self.reason.as_ref().map(|reason| reason.write(ns, "reason", Facet::TOKEN)).transpose()?);
        Ok(out.done())
    }

    /// Reads `fee:cd` of 0.11, with its currency beside it.
    fn read_0_11(cx: &mut Cx, element: &Element) -> Result<(ObjectFees, String), DecodeError> {
        let mut fields = Fields::of(element);
        let holder = fields.req(cx, "object")?;
        let Some(object) = holder.elements().next() else {
            return Err(DecodeError::new(Fault::Missing, holder.label(), "holds no object"));
        };
        if object.ns != Namespace::Domain || object.name != "name" {
            cx.deviate(DeviationKind::Value, holder.label(), format!("holds `{}` instead of a domain name", object.label()))?;
        }
        let name = ObjectName::new(read::token(object));
        let mut command = FeeCommand::read_0_11(fields.req(cx, "command")?);
        let currency = fields.token(cx, "currency")?;
        command.period = fields.opt(cx, "period")?.map(Period::read).transpose()?;
        let fees = fields.many(cx, "fee")?.into_iter().map(|e| FeeLine::read(cx, e)).collect::<Result<_, _>>()?;
        let credits = fields.many(cx, "credit")?.into_iter().map(|e| CreditLine::read(cx, e)).collect::<Result<_, _>>()?;
        let class = fields.opt_token(cx, "class")?;
        let reason = fields.opt_token(cx, "reason")?.map(LangText::from);
        fields.finish(cx)?;
        let is_available = read::flag(element, "avail", true)?;
        let priced = CommandFees { command, fees, credits, class: None, is_standard: false, reason: None };
        Ok((ObjectFees { name, is_available, class, commands: vec![priced], reason, currency: None }, currency))
    }

    fn write_0_11(&self, currency: &str) -> Result<Element, EncodeError> {
        let [priced] = self.commands.as_slice() else {
            return Err(EncodeError::form("fee:command", "must be given exactly once per name in fee-0.11"));
        };
        if priced.class.is_some() || priced.is_standard || priced.reason.is_some() {
            return Err(EncodeError::form("fee:command", "carries class, standard or reason, which fee-0.11 has on the name only"));
        }
        let mut out = Out::new(Namespace::Fee011, "cd");
        out.flag("avail", self.is_available);
        Facet::LABEL.check("fee:object", self.name.as_str())?;
        let name = Element::new(Namespace::Domain, "name").with_text(self.name.as_str());
        out.push(Element::new(Namespace::Fee011, "object").with_child(name));
        out.push(priced.command.write_0_11()?);
        write_currency(&mut out, Some(self.currency.as_deref().unwrap_or(currency)))?;
        out.opt(priced.command.period.map(|period| period.write(Namespace::Fee011)).transpose()?);
        write_lines(&mut out, FeeVersion::V0_11, &priced.fees, &priced.credits)?;
        out.opt_leaf("class", self.class.as_deref(), Facet::TOKEN)?;
        if let Some(reason) = &self.reason {
            if reason.lang.is_some() {
                return Err(EncodeError::form("fee:reason", "has a language, which fee-0.11 cannot carry"));
            }
            out.leaf("reason", &reason.text, Facet::TOKEN)?;
        }
        Ok(out.done())
    }
}

impl CommandFees {
    /// A command with its fees.
    pub fn new(command: FeeCommand, fees: Vec<FeeLine>) -> CommandFees {
        CommandFees { command, fees, credits: Vec::new(), class: None, is_standard: false, reason: None }
    }

    fn read(cx: &mut Cx, version: FeeVersion, element: &Element) -> Result<CommandFees, DecodeError> {
        let mut command = FeeCommand::read_attrs(element)?;
        let mut fields = Fields::of(element);
        command.period = fields.opt(cx, "period")?.map(Period::read).transpose()?;
        let fees = fields.many(cx, "fee")?.into_iter().map(|e| FeeLine::read(cx, e)).collect::<Result<_, _>>()?;
        let credits = fields.many(cx, "credit")?.into_iter().map(|e| CreditLine::read(cx, e)).collect::<Result<_, _>>()?;
        let class = if version == FeeVersion::V0_23 { fields.opt_token(cx, "class")? } else { None };
        let reason = fields.opt(cx, "reason")?.map(|e| read_reason(cx, e)).transpose()?;
        fields.finish(cx)?;
        let is_standard = version == FeeVersion::V1_0 && read::flag(element, "standard", false)?;
        Ok(CommandFees { command, fees, credits, class, is_standard, reason })
    }

    fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        let ns = version.namespace();
        let mut out = Out::new(ns, "command");
        self.command.write_attrs(&mut out)?;
        match (version, self.is_standard, &self.class) {
            (FeeVersion::V1_0, true, None) => {
                out.flag("standard", true);
            }
            (FeeVersion::V1_0, _, Some(_)) => return Err(EncodeError::form("fee:class", "stands on the name in fee-1.0")),
            (FeeVersion::V0_23, true, _) => return Err(EncodeError::form("fee:command", "cannot be marked as standard in fee-0.23")),
            _ => {}
        }
        out.opt(self.command.period.map(|period| period.write(ns)).transpose()?);
        write_lines(&mut out, version, &self.fees, &self.credits)?;
        out.opt_leaf("class", self.class.as_deref(), Facet::TOKEN)?;
        out.opt(self.reason.as_ref().map(|reason| reason.write(ns, "reason", Facet::TOKEN)).transpose()?);
        Ok(out.done())
    }
}

fn read_reason(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
    Ok(LangText { text: read::token(element), lang: read::lang(cx, element)? })
}
