//! Spans in which nothing of ours ran for a day or longer. The days after one are the busiest of a life: in a large portfolio the process
//! dies many times over the work, registries answer late, and answers are lost. So an outage lasts until what it left is worked off for the
//! first time; what was due in these hours fell due to a registrar that had just come back.

use model::Timestamp;

/// The outages of a life, in their order.
#[derive(Debug, Default)]
pub struct Outages {
    spans: Vec<(Timestamp, Timestamp)>,
    /// Whether the work that the last one left is still being done.
    is_catching_up: bool,
}

impl Outages {
    /// Nothing ran from one instant to the other.
    pub fn add(&mut self, from: Timestamp, to: Timestamp) {
        self.spans.push((from, to));
        self.is_catching_up = true;
    }

    /// Nothing is left to do at `now`.
    pub fn worked_off(&mut self, now: Timestamp) {
        if let Some((_, to)) = self.spans.last_mut().filter(|_| self.is_catching_up) {
            *to = now;
            self.is_catching_up = false;
        }
    }

    /// Each from its beginning to its end.
    pub fn spans(&self) -> &[(Timestamp, Timestamp)] {
        &self.spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_lasts_until_its_work_is_done_and_never_begins_again() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let mut outages = Outages::default();
        outages.worked_off(at(5));
        outages.add(at(10), at(100));
        assert_eq!(outages.spans(), [(at(10), at(100))]);
        outages.worked_off(at(140));
        outages.worked_off(at(150));
        outages.add(at(200), at(300));
        outages.worked_off(at(310));
        assert_eq!(outages.spans(), [(at(10), at(140)), (at(200), at(310))]);
    }
}
