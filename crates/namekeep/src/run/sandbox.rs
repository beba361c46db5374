//! `namekeep sandbox`: rehearsal registries alone, for others to test with.

use model::{RegistrarHandle, Timestamp};
use sandbox::{FaultPlan, VirtualClock, World, WorldSetup};
use serde::Serialize;

use super::{Ending, runtime};
use crate::argument;
use crate::cli::SandboxArgs;
use crate::failure::{Exit, Failure};
use crate::instance::read_profile;
use crate::output::{Format, Report, fields, print};
use crate::shipped::shipped_profiles;

/// Cuts per million transforms and bytes that a plan may ask for at most: all of them.
const MILLION: f64 = 1_000_000.0;

#[derive(Serialize)]
struct SandboxReport {
    folder: String,
    registries: Vec<ListedRegistry>,
    registrars: Vec<String>,
    clock: Timestamp,
}

#[derive(Serialize)]
struct ListedRegistry {
    id: String,
    address: String,
    server_name: String,
    tlds: Vec<String>,
}

impl Report for SandboxReport {
    fn text(&self) -> String {
        let mut rows = vec![("folder", self.folder.clone()), ("clock", self.clock.to_string()), ("registrars", self.registrars.join(", "))];
        for registry in &self.registries {
            rows.push((
                "registry",
                format!("{} at {} ({}), TLDs {}", registry.id, registry.address, registry.server_name, registry.tlds.join(", ")),
            ));
        }
        format!(
            "{}\n\nEPP over TLS with client certificates: `{folder}/ca.pem`, `{folder}/clients/NAME.pem`, `.key` and `.password`.\n\
             The clock, faults and orders to a registry: one JSON line each to `{folder}/control.sock`. Stop it with Ctrl-C.",
            fields(&rows),
            folder = self.folder
        )
    }
}

/// Runs registries until it is told to stop.
pub fn run(args: &SandboxArgs, format: Format) -> Result<Ending, Failure> {
    let profiles = if args.profiles.is_empty() {
        shipped_profiles()?.into_iter().map(|(profile, _)| profile).collect()
    } else {
        args.profiles.iter().map(|path| read_profile(path)).collect::<Result<_, _>>()?
    };
    let registrars: Vec<RegistrarHandle> =
        args.registrars.iter().map(|handle| argument::parse("registrar", handle)).collect::<Result<_, _>>()?;
    let clock = args.start.map_or_else(VirtualClock::real, VirtualClock::running_from);
    let mut setup = WorldSetup::new(profiles, registrars, clock);
    setup.address = args.listen;
    let faults = args.faults.as_deref().map(fault_plan).transpose()?;
    runtime()?.block_on(async {
        let world = World::start(&args.folder, setup).await.map_err(|error| broken(&error))?;
        if let Some(plan) = faults {
            let control = sandbox::control::Client::connect(&args.folder).await.map_err(|error| broken(&error))?;
            control.set_faults(None, plan).await.map_err(|error| broken(&error))?;
        }
        print(format, &report(args, &world));
        super::serve::stop_signal().await?;
        world.stop();
        Ok(Ending::Done)
    })
}

fn report(args: &SandboxArgs, world: &sandbox::RunningWorld) -> SandboxReport {
    let ready = world.ready();
    SandboxReport {
        folder: args.folder.display().to_string(),
        registries: ready
            .registries
            .iter()
            .map(|registry| ListedRegistry {
                id: registry.id.to_string(),
                address: registry.addr.to_string(),
                server_name: registry.server_name.clone(),
                tlds: registry.tlds.iter().map(ToString::to_string).collect(),
            })
            .collect(),
        registrars: ready.registrars.iter().map(|registrar| registrar.id.to_string()).collect(),
        clock: world.clock().now(),
    }
}

/// Reads `seed=7,cut=0.02`: the seed, and the share of transforms whose connection is cut at a random byte.
fn fault_plan(words: &str) -> Result<FaultPlan, Failure> {
    let wrong = |word: &str| {
        Failure::usage(format!("`{word}` is not a word of a fault plan."))
            .hint("`seed=NUMBER` and `cut=SHARE` (0 to 1), with commas between; finer plans go to the control socket")
    };
    let (mut seed, mut share) = (1, 0.0);
    for word in words.split(',') {
        match word.split_once('=') {
            Some(("seed", number)) => seed = number.parse().map_err(|_| wrong(word))?,
            Some(("cut", number)) => {
                share = number.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| wrong(word))?;
            }
            _ => return Err(wrong(word)),
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share is between 0 and 1, so the product fits")]
    let per_million = (share * MILLION) as u32;
    Ok(FaultPlan::random_cuts(seed, per_million))
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Fault, "sandbox", format!("{error}."))
}
