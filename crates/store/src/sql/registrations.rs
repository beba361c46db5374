//! Registrations and the delegations they want.

/// Columns of a registration, in the order they are read.
macro_rules! select {
    ($rest:literal) => {
        concat!("select desired, actual, state from registration where ", $rest)
    };
}

/// A page of registrations by name: one index leads (`$1`), the other filters thin it out.
macro_rules! list {
    ($lead:literal) => {
        concat!(
            "select desired, actual, state from registration where ",
            $lead,
            " and (name, id) > ($2, $3)
        and (registry = $4 or $4 is null) and (tld = $5 or $5 is null) and (phase = $6 or $6 is null)
        and (registrant = $7 or $7 is null) and (expires_us >= $8 or $8 is null) and (expires_us < $9 or $9 is null)
        order by name, id limit $10"
        )
    };
}

statements! { "registrations";
    /// A new registration.
    INSERT = "insert into registration (id, name, registry, tld, phase, is_open, version, opened_us, expires_us, next_due_us,
        registrant, desired, actual, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Its next version, if it still has the one it was read at.
    UPDATE = "update registration set phase = $1, is_open = $2, version = $3, expires_us = $4, next_due_us = $5,
        registrant = $6, desired = $7, actual = $8, state = $9 where id = $10 and version = $11";
    /// The same where every listed column stays as it is: an index is written for each column that is named, changed or not.
    UPDATE_STATE = "update registration set version = $1, next_due_us = $2, desired = $3, actual = $4, state = $5
        where id = $6 and version = $7";
    /// By id.
    FIND = select!("id = $1");
    /// The open one of a name.
    FIND_OPEN = select!("name = $1 and is_open = 1");
    /// The open one of a name, else the newest.
    FIND_LATEST = select!("name = $1 order by is_open desc, id desc limit 1");
    /// Every life of a name, oldest first.
    LIST_BY_NAME = select!("name = $1 order by id");
    /// By name.
    LIST = list!("name >= $1");
    /// What an extract says of each, by name.
    LIST_EXTRACTS = "select name, id, phase, expires_us, registrant, desired,
        case when expires_us is null then actual end from registration
        where name >= $1 and (name, id) > ($1, $2) order by name, id limit $3";
    /// Of one registry, by name.
    LIST_OF_REGISTRY = list!("registry = $1");
    /// Of one TLD, by name.
    LIST_OF_TLD = list!("tld = $1");
    /// In one phase, by name.
    LIST_OF_PHASE = list!("phase = $1");
    /// Of one registrant, by name.
    LIST_OF_REGISTRANT = list!("registrant = $1");
    /// An open one of a registrant.
    FIND_OPEN_OF_REGISTRANT = "select id from registration where registrant = $1 and is_open = 1 limit 1";
    /// An open one of a registrant whose wanted statuses are kept by either of two owners.
    FIND_OPEN_KEPT_BY = "select name from registration where registrant = $1 and is_open = 1 and (desired like $2 or desired like $3)
        order by name limit 1";
    /// Those for which the clock has something to do.
    LIST_DUE = "select next_due_us, id from registration where next_due_us <= $1 and (next_due_us, id) > ($2, $3)
        order by next_due_us, id limit $4";
    /// It wants a further host.
    ADD_DELEGATION = "insert into delegation (domain, host, registry, reversed) values ($1, $2, $3, $4)
        on conflict (domain, host) do nothing";
    /// It no longer wants a host.
    REMOVE_DELEGATION = "delete from delegation where domain = $1 and host = $2";
    /// It names a further contact.
    ADD_CONTACT_LINK = "insert into contact_link (domain, contact, registry) values ($1, $2, $3)
        on conflict (domain, contact) do nothing";
    /// It no longer names a contact.
    REMOVE_CONTACT_LINK = "delete from contact_link where domain = $1 and contact = $2";
    /// The names of open registrations that name a contact, in any role.
    LIST_NAMES_OF_CONTACT = "select contact_link.registry, registration.id, registration.name from contact_link
        join registration on registration.id = contact_link.domain
        where contact_link.contact = $1 and (contact_link.registry, contact_link.domain) > ($2, $3)
        order by contact_link.registry, contact_link.domain limit $4";
    /// An open registration at a registry that names a contact.
    FIND_OPEN_BY_CONTACT = "select domain from contact_link where contact = $1 and registry = $2 order by domain limit 1";
}
