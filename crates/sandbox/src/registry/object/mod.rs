//! The three kinds of objects a registry keeps.

pub(crate) mod contact;
pub(crate) mod domain;
pub(crate) mod host;

use model::{RegistrarHandle, Roid, Timestamp};

pub(crate) use contact::ContactObject;
pub(crate) use domain::{Domain, Grace, Life, Transfer};
pub(crate) use host::HostObject;

/// Who made and keeps an object, and when: the part all kinds share.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Repository object id.
    pub(crate) roid: Roid,
    /// `clID`: who sponsors it now.
    pub(crate) sponsor: RegistrarHandle,
    /// `crID`: who created it; never changes.
    pub(crate) creator: RegistrarHandle,
    /// `crDate`.
    pub(crate) created: Timestamp,
    /// `upID` and `upDate`, once it was changed.
    pub(crate) updated: Option<(RegistrarHandle, Timestamp)>,
    /// `trDate`, once it was transferred.
    pub(crate) transferred: Option<Timestamp>,
}

impl Origin {
    pub(crate) fn new(roid: Roid, sponsor: &RegistrarHandle, creator: &RegistrarHandle, at: Timestamp) -> Origin {
        Origin { roid, sponsor: sponsor.clone(), creator: creator.clone(), created: at, updated: None, transferred: None }
    }

    pub(crate) fn touch(&mut self, by: &RegistrarHandle, at: Timestamp) {
        self.updated = Some((by.clone(), at));
    }

    /// The part of an `infData` that says so.
    pub(crate) fn provenance(&self) -> epp::Provenance {
        epp::Provenance {
            sponsor: (&self.sponsor).into(),
            created_by: Some((&self.creator).into()),
            created: Some(self.created),
            updated_by: self.updated.as_ref().map(|(by, _)| by.into()),
            updated: self.updated.as_ref().map(|(_, at)| *at),
            transferred: self.transferred,
        }
    }
}
