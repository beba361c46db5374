//! Host objects at registries.

statements! { "hosts";
    /// A host that exists at a registry.
    UPSERT = "insert into host (registry, name, domain, addresses, changed_us) values ($1, $2, $3, $4, $5)
        on conflict (registry, name) do update set domain = excluded.domain, addresses = excluded.addresses,
            changed_us = excluded.changed_us";
    /// By name.
    FIND = "select registry, name, domain, addresses, changed_us from host where registry = $1 and name = $2";
    /// Whether it exists.
    IS_KNOWN = "select name from host where registry = $1 and name = $2";
    /// Below a registration.
    LIST_BELOW = "select registry, name, domain, addresses, changed_us from host where domain = $1 order by name";
    /// No longer there.
    REMOVE = "delete from host where registry = $1 and name = $2";
    /// Hosts at or below a name that open registrations of other names want to delegate to.
    LIST_LINKED = "select distinct d.host from delegation d join registration r on r.id = d.domain
        where d.registry = $1 and d.reversed >= $2 and d.reversed < $3 and r.name <> $4";
}
