//! Wrapped data keys.

statements! { "vault";
    /// The key of an owner.
    FIND = "select key_id, kek_id, wrapped, leaf from vault_key where owner = $1";
    /// Stores a new key.
    ADD = "insert into vault_key (owner, key_id, kek_id, wrapped, leaf) values ($1, $2, $3, $4, $5)";
    /// The last leaf that was given out.
    LAST_LEAF = "select max(leaf) from vault_key where kek_id = $1";
    /// Destroys a key.
    DESTROY = "update vault_key set wrapped = null, destroyed_us = $1 where owner = $2 and wrapped is not null";
    /// Leaves of destroyed keys.
    LIST_DESTROYED = "select leaf from vault_key where kek_id = $1 and leaf > $2 and destroyed_us is not null order by leaf limit $3";
    /// Keys that are not destroyed, under a stretch of leaves.
    LIST_LIVING_AT = "select owner from vault_key where kek_id = $1 and leaf >= $2 and leaf <= $3 and wrapped is not null
        order by leaf limit $4";
    /// Keys still wrapped by an old key-encryption key.
    LIST_WRAPPED_BY = "select owner, key_id, wrapped, leaf from vault_key
        where kek_id = $1 and wrapped is not null order by owner limit $2";
    /// Keys still wrapped by the undivided key.
    LIST_UNDIVIDED = "select owner, key_id, wrapped, leaf from vault_key
        where kek_id = $1 and wrapped is not null and leaf is null order by owner limit $2";
    /// Wraps a key anew.
    REWRAP = "update vault_key set kek_id = $1, wrapped = $2, leaf = $3 where owner = $4 and wrapped is not null";
}
