//! Who may talk to whom, over TCP on the loopback.
