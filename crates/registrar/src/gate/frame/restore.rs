//! Restore out of redemption: the request and the report (RFC 3915 sections 4.2.5 and 4.3).

use epp::domain::{self, Update};
use epp::extension::rgp::{Report, ReportData, Rgp};
use epp::{Command, CommandBody, LangText};
use model::{ClTrid, DomainName};
use policy::profile::Extension as Feature;
use policy::{ObjectKey, Operation};

use super::{FrameFault, Surroundings, extension, mismatch};

/// The two statements that registries ask for with a report (RFC 3915 section 4.2.5).
const STATEMENTS: [&str; 2] = [
    "This registrar has not restored the Registered Name in order to assume the rights to use or sell the Registered Name for itself or for any third party.",
    "The information in this report is true to best of this registrar's knowledge, and this registrar acknowledges that intentionally supplying false information in this report shall constitute an incorrigible breach of the Registry-Registrar Agreement.",
];

pub(super) fn command(operation: &Operation, name: &DomainName, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    around.require(Feature::Rgp, operation)?;
    let (rgp, fee) = match operation {
        Operation::RequestRestore { fee } => (Rgp::Request, *fee),
        Operation::ReportRestore { deleted_at, restored_at, reason } => {
            let report = Report {
                before: registration_data(name),
                after: registration_data(name),
                deleted: *deleted_at,
                restored: *restored_at,
                reason: LangText::new(reason.as_str()),
                statements: STATEMENTS.iter().copied().map(LangText::new).collect(),
                other: None,
            };
            (Rgp::Report(Box::new(report)), None)
        }
        _ => return Err(mismatch(operation, &ObjectKey::Domain(name.clone()))),
    };
    let update = CommandBody::Domain(domain::Command::Update(Update::new(name)));
    let mut command = Command::new(update, cltrid).with(rgp);
    extension::add_fee(&mut command, operation, fee, around)?;
    Ok(command)
}

/// The registry holds the registration data itself and a deletion leaves it as it is, so the report refers to it and repeats no
/// personal data.
fn registration_data(name: &DomainName) -> ReportData {
    ReportData::from(format!("Registration data of {name} as held by the registry; unchanged by the deletion.").as_str())
}
