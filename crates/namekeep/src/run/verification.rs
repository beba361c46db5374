//! `namekeep contact standing|verify|call`: whether a holder is who they say, and how that was found out.

use model::ContactId;
use policy::HolderStanding;
use registrar::verification::{ReadVerification, VerifyByCode, VerifyByHand, VerifyByToken};
use serde::Serialize;
use store::verifications::VerificationRow;

use super::Session;
use super::contact::tell_names;
use crate::argument;
use crate::cli::VerifyArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Report, print};

/// Where a holder stands.
#[derive(Serialize)]
struct StandingReport {
    contact: ContactId,
    standing: HolderStanding,
    asked_at: Option<model::Timestamp>,
    letters: u32,
    verified_at: Option<model::Timestamp>,
    method: Option<&'static str>,
    evidence: Option<String>,
}

impl StandingReport {
    fn new(contact: ContactId, standing: HolderStanding, row: Option<VerificationRow>) -> Self {
        let (asked_at, letters) = row.as_ref().map_or((None, 0), |row| (row.asked_at, row.letters));
        let verified = row.and_then(|row| row.verified);
        Self {
            contact,
            standing,
            asked_at,
            letters,
            verified_at: verified.as_ref().map(|verified| verified.at),
            method: verified.as_ref().map(|verified| verified.method.word()),
            evidence: verified.map(|verified| verified.evidence),
        }
    }
}

impl Report for StandingReport {
    fn text(&self) -> String {
        let standing = match self.standing {
            HolderStanding::Verified => "verified",
            HolderStanding::Unverified => "not verified",
            HolderStanding::Overdue => "not verified, and overdue",
        };
        let mut lines = vec![format!("{} is {standing}.", self.contact)];
        lines.extend(self.asked_at.map(|at| format!("Asked on {at}; letters: {}.", self.letters)));
        if let (Some(at), Some(method), Some(evidence)) = (self.verified_at, self.method, &self.evidence) {
            lines.push(format!("Last verified on {at} ({method}): {evidence}."));
        }
        lines.join("\n")
    }
}

/// What to say on the telephone.
#[derive(Serialize)]
pub(super) struct CallReport {
    pub(super) phone: String,
    pub(super) code: String,
}

impl Report for CallReport {
    fn text(&self) -> String {
        format!("Call {} and say the code {}. Whoever answers gives it back on the page or to you.", self.phone, self.code)
    }
}

/// Shows where a holder stands.
pub(super) fn standing(session: &Session, contact: ContactId) -> Result<(), Failure> {
    let (standing, row) = session.ask(ReadVerification { contact })?;
    print(session.format, &StandingReport::new(contact, standing, row));
    Ok(())
}

/// Verifies a holder in one of the three ways.
pub(super) fn verify(session: &Session, args: &VerifyArgs) -> Result<(), Failure> {
    let contact = match (&args.token_file, &args.id) {
        (Some(file), _) => {
            let token = std::fs::read_to_string(file).map_err(|error| Failure::file(file, "read the code", &error))?;
            session.carry_out(VerifyByToken { token })?
        }
        (None, Some(id)) => {
            let contact = argument::parse("contact id", id)?;
            by_person(session, contact, args)?;
            contact
        }
        (None, None) => return Err(Failure::usage("Nobody is named.").hint("give the contact's id, or `--token-file`")),
    };
    tell_names(session)?;
    standing(session, contact)
}

fn by_person(session: &Session, contact: ContactId, args: &VerifyArgs) -> Result<(), Failure> {
    if let Some(evidence) = &args.evidence {
        return session.carry_out(VerifyByHand { contact, evidence: evidence.clone() });
    }
    let code = args.code.clone().unwrap_or_default();
    match session.carry_out(VerifyByCode { contact, code })? {
        true => Ok(()),
        false => Err(Failure::new(Exit::Refused, "verification.code", "This is not the code that was said.")
            .hint("ask for it again; after five wrong ones the call is over, and a new one is opened with `namekeep contact call`")),
    }
}
