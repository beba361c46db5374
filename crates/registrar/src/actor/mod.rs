//! Who acts: operators, who prove themselves by a token, and the machine's own actors.

mod enrol;
mod token;

use model::{ActorId, RegistryId};
use policy::{Actor, ActorKind};

pub use enrol::{EnrolOperator, Enrolled, ListOperators, OperatorLine, RevokeOperator};

/// The clock's id. The machine's actors are the same in every house, so their ids are fixed and not drawn.
const TIMER: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// The gate's id.
const GATE: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
/// The registries' id; which registry is in the kind.
const REGISTRY: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];

/// The clock, which carries out what has come due.
#[must_use]
pub fn timer() -> Actor {
    Actor { id: ActorId::from_bytes(TIMER), kind: ActorKind::Timer }
}

/// The gate, which settles intents.
#[must_use]
pub fn gate() -> Actor {
    Actor { id: ActorId::from_bytes(GATE), kind: ActorKind::Gate }
}

/// A registry, which speaks through its poll queue and its answers.
#[must_use]
pub fn registry(registry: &RegistryId) -> Actor {
    Actor { id: ActorId::from_bytes(REGISTRY), kind: ActorKind::Registry { registry: registry.clone() } }
}

/// How an actor is written in the ledger: an operator by id (the name is personal data), the others by what they are.
#[must_use]
pub fn ledger_name(actor: &Actor) -> String {
    match &actor.kind {
        ActorKind::Operator { .. } => actor.id.to_string(),
        ActorKind::Registry { registry } => format!("registry:{registry}"),
        ActorKind::Timer | ActorKind::Gate => actor.kind.word().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_names_actors_without_personal_data() {
        let alpha = RegistryId::parse("alpha").unwrap();
        let ada = Actor { id: ActorId::from_bytes([7; 16]), kind: ActorKind::Operator { name: "Ada Canary".to_owned() } };
        let names: Vec<String> = [timer(), gate(), registry(&alpha), ada].iter().map(ledger_name).collect();
        assert_eq!(names, ["timer", "gate", "registry:alpha", "act_070w3ge1r70w3ge1r70w3ge1r7"]);
    }
}
