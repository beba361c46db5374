//! Decides, command by command, what goes wrong.

use epp::VerbClass;
use model::SeededEntropy;

use super::{Fault, FaultPlan, Position, Trigger};

/// Parts of a whole that a random position is drawn from.
const WHOLE: u64 = 1_000_000;

/// A plan at work.
#[derive(Debug)]
pub(crate) struct FaultInjector {
    plan: FaultPlan,
    /// Per rule: commands seen in its scope, and times it fired.
    counts: Vec<(u64, u32)>,
    chance: SeededEntropy,
}

/// A command that might go wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion {
    pub(crate) class: VerbClass,
    /// Its number on its connection, from 1.
    pub(crate) number: u64,
}

/// A fault with its random choices made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) fault: Fault,
    /// Where in a frame a cut falls, in millionths of its length.
    millionths: u64,
}

impl FaultInjector {
    pub(crate) fn new(plan: FaultPlan) -> FaultInjector {
        FaultInjector { counts: vec![(0, 0); plan.rules.len()], chance: SeededEntropy::new(plan.seed), plan }
    }

    /// What goes wrong with this command, if anything.
    pub(crate) fn decide(&mut self, occasion: Occasion) -> Option<Decided> {
        let mut decided = None;
        for (rule, (seen, fired)) in self.plan.rules.iter().zip(&mut self.counts) {
            if !rule.only.covers(occasion.class) {
                continue;
            }
            *seen += 1;
            let fires = match rule.when {
                Trigger::Always => true,
                Trigger::Nth(nth) => *seen == nth,
                Trigger::Every(nth) => nth > 0 && *seen % nth == 0,
                Trigger::NthOfConnection(nth) => occasion.number == nth,
                Trigger::PerMillion(part) => self.chance.next_u64() % WHOLE < u64::from(part),
            };
            let is_spent = rule.times.is_some_and(|times| *fired >= times);
            if decided.is_none() && fires && !is_spent {
                *fired += 1;
                decided = Some(Decided { fault: rule.fault, millionths: self.chance.next_u64() % WHOLE });
            }
        }
        decided
    }
}

impl Decided {
    /// How many bytes of a frame get through before the cut: never all of them.
    pub(crate) fn bytes_of(&self, position: Position, length: usize) -> usize {
        let most = length.saturating_sub(1);
        match position {
            Position::Bytes(bytes) => usize::try_from(bytes).map_or(most, |bytes| bytes.min(most)),
            Position::Random => usize::try_from(length as u64 * self.millionths / WHOLE).map_or(most, |bytes| bytes.min(most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FaultRule, Scope};
    use super::*;

    fn fired(plan: FaultPlan, commands: usize) -> Vec<usize> {
        let mut injector = FaultInjector::new(plan);
        // Two connections of many commands each, one after the other.
        let number = |command: usize| (command as u64 - 1) % 100 + 1;
        (1..=commands)
            .filter(|command| injector.decide(Occasion { class: VerbClass::Transform, number: number(*command) }).is_some())
            .collect()
    }

    #[test]
    fn rules_fire_when_they_say() {
        let plan = |when| FaultPlan::one(7, when, Scope::Transforms, Fault::CutRequest(Position::Random));
        assert_eq!(fired(plan(Trigger::Nth(3)), 6), [3]);
        assert_eq!(fired(plan(Trigger::Every(2)), 6), [2, 4, 6]);
        assert_eq!(fired(plan(Trigger::Always), 3), [1, 2, 3]);
        assert_eq!(fired(plan(Trigger::NthOfConnection(4)), 200), [4, 104]);
        assert_eq!(fired(plan(Trigger::PerMillion(0)), 100), Vec::<usize>::new());
        let limited = FaultRule { when: Trigger::Always, only: Scope::Commands, fault: Fault::Duplicate, times: Some(2) };
        assert_eq!(fired(FaultPlan { seed: 1, rules: vec![limited] }, 5), [1, 2]);
        let other = FaultPlan::one(7, Trigger::Always, Scope::Queries, Fault::CutRequest(Position::Random));
        assert_eq!(fired(other, 5), Vec::<usize>::new());
    }

    #[test]
    fn a_plan_replays_from_its_seed_and_another_seed_differs() {
        let run = |seed| fired(FaultPlan::random_cuts(seed, 300_000), 200);
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert!((20..=100).contains(&run(7).len()), "{}", run(7).len());
    }

    #[test]
    fn a_cut_never_lets_the_whole_frame_through() {
        for millionths in [0, 1, 500_000, 999_999] {
            let decided = Decided { fault: Fault::CutRequest(Position::Random), millionths };
            for length in [1, 2, 5, 700] {
                assert!(decided.bytes_of(Position::Random, length) < length);
                assert!(decided.bytes_of(Position::Bytes(u32::MAX), length) < length);
            }
        }
    }
}
