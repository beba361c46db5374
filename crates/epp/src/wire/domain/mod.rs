//! Domain objects (RFC 5731).

mod create;
mod info;
mod name_servers;
mod term;
mod update;

use super::error::{Cx, DecodeError, EncodeError, Fault};
use super::object::DOMAIN;
pub use super::object::{Check, CheckData, CheckItem, CreateData, Named, PendingData, TransactionIds, TransferData};
use super::verb::{TransferOp, Verb};
use crate::xml::Element;

pub use create::{Create, DomainContact};
pub use info::{HostFilter, Info, InfoData};
pub use name_servers::{HostAttribute, NameServers};
pub use term::{Renew, RenewData, Transfer};
pub use update::{AddRemove, Change, Update};

/// A command on domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Which names are free?
    Check(Check),
    /// What does the registry hold of a name?
    Info(Info),
    /// Register a name.
    Create(Create),
    /// Change a name.
    Update(Update),
    /// Delete a name.
    Delete(Named),
    /// Extend the registration.
    Renew(Renew),
    /// Request, query, approve, reject or cancel a transfer.
    Transfer(Transfer),
}

impl Command {
    /// The verb of the command.
    pub fn verb(&self) -> Verb {
        match self {
            Command::Check(_) => Verb::Check,
            Command::Info(_) => Verb::Info,
            Command::Create(_) => Verb::Create,
            Command::Update(_) => Verb::Update,
            Command::Delete(_) => Verb::Delete,
            Command::Renew(_) => Verb::Renew,
            Command::Transfer(_) => Verb::Transfer,
        }
    }

    pub(crate) fn transfer_op(&self) -> Option<TransferOp> {
        match self {
            Command::Transfer(transfer) => Some(transfer.op),
            _ => None,
        }
    }

    pub(crate) fn read(cx: &mut Cx, verb: Verb, op: Option<TransferOp>, element: &Element) -> Result<Option<Command>, DecodeError> {
        Ok(Some(match verb {
            Verb::Check => Command::Check(Check::read(cx, element, DOMAIN)?),
            Verb::Info => Command::Info(Info::read(cx, element)?),
            Verb::Create => Command::Create(Create::read(cx, element)?),
            Verb::Update => Command::Update(Update::read(cx, element)?),
            Verb::Delete => Command::Delete(Named::read(cx, element, DOMAIN)?),
            Verb::Renew => Command::Renew(Renew::read(cx, element)?),
            Verb::Transfer => {
                let op = op.ok_or_else(|| DecodeError::new(Fault::Missing, "transfer", "the attribute `op` is missing"))?;
                Command::Transfer(Transfer::read(cx, op, element)?)
            }
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Command::Check(check) => check.write(DOMAIN),
            Command::Info(info) => info.write(),
            Command::Create(create) => create.write(),
            Command::Update(update) => update.write(),
            Command::Delete(named) => named.write("delete", DOMAIN),
            Command::Renew(renew) => renew.write(),
            Command::Transfer(transfer) => transfer.write(),
        }
    }
}

/// Response data about domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Answer to a check.
    Check(CheckData),
    /// Answer to a create.
    Create(CreateData),
    /// Answer to an info.
    Info(Box<InfoData>),
    /// Answer to a renew.
    Renew(RenewData),
    /// Answer to a transfer.
    Transfer(TransferData),
    /// Outcome of a pending action, by poll.
    Pending(PendingData),
}

impl Data {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Data>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "chkData" => Data::Check(CheckData::read(cx, element, DOMAIN)?),
            "creData" => Data::Create(CreateData::read(cx, element, DOMAIN)?),
            "infData" => Data::Info(Box::new(InfoData::read(cx, element)?)),
            "renData" => Data::Renew(RenewData::read(cx, element)?),
            "trnData" => Data::Transfer(TransferData::read(cx, element, DOMAIN)?),
            "panData" => Data::Pending(PendingData::read(cx, element, DOMAIN)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Data::Check(data) => data.write(DOMAIN),
            Data::Create(data) => data.write(DOMAIN),
            Data::Info(data) => data.write(),
            Data::Renew(data) => data.write(),
            Data::Transfer(data) => data.write(DOMAIN),
            Data::Pending(data) => data.write(DOMAIN),
        }
    }
}
