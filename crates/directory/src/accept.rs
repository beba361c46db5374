//! Taking connections: as many at once as there are places, each in a task of its own.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// Pause after a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until `stop` says true or is dropped; those under way end by themselves within their limits. `protocol` is for the
/// log.
pub(crate) async fn accept<T>(
    protocol: &'static str,
    listener: TcpListener,
    connections: usize,
    mut stop: watch::Receiver<bool>,
    serve: impl Fn(TcpStream, IpAddr) -> T,
) where
    T: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(connections));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                // Answers are small and wait for nothing.
                let _ = stream.set_nodelay(true);
                let task = serve(stream, from.ip());
                tokio::spawn(async move {
                    task.await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of descriptors, most likely; those under way give theirs back.
                tracing::warn!(protocol, %error, "no connection could be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
