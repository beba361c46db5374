//! The public directory as a process of its own beside the instance: what it never knows, and what it does while the instance is gone.

mod canaries;
mod memory;
mod outage;
mod plants;
mod running;
mod search;
