//! Wrapped data keys.

statements! { "vault";
    /// The key of an owner.
    FIND = "select key_id, kek_id, wrapped from vault_key where owner = $1";
    /// Stores a new key.
    ADD = "insert into vault_key (owner, key_id, kek_id, wrapped) values ($1, $2, $3, $4)";
    /// Destroys a key.
    DESTROY = "update vault_key set wrapped = null, destroyed_us = $1 where owner = $2 and wrapped is not null";
    /// Keys still wrapped by an old key-encryption key.
    LIST_WRAPPED_BY = "select owner, key_id, wrapped from vault_key
        where kek_id = $1 and wrapped is not null order by owner limit $2";
    /// Wraps a key anew.
    REWRAP = "update vault_key set kek_id = $1, wrapped = $2 where owner = $3 and wrapped is not null";
}
