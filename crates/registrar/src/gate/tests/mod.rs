//! The gate against the sandbox registry: what the world received, and what our books say of it.

mod books;
mod fire;
mod launching;
mod link;
mod money;
mod owner;
mod secrets;
mod service;
mod walk;
