//! A registry to rehearse against: EPP over TLS, the full life cycle on a virtual clock, faults on demand.
