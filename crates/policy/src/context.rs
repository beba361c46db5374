//! What a decision may look at besides the registration itself.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactHandle, ContactId, Entropy, HostName, Money, RegistrarHandle, Timestamp};

use crate::actor::Actor;
use crate::holder::HolderChange;
use crate::launch::ClaimsAnswer;
use crate::profile::TldProfile;
use crate::verification::HolderStanding;

/// The surroundings of a decision: the clock, the rules of the TLD, what the store knows, chance.
pub struct Context<'a> {
    /// The instant of the decision.
    pub now: Timestamp,
    /// Who asks.
    pub actor: &'a Actor,
    /// The TLD's profile in force.
    pub profile: &'a TldProfile,
    /// What the store knows about neighbouring objects.
    pub facts: &'a Facts,
    /// For ids and authInfo.
    pub entropy: &'a mut dyn Entropy,
}

/// What the store knows about neighbouring objects at the registry, read in the same transaction.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Our own handle at this registry: tells a transfer in from one away, and a sponsor that is us.
    pub account: Option<RegistrarHandle>,
    /// Host objects that exist at this registry for us already (object host model).
    pub known_hosts: BTreeSet<HostName>,
    /// Contacts that already have a handle at this registry.
    pub contact_handles: BTreeMap<ContactId, ContactHandle>,
    /// Hosts below this name that other names delegate to (RFC 9874).
    pub linked_subordinates: BTreeSet<HostName>,
    /// Where the command names another holder: what makes that a change of registrant; none where nothing differs materially (COR-1).
    pub holder_change: Option<HolderChange>,
    /// Where the clock runs: which revision of the registrant's data is the present one (EXP-5).
    pub registrant_revision: Option<u64>,
    /// Whether the holder that the decision is about was verified; none where it cannot matter (ACY-3).
    pub registrant_standing: Option<HolderStanding>,
    /// While the house is frozen after its state was put back: since when. What a registry says then is its word on what we lost.
    pub frozen_since: Option<Timestamp>,
    /// Whether nothing may be decided here that goes to a registry: the house is frozen, and no person asked for it.
    pub is_held_back: bool,
    /// The price the registry named for this very operation, where it was asked (RFC 8748 check).
    pub quoted_fee: Option<Money>,
    /// What the registry just said to a claims check of the name, where it was asked (RFC 8334 section 3.1.1).
    pub claims: Option<ClaimsAnswer>,
}
