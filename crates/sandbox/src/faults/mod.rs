//! Faults on demand: what goes wrong, when, and how often. A plan with its seed gives the same faults again.

mod beginning;
mod injector;
mod mangle;

use epp::VerbClass;
use serde::{Deserialize, Serialize};

pub(crate) use beginning::class_of;
pub(crate) use injector::{Decided, FaultInjector, Occasion};
pub(crate) use mangle::{failure, reordered, several_results, unknown_code, written};

/// A plan of faults. Rules are asked in order and the first that fires decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultPlan {
    /// Seed of every random choice: which commands, which byte positions.
    pub seed: u64,
    /// The rules.
    pub rules: Vec<FaultRule>,
}

/// One rule of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// When it fires.
    pub when: Trigger,
    /// For which commands.
    #[serde(default)]
    pub only: Scope,
    /// What happens then.
    pub fault: Fault,
    /// How many times at most; no limit when absent.
    #[serde(default)]
    pub times: Option<u32>,
}

/// When a rule fires. Commands are counted per rule, over all connections, and only those in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// At every command.
    Always,
    /// At the nth command, from 1.
    Nth(u64),
    /// At every nth command.
    Every(u64),
    /// At the nth command of each connection, from 1, login included.
    NthOfConnection(u64),
    /// At random, so many times in a million.
    PerMillion(u32),
}

/// Which commands a rule is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All but login and logout.
    #[default]
    Commands,
    /// Those that change something.
    Transforms,
    /// Those that only ask.
    Queries,
    /// Login and logout.
    Sessions,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The connection ends once so many bytes of the request were read, its header included: nothing is executed, nothing is answered.
    /// Whether a rule is meant shows with the verb, so a place before it is reached with its tag.
    CutRequest(Position),
    /// The command is executed and the connection ends after so many bytes of the answer, its header included.
    CutResponse(Position),
    /// The answer comes so many milliseconds late.
    DelayMs(u32),
    /// The answer is sent twice.
    Duplicate,
    /// 2400, nothing executed, the session lives.
    CommandFailed,
    /// 2500 and the connection closes, though the command was executed.
    FailedAfterExecution,
    /// 2500 and the connection closes, nothing executed.
    FailedBeforeExecution,
    /// 2502 and the connection closes, nothing executed.
    SessionLimit,
    /// The elements of the answer come in another order than the schema's: `resData` before `msgQ`, `svTRID` before `clTRID`.
    Reordered,
    /// The answer comes in pieces of one byte, so many milliseconds apart.
    SlowBytes(u32),
    /// The command is executed and the answer announces four gigabytes.
    OversizeFrame,
    /// A result code that no standard knows (2309), nothing executed.
    UnknownCode,
    /// Two failures in one answer (2306 and 2004), nothing executed.
    SeveralResults,
}

/// A place in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// After so many bytes.
    Bytes(u32),
    /// Anywhere before its end, by the plan's seed.
    Random,
}

impl FaultPlan {
    /// A plan of one rule.
    #[must_use]
    pub fn one(seed: u64, when: Trigger, only: Scope, fault: Fault) -> FaultPlan {
        FaultPlan { seed, rules: vec![FaultRule { when, only, fault, times: None }] }
    }

    /// Cuts so many transforms in a million at random byte positions, half of them in the request (from its verb on) and half in the
    /// answer.
    #[must_use]
    pub fn random_cuts(seed: u64, per_million: u32) -> FaultPlan {
        let when = Trigger::PerMillion(per_million / 2);
        let rule = |fault| FaultRule { when, only: Scope::Transforms, fault, times: None };
        FaultPlan { seed, rules: vec![rule(Fault::CutRequest(Position::Random)), rule(Fault::CutResponse(Position::Random))] }
    }
}

impl Scope {
    pub(crate) fn covers(self, class: VerbClass) -> bool {
        match self {
            Scope::Commands => class != VerbClass::Session,
            Scope::Transforms => class == VerbClass::Transform,
            Scope::Queries => class == VerbClass::Query,
            Scope::Sessions => class == VerbClass::Session,
        }
    }
}
