//! The sandbox judged from outside: its rules as tables, its laws as properties, its server over TLS.

mod graces;
mod matrix;
mod rig;
