//! Launch phases: what an order must bring in a TLD's sunrise and in its claims phase, and what its create tells the registry
//! (RFC 8334; REG-18).
//!
//! Sunrise: a signed mark that is in force and lists the label. Claims: the registry's word, just asked, that nobody claims the
//! label; or the claims notice that was shown to the buyer, and when the buyer accepted it. Nothing of it outside its phase.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::{DomainName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::profile::LaunchPhaseKind;
use crate::refusal::Refusal;

/// How long before the create a claims notice may have been accepted, in hours; what is accepted earlier is shown anew.
pub const MAX_ACCEPTANCE_AGE_HOURS: i64 = 48;
/// How long the registry's answer to a claims check is believed, in minutes: a claim may be entered at any time.
pub const MAX_CLAIMS_ANSWER_AGE_MINUTES: i64 = 60;
/// The validator whose notices need not name it (RFC 8334 section 2.2): the Trademark Clearinghouse.
pub const CLEARINGHOUSE: &str = "tmch";
/// The Clearinghouse names a notice by 8 hexadecimal digits of checksum and 19 decimal ones (RFC 9361).
const NOTICE_ID_CHARS: (usize, usize) = (8, 19);

/// What an order brings for the launch phase of its TLD, and for a reserved name. Empty in the open phase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchOrder {
    /// The claims notice that was shown to the buyer and accepted.
    pub notice: Option<ClaimsNotice>,
    /// The signed mark, by what can be read of it; the mark itself is in the vault.
    pub mark: Option<SignedMarkFacts>,
    /// Whether an allocation token is in the vault (RFC 8495).
    pub has_token: bool,
}

/// A claims notice and its acceptance (RFC 8334 section 3.3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsNotice {
    /// The notice (`noticeID`).
    pub id: String,
    /// Whose notice it is; the Trademark Clearinghouse's when absent.
    pub validator: Option<String>,
    /// Until when the notice is good (`notAfter`).
    pub not_after: Timestamp,
    /// When the buyer accepted it (`acceptedDate`).
    pub accepted_at: Timestamp,
}

/// What a signed mark says of itself (RFC 7848 section 2.3). Whether its signature is good is for the registry to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedMarkFacts {
    /// Its identifier (`smd:id`).
    pub id: String,
    /// SHA-256 of the encoded mark, in hexadecimal.
    pub sha256: String,
    /// From when it is in force.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The labels it may be used for, as A-labels; empty where it lists none that can be read.
    pub labels: BTreeSet<String>,
}

/// What the registry said to a claims check (RFC 8334 section 3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimsAnswer {
    /// Whether somebody claims the label.
    pub has_claims: bool,
    /// When the registry was asked.
    pub asked_at: Timestamp,
}

/// What lets a name be registered in a launch phase; part of the create and of the ledger. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "proof")]
pub enum LaunchProof {
    /// Claims phase: the registry said that nobody claims the label. The create says nothing of it.
    NoClaim {
        /// When the registry was asked.
        asked_at: Timestamp,
    },
    /// Claims phase: the notice that the buyer accepted.
    Notice(ClaimsNotice),
    /// Sunrise: the signed mark, which is fetched from the vault when the frame is built.
    Mark {
        /// Its identifier (`smd:id`).
        id: String,
        /// SHA-256 of the encoded mark, in hexadecimal.
        sha256: String,
    },
}

/// What the create of `name` must tell of the launch phase of this instant; nothing in the open phase.
///
/// # Errors
///
/// A refusal that says what is missing, or does not belong, and what to do.
pub(crate) fn proof_for(name: &DomainName, order: &LaunchOrder, context: &Context<'_>) -> Result<Option<LaunchProof>, Refusal> {
    let phase = context.profile.launch_phase_at(context.now);
    let tld = &context.profile.name;
    if order.notice.is_some() && phase != LaunchPhaseKind::Claims {
        let sentence = format!("a claims notice is given for `{name}`, and `.{tld}` is not in a claims phase");
        return Err(Refusal::new("claims.not-in-phase", "RFC 8334 3.3.2", sentence).hint("order it without the notice"));
    }
    if order.mark.is_some() && phase != LaunchPhaseKind::Sunrise {
        let sentence = format!("a signed mark is given for `{name}`, and `.{tld}` is not in its sunrise");
        return Err(Refusal::new("sunrise.not-in-phase", "RFC 8334 3.3.1", sentence).hint("order it without the mark"));
    }
    match phase {
        LaunchPhaseKind::Open => Ok(None),
        LaunchPhaseKind::Sunrise => mark_for(name, order.mark.as_ref(), context).map(Some),
        LaunchPhaseKind::Claims => match &order.notice {
            Some(notice) => accepted(name, notice, context.now).map(Some),
            None => unclaimed(name, context).map(Some),
        },
    }
}

