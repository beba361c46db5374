//! Enter a request that came another way: by letter, by telephone, through ICANN's request service (DSC-8). The same case, the same clocks.

use model::{CaseId, ReceiptId, Timestamp};
use policy::calendar::utc_date;
use policy::desk::{CaseProfile, DeskRules, Fields, Form, FormKind, urgent_holds_on};
use policy::{Permission, Refusal};

use super::case;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// Enter a report or a request. The answer is the case.
#[derive(Clone, Debug)]
pub struct EnterForm {
    /// Which form.
    pub kind: FormKind,
    /// Its fields, as the page has them.
    pub fields: Fields,
    /// When it was received.
    pub received_at: Timestamp,
    /// Whether it is urgent, from a requestor who was authenticated (DSC-7).
    pub is_urgent: bool,
    /// What this registrar adds to the rules.
    pub rules: DeskRules,
}

impl NeedsPermission for EnterForm {
    fn permission(&self) -> Permission {
        Permission::WorkDesk
    }
}

impl UseCase for EnterForm {
    type Answer = (CaseId, ReceiptId);

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        if matches!(self.kind, FormKind::Contact | FormKind::Verification) {
            let sentence = format!("what the form `{}` takes is no case", self.kind.word());
            return Err(Refusal::new("case.kind", "RDP-12", sentence)
                .hint("send a message by the form; a code is given to `namekeep contact verify`")
                .into());
        }
        if self.is_urgent && !urgent_holds_on(utc_date(work.now)) {
            return Err(Refusal::new("disclosure.urgent", "DSC-7", "urgent requests are published by ICANN and not yet in force")
                .hint("enter it as an ordinary request, and answer it as soon as you can")
                .into());
        }
        if self.received_at > work.now {
            return Err(Refusal::new("case.received", "DSC-3", "nothing is received in the future")
                .hint("give the instant it came")
                .into());
        }
        let form = Form::read(self.kind, &self.fields).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.sentence)).collect();
            Refusal::new("case.incomplete", "DSC-2", "the request lacks what it has to have").hint(faults.join(" "))
        })?;
        let domain = case::outsider(&form)?.domain;
        let receipt = ReceiptId::new(work.now, &mut work.draw());
        let profile = self.is_urgent.then_some(CaseProfile::Urgent);
        let case = case::begin(work, receipt, self.received_at, &form, profile, &self.rules)?.ok_or_else(|| {
            Refusal::new("case.name.unknown", "DSC-4", format!("{domain} is not and was not one of our names"))
                .hint("tell the sender which registrar sponsors it, as its registry's RDAP says")
        })?;
        Ok((case, receipt))
    }
}
