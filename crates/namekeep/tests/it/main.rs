//! The program as a whole: the real binary against registries over TLS, judged from outside.

#[path = "../../src/simulate/audit/agreement.rs"]
mod agreement;
#[path = "../../src/simulate/audit/books.rs"]
mod books;
mod canary;
mod exactly_once;
mod scene;
