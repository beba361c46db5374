//! RDAP over HTTP: connections, TLS, methods and headers. What is answered is decided in [`crate::service`].

mod answer;
pub mod client;
mod forms;
mod server;
pub mod tls;

#[cfg(test)]
pub(crate) use answer::answer as respond;
pub use server::{HttpLimits, Redirector, Server};
