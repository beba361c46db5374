//! Every extension alone where it belongs, then as many together as one message can carry.

mod alone;
mod fees;
mod launches;

use super::domains::{check, create, create_data, info_data, renew, request, transfer_data};
use super::replies::queue;
use super::{Samples, command, done, response};
use crate::namespace::{Namespace, Ns};
use crate::wire::domain::{Command, Data, Info, Update};
use crate::wire::extension::fee::FeeVersion;
use crate::wire::extension::unhandled::lift;
use crate::wire::{Extension, ResultCode};
use crate::xml::Element;

const NAME: &str = "example.alpha";
const VERSIONS: [(&str, FeeVersion); 3] = [("1.0", FeeVersion::V1_0), ("0.23", FeeVersion::V0_23), ("0.11", FeeVersion::V0_11)];

pub(super) fn add(samples: &mut Samples) {
    alone::add(samples);
    fees::add(samples);
    launches::add(samples);
    together(samples);
    unknown(samples);
    unhandled(samples);
}

/// Everything that may accompany one command or response, on one command or response, for each version of the fee extension.
fn together(samples: &mut Samples) {
    for (label, version) in VERSIONS {
        let all_checks = vec![alone::namestore(), fees::check(version), launches::claims_check(), alone::token()];
        samples.command(&format!("together-check-{label}"), with_all(command(check()), all_checks));
        let all_creates = vec![
            alone::namestore(),
            alone::secdns_create(),
            fees::create(version),
            launches::claims_create(),
            alone::token(),
            alone::idn(),
            alone::idn_language(),
            alone::ttl_create(),
        ];
        samples.command(&format!("together-create-{label}"), with_all(command(Command::Create(create())), all_creates));
        let all_updates = vec![
            alone::namestore(),
            alone::secdns_update(),
            fees::update(version),
            alone::restore_request(),
            alone::ttl_update(),
            alone::sync(),
        ];
        let update = Command::Update(Update::new(NAME));
        samples.command(&format!("together-update-{label}"), with_all(command(update), all_updates));
        samples.command(&format!("together-renew-{label}"), with_all(command(renew()), vec![alone::namestore(), fees::renew(version)]));
        let transfers = vec![alone::namestore(), fees::transfer(version), alone::token()];
        samples.command(&format!("together-transfer-{label}"), with_all(command(request()), transfers));

        let created = done().with_data(create_data()).with(fees::create_data(version)).with(launches::create_data());
        samples.response(&format!("together-create-data-{label}"), created.with(alone::namestore()));
        let transferred = response(ResultCode::PENDING).with_data(transfer_data()).with(fees::transfer_data(version));
        samples.response(&format!("together-transfer-data-{label}"), transferred);
    }
    let info = command(Command::Info(Info::new(NAME)));
    let infos = vec![alone::namestore(), alone::token_info(), alone::ttl_info(), launches::info()];
    samples.command("together-info", with_all(info, infos));
    let shown = done().with_data(Data::Info(Box::new(info_data())));
    let shown =
        [alone::secdns_info(), alone::grace(), alone::token(), alone::ttl_data(), launches::info_data(), alone::idn(), alone::namestore()]
            .into_iter()
            .fold(shown, |response, extension| response.with(extension));
    samples.response("together-info-data", shown);
}

fn with_all(command: crate::wire::Command, extensions: Vec<Extension>) -> crate::wire::Command {
    extensions.into_iter().fold(command, crate::wire::Command::with)
}

/// Extensions without a type here travel as raw subtrees.
fn unknown(samples: &mut Samples) {
    let organisation = |name: &'static str| {
        let ns = Ns::from("urn:ietf:params:xml:ns:epp:orgext-1.0");
        let mut id = Element::new(ns.clone(), "id");
        id = id.with_attr("role", "reseller").with_text("myreseller");
        Element::new(ns, name).with_child(id)
    };
    samples.command("unknown-create", command(Command::Create(create())).with(organisation("create")).with(alone::secdns_create()));
    let shown = done().with_data(Data::Info(Box::new(info_data()))).with(organisation("infData"));
    samples.response("unknown-info-data", shown.with(alone::grace()));
}

/// What a session did not declare arrives in `extValue` of a success (RFC 9038).
fn unhandled(samples: &mut Samples) {
    let mut message = response(ResultCode::ACK_TO_DEQUEUE);
    message.queue = Some(queue());
    message = message.with_data(Data::Info(Box::new(info_data()))).with(alone::change()).with(alone::grace());
    // Lifting writes elements that were written before without fault.
    if lift(&mut message, |ns| *ns == Namespace::Rgp).is_ok() {
        samples.response("unhandled-object-and-extension", message);
    }
}