/// The mark is in force and lists the label; its signature and revocation are the registry's to check.
fn mark_for(name: &DomainName, mark: Option<&SignedMarkFacts>, context: &Context<'_>) -> Result<LaunchProof, Refusal> {
    let now = context.now;
    let Some(mark) = mark else {
        let sentence = format!("`.{}` is in its sunrise and takes orders with a signed mark only", context.profile.name);
        return Err(Refusal::new("sunrise.mark-missing", "REG-18", sentence)
            .hint("give the signed mark of the trademark's holder, or order it when the sunrise has ended"));
    };
    if now < mark.not_before {
        let sentence = format!("the signed mark `{}` is in force only from {} on", mark.id, mark.not_before);
        return Err(Refusal::new("sunrise.mark-early", "RFC 8334 3.3.1", sentence).not_before(mark.not_before));
    }
    if now >= mark.not_after {
        let sentence = format!("the signed mark `{}` ended at {}", mark.id, mark.not_after);
        return Err(Refusal::new("sunrise.mark-expired", "RFC 8334 3.3.1", sentence)
            .hint("have the trademark's holder fetch a current one from the Trademark Clearinghouse"));
    }
    let label = label_of(name);
    if !mark.labels.is_empty() && !mark.labels.contains(label) {
        let sentence = format!("the signed mark `{}` does not list the label `{label}`", mark.id);
        let listed: Vec<&str> = mark.labels.iter().map(String::as_str).collect();
        return Err(Refusal::new("sunrise.label-unlisted", "RFC 8334 3.3.1", sentence).hint(format!("it lists: {}", listed.join(", "))));
    }
    Ok(LaunchProof::Mark { id: mark.id.clone(), sha256: mark.sha256.clone() })
}

/// The notice is one of this label, has not ended, and was accepted by now and not too long ago.
fn accepted(name: &DomainName, notice: &ClaimsNotice, now: Timestamp) -> Result<LaunchProof, Refusal> {
    const ANEW: &str = "fetch the claims notice anew, show it to the buyer, and record the acceptance";
    check_id(name, notice)?;
    let id = &notice.id;
    if now > notice.not_after {
        let sentence = format!("the claims notice `{id}` ended at {}", notice.not_after);
        return Err(Refusal::new("claims.notice-expired", "REG-18", sentence).hint(ANEW));
    }
    if notice.accepted_at > now {
        let sentence = format!("the claims notice `{id}` is said to be accepted at {}, which lies ahead", notice.accepted_at);
        return Err(
            Refusal::new("claims.acceptance-date", "REG-18", sentence).hint("give the instant at which the buyer accepted the notice")
        );
    }
    if now.duration_since(notice.accepted_at) > SignedDuration::from_hours(MAX_ACCEPTANCE_AGE_HOURS) {
        let sentence =
            format!("the claims notice `{id}` was accepted at {}, more than {MAX_ACCEPTANCE_AGE_HOURS} hours ago", notice.accepted_at);
        return Err(Refusal::new("claims.acceptance-stale", "REG-18", sentence).hint(ANEW));
    }
    Ok(LaunchProof::Notice(notice.clone()))
}

/// The Clearinghouse's identifiers begin with a checksum over label, end and number, so that a notice of another name shows.
fn check_id(name: &DomainName, notice: &ClaimsNotice) -> Result<(), Refusal> {
    if notice.validator.as_deref().is_some_and(|validator| validator != CLEARINGHOUSE) {
        return Ok(());
    }
    let id = &notice.id;
    let (checksum, number) = id.split_at_checked(NOTICE_ID_CHARS.0).unwrap_or_default();
    let is_well_formed = checksum.bytes().all(|byte| byte.is_ascii_hexdigit())
        && number.len() == NOTICE_ID_CHARS.1
        && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_well_formed {
        let sentence = format!("`{id}` is not the identifier of a claims notice of the Trademark Clearinghouse");
        return Err(Refusal::new("claims.notice-id", "REG-18", sentence)
            .hint("copy the notice's `id` whole: 8 hexadecimal digits and 19 decimal ones; or name the validator whose notice it is"));
    }
    let label = label_of(name);
    let known = crc32(format!("{label}{}{number}", notice.not_after.as_second()).as_bytes());
    if u32::from_str_radix(checksum, 16) == Ok(known) {
        return Ok(());
    }
    let sentence = format!("the claims notice `{id}` is not one of `{label}` that ends at {}", notice.not_after);
    Err(Refusal::new("claims.notice-other", "REG-18", sentence)
        .hint("give the notice of this very name, with its `notAfter` to the second"))
}

/// Without a notice, only the registry's own word will do, and only a fresh one.
fn unclaimed(name: &DomainName, context: &Context<'_>) -> Result<LaunchProof, Refusal> {
    let limit = SignedDuration::from_mins(MAX_CLAIMS_ANSWER_AGE_MINUTES);
    let answer = context.facts.claims.filter(|answer| context.now.duration_since(answer.asked_at) <= limit);
    let Some(answer) = answer else {
        let sentence =
            format!("`.{}` is in its claims phase, and its registry was not asked just now who claims `{name}`", context.profile.name);
        return Err(Refusal::new("claims.unchecked", "REG-18", sentence)
            .hint("ask it with a claims check right before the order, or give the claims notice that the buyer accepted"));
    };
    if answer.has_claims {
        let sentence = format!("`{name}` matches a trademark claim, and no claims notice is given");
        return Err(Refusal::new("claims.notice-missing", "REG-18", sentence).hint(
            "fetch the claims notice with the key that a claims check gives, show it to the buyer, and order again with the notice and \
             the time of its acceptance",
        ));
    }
    Ok(LaunchProof::NoClaim { asked_at: answer.asked_at })
}

fn label_of(name: &DomainName) -> &str {
    name.labels().next().unwrap_or_default()
}

/// CRC-32 of ISO 3309, as the identifiers of claims notices use it.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let step = |crc: u32, _: u8| if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_iso_3309() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        // The notice of RFC 8334's examples belongs to `example-one` until 2010-08-16T09:00:00Z.
        assert_eq!(crc32(b"example-one12819492009223372036854775807"), 0x370d_0b7c);
    }
}
