//! A command of an operator on an opened instance: who asks, and how the answer is waited for.

use std::time::Duration;

use policy::{Actor, IntentState};
use registrar::{Authorised, NeedsPermission, Question, Receipt, Settlement, UseCase, authorise};
use serde::Serialize;
use tokio::runtime::Runtime;

use super::Ending;
use crate::carrier;
use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::output::{Format, Report, counted, print, table};

/// An operator at work.
pub struct Session {
    /// The instance.
    pub instance: Instance,
    /// Who asks.
    pub actor: Actor,
    /// How to print.
    pub format: Format,
    /// How long to wait for a registry.
    wait: Duration,
    runtime: Runtime,
}

impl Session {
    /// Opens the instance and proves who asks.
    pub fn open(cli: &Cli, format: Format) -> Result<Self, Failure> {
        let instance = Instance::open(&cli.dir)?;
        let actor = instance.operator(cli.token_file.as_deref())?;
        Ok(Self { instance, actor, format, wait: Duration::from_secs(cli.wait), runtime: runtime()? })
    }

    /// Changes something.
    pub fn carry_out<U: UseCase>(&self, case: U) -> Result<U::Answer, Failure> {
        let case = authorise(&self.actor, case).map_err(registrar::Failure::from)?;
        Ok(self.instance.registrar.carry_out(case)?)
    }

    /// Asks something.
    pub fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, Failure> {
        let question = authorise(&self.actor, question).map_err(registrar::Failure::from)?;
        Ok(self.instance.registrar.ask(question)?)
    }

    /// The operator's leave to do something that has no use case of its own, such as talking to a registry.
    pub fn may<C: NeedsPermission>(&self, what: C) -> Result<Authorised<C>, Failure> {
        authorise(&self.actor, what).map_err(|denial| registrar::Failure::from(denial).into())
    }

    /// Gives an order, waits for the registry and prints what became of it.
    pub fn order<U: UseCase<Answer = Receipt>>(&self, case: U) -> Result<Ending, Failure> {
        let report = self.ordered(case)?;
        print(self.format, &report);
        Ok(report.ending())
    }

    /// Gives an order and waits for the registry.
    pub fn ordered<U: UseCase<Answer = Receipt>>(&self, case: U) -> Result<OrderReport, Failure> {
        let receipt = self.carry_out(case)?;
        let steps = self.block_on(carrier::settle(&self.instance, &receipt, self.wait))?;
        Ok(OrderReport { name: receipt.name.to_string(), ledger: receipt.ledger.clone().collect(), steps })
    }

    /// Runs asynchronous work to its end.
    pub fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }
}

/// The runtime for everything that talks to registries.
pub fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Fault, "runtime", format!("The system gave no threads: {error}.")))
}

/// What became of an order.
#[derive(Debug, Serialize)]
pub struct OrderReport {
    name: String,
    /// Positions of its entries in the ledger.
    ledger: Vec<u64>,
    /// What went to the registry.
    steps: Vec<Settlement>,
}

impl OrderReport {
    /// Refused weighs more than unsettled, unsettled more than done.
    pub fn ending(&self) -> Ending {
        let any = |wanted: fn(IntentState) -> bool| self.steps.iter().any(|step| wanted(step.state));
        if any(|state| matches!(state, IntentState::Refused | IntentState::Cancelled)) {
            Ending::Noted(Exit::Refused)
        } else if any(IntentState::is_open) {
            Ending::Noted(Exit::Unsettled)
        } else {
            Ending::Done
        }
    }
}

impl Report for OrderReport {
    fn text(&self) -> String {
        if self.steps.is_empty() {
            return match self.ledger.as_slice() {
                [] => format!("{}: nothing to do, it is so already.", self.name),
                entries => {
                    let entries = counted(entries.len() as u64, "ledger entry", "ledger entries");
                    format!("{}: recorded ({entries}); the registry needs to know nothing of it now.", self.name)
                }
            };
        }
        let rows = self.steps.iter().map(|step| {
            let state = serde_json::to_value(step.state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
            vec![step.operation.clone(), step.object.clone(), state, step.message.clone().unwrap_or_default()]
        });
        let steps = table(&["operation", "object", "state", "registry said"], rows);
        if self.steps.iter().any(|step| step.state.is_open()) {
            format!(
                "{steps}\nThe order stands and is carried on by `namekeep serve`; `domain info {}` shows where it is, `registry status` how the registry stands.",
                self.name
            )
        } else {
            steps
        }
    }
}
