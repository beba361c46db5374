//! After the tour: the registrar stays at work, and keys move the clock.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;
use jiff::SignedDuration;

use super::stage::Stage;
use crate::failure::{Exit, Failure};

/// How long one look at the keyboard waits; between two looks the registrars work.
const LOOK: Duration = Duration::from_millis(200);

/// What a key asks for.
enum Wish {
    Nothing,
    Days(u32),
    Quit,
}

/// Stays up until `q`, moving the clock by the keys.
pub async fn stay(stage: &Stage, folder: &Path) -> Result<(), Failure> {
    let dir = folder.join("registrar");
    anstream::println!("\nEverything is under `{}`. Try, in another terminal:", folder.display());
    for words in [
        "domain list".to_owned(),
        "domain info first-light.alpha".to_owned(),
        format!("domain register second-light.minimal --registrant {} --ns ns1.hosting.example", stage.holder),
        "duties".to_owned(),
        "prove first-light.alpha".to_owned(),
        "ledger verify".to_owned(),
        "registry reconcile --all".to_owned(),
    ] {
        anstream::println!("  cargo run --release -- --dir {} {words}", dir.display());
    }
    for words in stage.directory().commands("first-light.alpha") {
        anstream::println!("  {words}");
    }
    if !std::io::stdin().is_terminal() {
        anstream::println!("No terminal: the demo works on until it is stopped by a signal.");
        return until_stopped(stage).await;
    }
    anstream::println!("Keys: d a day, w a week, m a month, y a year, q quit.");
    let _raw = RawMode::enter()?;
    loop {
        // A look at the keyboard blocks, so it gets a thread of its own.
        let wish = tokio::task::spawn_blocking(look).await.map_err(|error| terminal_failure(&error))??;
        match wish {
            Wish::Quit => return Ok(()),
            Wish::Nothing => stage.work().await?,
            Wish::Days(days) => {
                for _ in 0..days {
                    stage.advance(SignedDuration::from_hours(24)).await?;
                }
                stage.write_zones().await?;
                anstream::print!("it is {}\r\n", stage.clock.now().strftime("%Y-%m-%d %H:%M"));
            }
        }
    }
}

/// Works on without a terminal until SIGINT or SIGTERM.
async fn until_stopped(stage: &Stage) -> Result<(), Failure> {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(|error| terminal_failure(&error))?;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = tokio::signal::ctrl_c() => return Ok(()),
            () = tokio::time::sleep(LOOK) => stage.work().await?,
        }
    }
}

fn look() -> Result<Wish, Failure> {
    if !event::poll(LOOK).map_err(|error| terminal_failure(&error))? {
        return Ok(Wish::Nothing);
    }
    let Event::Key(key) = event::read().map_err(|error| terminal_failure(&error))? else {
        return Ok(Wish::Nothing);
    };
    if key.kind != KeyEventKind::Press {
        return Ok(Wish::Nothing);
    }
    Ok(match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Wish::Quit,
        KeyCode::Char('q') | KeyCode::Esc => Wish::Quit,
        KeyCode::Char('d') => Wish::Days(1),
        KeyCode::Char('w') => Wish::Days(7),
        KeyCode::Char('m') => Wish::Days(30),
        KeyCode::Char('y') => Wish::Days(365),
        _ => Wish::Nothing,
    })
}

/// The terminal in raw mode, given back when dropped.
struct RawMode;

impl RawMode {
    fn enter() -> Result<Self, Failure> {
        terminal::enable_raw_mode().map_err(|error| terminal_failure(&error))?;
        Ok(Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // The terminal is the user's; a failure to give it back cannot be mended here.
        let _ = terminal::disable_raw_mode();
    }
}

fn terminal_failure(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Fault, "terminal", format!("The terminal cannot be used: {error}.")).hint("`--check` needs no terminal")
}
