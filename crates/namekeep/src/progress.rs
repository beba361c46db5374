//! How far a long command is: a line on the terminal that is gone when it is done. Where standard error is no terminal, nothing is shown.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the line moves while nothing new is known.
const TICK: Duration = Duration::from_millis(120);

/// A line that is cleared when dropped.
pub struct Progress(ProgressBar);

impl Progress {
    /// Counts upwards to an end that is not known.
    pub fn counting(what: &'static str) -> Self {
        Self::shown("{spinner} {pos} {msg} ({elapsed})", what)
    }

    /// Says what goes on and for how long already.
    pub fn waiting(what: &'static str) -> Self {
        Self::shown("{spinner} {msg} ({elapsed})", what)
    }

    /// Counts to `total`.
    pub fn of(total: u64, what: &'static str) -> Self {
        let progress = Self::shown("{bar:30} {pos} of {len} {msg} ({elapsed})", what);
        progress.0.set_length(total);
        progress
    }

    /// This many are done.
    pub fn at(&self, count: u64) {
        self.0.set_position(count);
    }

    fn shown(template: &str, what: &'static str) -> Self {
        // Hidden by itself where standard error is no terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        for template in ["{spinner} {pos} {msg} ({elapsed})", "{spinner} {msg} ({elapsed})", "{bar:30} {pos} of {len} {msg} ({elapsed})"] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
