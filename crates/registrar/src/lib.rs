//! The use cases and the only writer: commands to policy to store, the EPP gate, poll, reconciliation, notices.
