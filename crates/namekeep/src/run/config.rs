//! `namekeep config check`: the configuration and every file it names.

use std::path::Path;

use registrar::registry::certificates;
use serde::Serialize;

use super::{Ending, show};
use crate::carrier::Carrier;
use crate::cli::ConfigCommand;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::output::{Format, Report};

#[derive(Serialize)]
struct ConfigReport {
    instance: String,
    registries: Vec<String>,
}

impl Report for ConfigReport {
    fn text(&self) -> String {
        let registries = if self.registries.is_empty() { "none yet".to_owned() } else { self.registries.join(", ") };
        format!("The configuration of `{}` can be used. Registries: {registries}.", self.instance)
    }
}

/// Checks the configuration of the instance in `folder`.
pub fn run(command: &ConfigCommand, folder: &Path, format: Format) -> Result<Ending, Failure> {
    let ConfigCommand::Check = command;
    Config::read(folder)?;
    let instance = Instance::open(folder)?;
    for (_, account) in &instance.accounts {
        crate::carrier::read_password(&instance, account)?;
    }
    crate::mail_config::courier(&instance)?;
    let carriers = crate::run::runtime()?.block_on(async { crate::carrier::Carrier::open_all(&instance, None) })?;
    for carrier in &carriers {
        require_valid_certificate(&instance, carrier)?;
    }
    let registries = carriers.iter().map(|carrier| carrier.registry.to_string()).collect();
    show(format, Ok(ConfigReport { instance: instance.config.instance.name.clone(), registries }))
}

/// An account with certificates needs one that is valid today.
fn require_valid_certificate(instance: &Instance, carrier: &Carrier) -> Result<(), Failure> {
    let now = instance.registrar.now();
    let lines = certificates(&carrier.certificates(), now);
    match lines.iter().max_by_key(|line| line.not_after) {
        Some(last) if last.not_after <= now => Err(Failure::new(
            Exit::Usage,
            "tls.expired",
            format!(
                "The certificate for registry `{}` ended on {}; no login is possible.",
                carrier.registry,
                last.not_after.strftime("%Y-%m-%d")
            ),
        )
        .hint("have the registry take a new one, and add its files to `client_certificates`")),
        _ => Ok(()),
    }
}
