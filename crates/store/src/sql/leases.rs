//! Leases with epochs.

statements! { "leases";
    /// Takes a lease that is free, lapsed or already the owner's; every taking is a new epoch.
    ACQUIRE = "insert into lease (name, owner, epoch, until_us) values ($1, $2, 1, $3)
        on conflict (name) do update set owner = excluded.owner, epoch = lease.epoch + 1, until_us = excluded.until_us
        where lease.until_us <= $4 or lease.owner = excluded.owner
        returning epoch";
    /// Prolongs a lease that is still held at its epoch.
    RENEW = "update lease set until_us = $1 where name = $2 and epoch = $3";
    /// Gives a lease back: it lapses at once, its epoch stays.
    RELEASE = "update lease set until_us = 0 where name = $1 and epoch = $2";
    /// Every lease lapses: whoever held one was in another database.
    LAPSE_ALL = "update lease set until_us = 0";
    /// Whether the epoch is still the newest.
    CHECK = "select 1 from lease where name = $1 and epoch = $2";
    /// Who holds it.
    FIND = "select name, owner, epoch, until_us from lease where name = $1";
    /// Every lease.
    LIST = "select name, owner, epoch, until_us from lease order by name";
}
