//! What a report says of one recipient (RFC 3464 section 2.3).

use super::fields::{self, Block};
use crate::reply::TEXT_CHARS;
use crate::status::EnhancedStatus;
use crate::withheld::Withheld;

/// Longest address, in characters (RFC 5321 section 4.5.3.1 with room for a route).
const ADDRESS_CHARS: usize = 320;

/// The reply code of a mailbox that is not there.
const MAILBOX_UNAVAILABLE: &str = "550";

/// What became of the message, the better the less it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It arrived, or went where no reports come from.
    Relayed,
    /// It is still tried.
    Delayed,
    /// It did not arrive, and not because of the address: a full mailbox, a policy, time that ran out.
    Soft,
    /// It did not arrive because the address cannot be reached.
    Hard,
}

impl Verdict {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Relayed => "relayed",
            Self::Delayed => "delayed",
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// One recipient of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// What became of it.
    pub verdict: Verdict,
    /// Why, as a code.
    pub status: Option<EnhancedStatus>,
    /// Why, in the words of the last server.
    pub diagnostic: Withheld,
    addresses: Vec<Withheld>,
}

impl Recipient {
    /// Whether it is this address: where the message was to go, or where it went in the end.
    #[must_use]
    pub fn is(&self, address: &str) -> bool {
        self.addresses.iter().any(|found| found.expose().eq_ignore_ascii_case(address))
    }
}

/// Every recipient of a delivery status.
pub(super) fn read_all(status: &[u8]) -> Vec<Recipient> {
    fields::blocks(status).iter().filter_map(read).collect()
}

/// One recipient; none if the block is about the message as a whole. Action or status may be missing where servers are careless.
fn read(block: &Block) -> Option<Recipient> {
    let action = block.value("action").map(|action| first_word(action).to_ascii_lowercase());
    let diagnostic = block.value("diagnostic-code").unwrap_or_default();
    let stated = block.value("status").and_then(EnhancedStatus::parse);
    if action.is_none() && stated.is_none() {
        return None;
    }
    // The last server's own code says more than a `5.0.0` that was made of its reply.
    let status = match stated {
        Some(stated) if !stated.is_vague() => Some(stated),
        stated => EnhancedStatus::find(diagnostic).or(stated),
    };
    let verdict = match action.as_deref() {
        Some("delivered" | "relayed" | "expanded") => Verdict::Relayed,
        Some("delayed") => Verdict::Delayed,
        Some("failed") => failed(status, diagnostic),
        _ => match status?.class {
            2 => Verdict::Relayed,
            4 => Verdict::Delayed,
            _ => failed(status, diagnostic),
        },
    };
    let addresses = ["final-recipient", "original-recipient"].into_iter().filter_map(|name| block.value(name)).map(address).collect();
    Some(Recipient { verdict, status, diagnostic: Withheld::new(diagnostic, TEXT_CHARS), addresses })
}

/// Whether the address is to blame for a message that did not arrive.
fn failed(status: Option<EnhancedStatus>, diagnostic: &str) -> Verdict {
    let says_mailbox = || diagnostic.split(|c: char| !c.is_ascii_digit()).any(|word| word == MAILBOX_UNAVAILABLE);
    let is_hard = match status {
        None => says_mailbox(),
        // Large providers say `550 5.5.0 mailbox unavailable` of mailboxes that are not there.
        Some(EnhancedStatus { class: 5, subject: 5, detail: 0 }) => says_mailbox(),
        Some(status) => status.blames_address(),
    };
    if is_hard { Verdict::Hard } else { Verdict::Soft }
}

/// The address of `rfc822; <name@example.org>`.
fn address(value: &str) -> Withheld {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    Withheld::new(first_word(address).trim_matches(['<', '>']), ADDRESS_CHARS)
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
