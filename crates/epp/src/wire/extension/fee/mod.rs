//! Prices (fee-1.0, RFC 8748, and the drafts still deployed as 0.23 and 0.11).
//!
//! One set of types holds all three versions; the version is a value, chosen by the registry's profile. Where a version cannot say
//! something (0.11 prices one command per check, the drafts have no language on a fee), the encoder says so.

mod amount;
mod check;
mod transform;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::xml::Element;

pub use amount::{Applied, CreditLine, Decimal, FeeLine};
pub use check::{Check, CheckData, CommandFees, FeeCommand, ObjectFees, PricedVerb};
pub use transform::{Transform, TransformData};

/// Versions of the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeeVersion {
    /// `fee-0.11`.
    V0_11,
    /// `fee-0.23`.
    V0_23,
    /// `fee-1.0`, RFC 8748.
    V1_0,
}

impl FeeVersion {
    /// The namespace of the version.
    pub const fn namespace(self) -> Namespace {
        match self {
            FeeVersion::V0_11 => Namespace::Fee011,
            FeeVersion::V0_23 => Namespace::Fee023,
            FeeVersion::V1_0 => Namespace::Fee,
        }
    }

    /// The version of a namespace, if it is one of this extension.
    pub const fn of_namespace(namespace: Namespace) -> Option<FeeVersion> {
        match namespace {
            Namespace::Fee011 => Some(FeeVersion::V0_11),
            Namespace::Fee023 => Some(FeeVersion::V0_23),
            Namespace::Fee => Some(FeeVersion::V1_0),
            _ => None,
        }
    }
}

/// An element of a fee extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Which version.
    pub version: FeeVersion,
    /// Which element.
    pub body: FeeBody,
}

/// The elements of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeBody {
    /// With a domain check: what would it cost?
    Check(Check),
    /// The answer.
    CheckData(CheckData),
    /// With a create: the fee agreed to.
    Create(Transform),
    /// With a renew.
    Renew(Transform),
    /// With a transfer request.
    Transfer(Transform),
    /// With an update (a restore, mostly).
    Update(Transform),
    /// The fee charged for a create.
    CreateData(TransformData),
    /// For a renew.
    RenewData(TransformData),
    /// For a transfer.
    TransferData(TransformData),
    /// For an update.
    UpdateData(TransformData),
    /// The credit for a delete.
    DeleteData(TransformData),
}

impl Fee {
    /// An element of this version.
    pub fn new(version: FeeVersion, body: FeeBody) -> Fee {
        Fee { version, body }
    }

    pub(crate) fn read(cx: &mut Cx, version: FeeVersion, element: &Element) -> Result<Option<Fee>, DecodeError> {
        let body = match element.name.as_ref() {
            "check" => FeeBody::Check(Check::read(cx, version, element)?),
            "chkData" => FeeBody::CheckData(CheckData::read(cx, version, element)?),
            "create" => FeeBody::Create(Transform::read(cx, element)?),
            "renew" => FeeBody::Renew(Transform::read(cx, element)?),
            "transfer" => FeeBody::Transfer(Transform::read(cx, element)?),
            "update" => FeeBody::Update(Transform::read(cx, element)?),
            "creData" => FeeBody::CreateData(TransformData::read(cx, element)?),
            "renData" => FeeBody::RenewData(TransformData::read(cx, element)?),
            "trnData" => FeeBody::TransferData(TransformData::read(cx, element)?),
            "updData" => FeeBody::UpdateData(TransformData::read(cx, element)?),
            "delData" => FeeBody::DeleteData(TransformData::read(cx, element)?),
            _ => return Ok(None),
        };
        Ok(Some(Fee { version, body }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let version = self.version;
        match &self.body {
            FeeBody::Check(check) => check.write(version),
            FeeBody::CheckData(data) => data.write(version),
            FeeBody::Create(transform) => transform.write(version, "create"),
            FeeBody::Renew(transform) => transform.write(version, "renew"),
            FeeBody::Transfer(transform) => transform.write(version, "transfer"),
            FeeBody::Update(transform) => transform.write(version, "update"),
            FeeBody::CreateData(data) => data.write(version, "creData"),
            FeeBody::RenewData(data) => data.write(version, "renData"),
            FeeBody::TransferData(data) => data.write(version, "trnData"),
            FeeBody::UpdateData(data) => data.write(version, "updData"),
            FeeBody::DeleteData(data) => data.write(version, "delData"),
        }
    }
}
