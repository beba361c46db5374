//! The binary: configuration, command line, roles, demo, simulation.

fn main() {}
