//! What a create tells of its TLD's launch phase (RFC 8334 section 3.3), and the token of a reserved name (RFC 8495 section 3.2).

use epp::Command;
use epp::extension::allocation_token::AllocationToken as WireToken;
use epp::extension::launch::{Create, Launch, Notice, Phase, PhaseKind, Proof};
use model::{AllocationToken, DomainName};
use policy::profile::Extension as Feature;
use policy::{ClaimsNotice, LaunchProof, Operation};

use super::{FrameFault, Surroundings};

/// The sunrise form with the mark, or the claims form with the notice. Of a label that nobody claims a create says nothing.
pub(super) fn add_launch(
    command: &mut Command,
    operation: &Operation,
    (name, proof): (&DomainName, Option<&LaunchProof>),
    around: &Surroundings<'_>,
) -> Result<(), FrameFault> {
    let create = match proof {
        None | Some(LaunchProof::NoClaim { .. }) => return Ok(()),
        Some(LaunchProof::Notice(notice)) => {
            Create { phase: Phase::new(PhaseKind::Claims), form: None, proof: Proof::None, notices: vec![wire_notice(notice)] }
        }
        Some(LaunchProof::Mark { .. }) => {
            let mark = around.papers.mark.clone().ok_or_else(|| missing("the signed mark", name))?;
            Create { phase: Phase::new(PhaseKind::Sunrise), form: None, proof: Proof::EncodedSignedMarks(vec![mark]), notices: Vec::new() }
        }
    };
    around.require(Feature::Launch, operation)?;
    command.extensions.push(Launch::Create(create).into());
    Ok(())
}

/// The token from the vault, where the operation presents one.
pub(super) fn add_token(
    command: &mut Command,
    operation: &Operation,
    name: &DomainName,
    around: &Surroundings<'_>,
) -> Result<(), FrameFault> {
    if !operation.presents_token() {
        return Ok(());
    }
    around.require(Feature::AllocationToken, operation)?;
    let token = around.papers.token.as_ref().ok_or_else(|| missing("the allocation token", name))?;
    command.extensions.push(wire_token(token).into());
    Ok(())
}

/// A token as the wire takes it.
pub(super) fn wire_token(token: &AllocationToken) -> WireToken {
    WireToken::Token(token.secret().clone())
}

fn wire_notice(notice: &ClaimsNotice) -> Notice {
    Notice { id: notice.id.clone(), validator: notice.validator.clone(), not_after: notice.not_after, accepted: notice.accepted_at }
}

fn missing(what: &'static str, name: &DomainName) -> FrameFault {
    FrameFault::Missing { what, object: name.to_string(), advice: "give it with a new order" }
}
