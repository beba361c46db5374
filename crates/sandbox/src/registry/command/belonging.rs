//! Which extension element belongs to which command. One that belongs elsewhere is refused (2002), never ignored: a registrar that
//! attaches a fee to the wrong command must learn of it.

use epp::extension::allocation_token::AllocationToken;
use epp::extension::fee::FeeBody;
use epp::extension::launch::Launch;
use epp::extension::login_sec::LoginSec;
use epp::extension::rgp::Rgp;
use epp::extension::secdns::SecDns;
use epp::extension::ttl::Ttl;
use epp::extension::verisign::Namestore;
use epp::{Command, Extension, Namespace, ResultCode, Verb};

use crate::registry::refusal::{Outcome, Refusal, ensure};

/// Refuses a command that carries an extension element of another command.
pub(crate) fn ensure_belonging(command: &Command) -> Outcome<()> {
    let is_domain = command.body.object_namespace().is_some_and(|namespace| namespace == Namespace::Domain);
    for extension in &command.extensions {
        let belongs = is_anywhere(extension) || (is_domain && is_domains(extension, command.body.verb()));
        ensure(belongs, || {
            let namespace = extension.namespace();
            Refusal::new(ResultCode::USE_ERROR, format!("the element of {namespace} does not belong to this command"))
        })?;
    }
    Ok(())
}

fn is_anywhere(extension: &Extension) -> bool {
    matches!(extension, Extension::Namestore(Namestore::Product(_)) | Extension::LoginSec(LoginSec::Login(_)))
}

fn is_domains(extension: &Extension, verb: Verb) -> bool {
    let verbs: &[Verb] = match extension {
        Extension::SecDns(SecDns::Create(_)) => &[Verb::Create],
        Extension::SecDns(SecDns::Update(_)) => &[Verb::Update],
        Extension::Rgp(Rgp::Request | Rgp::Report(_)) => &[Verb::Update],
        Extension::Fee(fee) => match fee.body {
            FeeBody::Check(_) => &[Verb::Check],
            FeeBody::Create(_) => &[Verb::Create],
            FeeBody::Renew(_) => &[Verb::Renew],
            FeeBody::Transfer(_) => &[Verb::Transfer],
            FeeBody::Update(_) => &[Verb::Update],
            _ => &[],
        },
        Extension::Launch(launch) => match launch.as_ref() {
            Launch::Check(_) => &[Verb::Check],
            Launch::Create(_) => &[Verb::Create],
            // There are no applications here, so none to look at, change or withdraw.
            _ => &[],
        },
        Extension::AllocationToken(AllocationToken::Token(_)) => &[Verb::Check, Verb::Create, Verb::Transfer],
        Extension::Idn(_) | Extension::IdnLang(_) => &[Verb::Create],
        Extension::Ttl(Ttl::Create(_)) => &[Verb::Create],
        Extension::Ttl(Ttl::Update(_)) => &[Verb::Update],
        Extension::Ttl(Ttl::Info { .. }) => &[Verb::Info],
        _ => &[],
    };
    verbs.contains(&verb)
}
