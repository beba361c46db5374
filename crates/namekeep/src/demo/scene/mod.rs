//! The scenes of the tour, one file each.

pub mod change;
pub mod cut;
pub mod directory;
pub mod expiry;
pub mod portfolio;
pub mod proof;
pub mod register;
pub mod renew;
pub mod transfer_in;
pub mod transfer_out;
pub mod verify;
