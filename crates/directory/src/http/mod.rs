//! RDAP over HTTP: connections, TLS, methods and headers. What is answered is decided in [`crate::service`].

mod answer;
mod forms;
mod server;
pub mod tls;

pub use server::{HttpLimits, Redirector, Server};
