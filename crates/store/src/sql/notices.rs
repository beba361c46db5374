//! Notices.

statements! { "notices";
    /// Orders a notice; one of the same name and key stays as it is.
    INSERT = "insert into notice (id, domain, key, kind, decided_us, body) values ($1, $2, $3, $4, $5, $6)
        on conflict (domain, key) do nothing";
    /// Those that nobody has carried yet.
    LIST_UNCARRIED = "select body from notice where carried_us is null and id > $1 order by id limit $2";
    /// It left, with the text as it left.
    SET_CARRIED = "update notice set carried_us = $1, key_owner = $2, sealed = $3 where id = $4 and carried_us is null";
    /// Nobody is left to whom it could go.
    REMOVE_UNCARRIED = "delete from notice where id = $1 and carried_us is null";
    /// Of one name, all of them.
    PURGE_OF = "delete from notice where domain = $1";
    /// Of one name, in the order they were decided.
    LIST_OF = "select body, carried_us, key_owner, sealed from notice where domain = $1 order by decided_us, id";
}
