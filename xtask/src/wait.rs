//! Waiting for what another process does.

use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Looks until there is something.
pub fn wait_for<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(GLANCE);
    }
    bail!("waited {} s for {what}", limit.as_secs())
}

/// Waits until somebody listens at a port of this machine.
pub fn wait_for_port(what: &str, port: u16, limit: Duration) -> Result<()> {
    wait_for(what, limit, || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok().map(drop))
}
