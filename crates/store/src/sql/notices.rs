//! Notices.

/// What a row is read from.
macro_rules! columns {
    () => {
        "body, carried_us, key_owner, sealed, language, outcome, outcome_us, reason, reply, attempts, next_try_us"
    };
}

statements! { "notices";
    /// Orders a notice; one of the same name and key stays as it is.
    INSERT = "insert into notice (id, domain, key, kind, decided_us, body) values ($1, $2, $3, $4, $5, $6)
        on conflict (domain, key) do nothing";
    /// Those that nobody has carried yet and that may be tried.
    LIST_UNCARRIED = "select body, attempts from notice
        where carried_us is null and id > $1 and (next_try_us is null or next_try_us <= $2) order by id limit $3";
    /// It left, with the text as it left.
    SET_CARRIED = "update notice set carried_us = $1, outcome_us = $2, key_owner = $3, language = $4, sealed = $5, reply = $6,
        outcome = 'carried', reason = null where id = $7 and carried_us is null";
    /// It did not leave, and is tried again later.
    PUT_OFF = "update notice set attempts = attempts + 1, next_try_us = $1, reason = $2 where id = $3 and carried_us is null";
    /// What became of it after it left, where nobody noted something else meanwhile.
    SET_OUTCOME = "update notice set outcome = $1, outcome_us = $2, reason = $3, reply = $4 where id = $5 and outcome = $6";
    /// Nobody is left to whom it could go.
    REMOVE_UNCARRIED = "delete from notice where id = $1 and carried_us is null";
    /// Of one name, all of them.
    PURGE_OF = "delete from notice where domain = $1";
    /// One notice.
    FIND = concat!("select ", columns!(), " from notice where id = $1");
    /// Of one name, in the order they were decided.
    LIST_OF = concat!("select ", columns!(), " from notice where domain = $1 order by decided_us, id");
    /// All, the newest first.
    LIST = concat!("select ", columns!(), " from notice where id < $1 order by id desc limit $2");
    /// Those that nobody has carried yet, the newest first.
    LIST_WAITING = concat!("select ", columns!(), " from notice where carried_us is null and id < $1 order by id desc limit $2");
    /// Those of an outcome other than carried, the newest first.
    LIST_TROUBLED = concat!("select ", columns!(), " from notice where outcome = $1 and outcome <> 'carried' and id < $2
        order by id desc limit $3");
}
