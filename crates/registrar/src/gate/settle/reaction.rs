//! Result codes and what follows from them (RFC 5730 section 3). Codes that nobody defined are read by their first two digits.

use epp::{FailureClass, Response, ResultCode};

/// Longest text of a registry that is kept with an outcome, in characters.
const MAX_WORDS_CHARS: usize = 500;

/// What an answer asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reaction {
    /// 1000 and kin: carried out.
    Done,
    /// 1001: accepted, decided later.
    Pending,
    /// Sponsorship, authInfo, policy: whoever asked must be told.
    Caller,
    /// The object is in another state than we thought: tell the caller and look at the object anew.
    ObjectState,
    /// Our frame or our profile is wrong: tell the caller and raise an alarm.
    OurFault,
    /// 24xx: nothing was done, try again.
    Again,
    /// 2104.
    NoMoney,
    /// 25xx and what has no meaning: it may have been carried out.
    Unknown,
}

/// The code that decides and what follows from it. Of several results (RFC 5730 section 2.6) the gravest decides.
pub(crate) fn reaction_to(response: &Response) -> (ResultCode, Reaction) {
    let all = response.results.iter().map(|result| (result.code, of_code(result.code)));
    // `max_by_key` would take the last of equals; the first is the one that the registry put first.
    let gravest = all.reduce(|gravest, next| if next.1 > gravest.1 { next } else { gravest });
    gravest.unwrap_or((response.code(), Reaction::Unknown))
}

/// What follows from one code.
fn of_code(code: ResultCode) -> Reaction {
    use ResultCode as C;
    match code {
        C::PENDING => Reaction::Pending,
        C::BILLING_FAILURE => Reaction::NoMoney,
        C::UNIMPLEMENTED_SERVICE => Reaction::OurFault,
        C::NOT_ELIGIBLE_FOR_RENEWAL | C::NOT_ELIGIBLE_FOR_TRANSFER => Reaction::ObjectState,
        C::POLICY_ERROR | C::DATA_POLICY_VIOLATION => Reaction::Caller,
        _ => match code.failure_class() {
            None => Reaction::Done,
            Some(FailureClass::Syntax | FailureClass::Implementation) => Reaction::OurFault,
            Some(FailureClass::Security) => Reaction::Caller,
            Some(FailureClass::DataManagement) => Reaction::ObjectState,
            Some(FailureClass::ServerSystem) => Reaction::Again,
            Some(FailureClass::ConnectionManagement | FailureClass::Other) => Reaction::Unknown,
        },
    }
}

/// The registry's words: every result with its reasons. Elements of our command that it quotes back are left out, since they may
/// hold a secret.
pub(crate) fn words_of(response: &Response) -> String {
    let mut words = String::new();
    for result in &response.results {
        let reasons = result.ext_values.iter().map(|ext| ext.reason.text.as_str());
        for text in std::iter::once(result.message.text.as_str()).chain(reasons).filter(|text| !text.is_empty()) {
            if !words.is_empty() {
                words.push_str("; ");
            }
            words.push_str(text);
        }
    }
    words.chars().take(MAX_WORDS_CHARS).collect()
}
