//! Spans in which nothing of ours ran for a day or longer. The days after one are the busiest of a life, and in a large portfolio the
//! process dies many times over the work; registries answer late, and some answers are lost. So an outage lasts until what it left is worked
//! off for the first time: what was due in these hours fell due to a registrar that had just come back.

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

    /// The process died and is back at `now`; `is_behind` says whether something that came due by an instant waits for it. The first time
    /// that nothing does, the outage is over.
    ///
    /// # Errors
    /// Those of `is_behind`.
    pub fn back_at<E>(&mut self, now: Timestamp, is_behind: impl FnOnce(Timestamp) -> Result<bool, E>) -> Result<(), E> {
        if let Some((_, to)) = self.spans.last_mut().filter(|_| self.is_catching_up) {
            self.is_catching_up = is_behind(*to)?;
            if self.is_catching_up {
                *to = now;
            }
        }
        Ok(())
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

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What is behind at each return, and the end of the outage after it.
    #[test]
    fn an_outage_lasts_while_its_work_waits_and_never_begins_again() {
        let mut outages = Outages::default();
        let back = |second: i64, is_behind: bool, outages: &mut Outages| {
            outages.back_at(at(second), |_| Ok::<_, ()>(is_behind)).unwrap();
            outages.spans().last().map(|(_, to)| to.as_second())
        };
        assert_eq!(back(5, true, &mut outages), None);
        outages.add(at(10), at(100));
        assert_eq!(back(120, true, &mut outages), Some(120));
        assert_eq!(back(130, true, &mut outages), Some(130));
        assert_eq!(back(140, false, &mut outages), Some(130));
        assert_eq!(back(150, true, &mut outages), Some(130));
        outages.add(at(200), at(300));
        assert_eq!(back(310, true, &mut outages), Some(310));
        assert_eq!(outages.spans()[0], (at(10), at(130)));
        outages.worked_off(at(320));
        outages.worked_off(at(330));
        assert_eq!(back(340, true, &mut outages), Some(320));
    }
}
