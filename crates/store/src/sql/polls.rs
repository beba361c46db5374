//! Poll messages of registries.

statements! { "polls";
    /// Stores a message; one that was stored already is left as it is.
    ADD = "insert into poll_message (id, account, msg_id, identity_hash, queued_us, received_us, frame)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (account, msg_id, identity_hash) do nothing";
    /// It speaks of a person.
    ADD_PERSON = "insert into poll_person (message, contact) values ($1, $2)";
    /// Of whom it speaks.
    FIND_PERSON = "select contact from poll_person where message = $1";
    /// Messages that are not processed, in the order they came.
    LIST_OPEN = "select id, account, msg_id, queued_us, received_us, frame, processed_us, outcome, is_kept from poll_message
        where account = $1 and processed_us is null order by received_us, id limit $2";
    /// Newest messages of an account.
    LIST = "select id, account, msg_id, queued_us, received_us, frame, processed_us, outcome, is_kept from poll_message
        where account = $1 and received_us < $2 order by received_us desc limit $3";
    /// Newest messages of an account that were kept.
    LIST_KEPT = "select id, account, msg_id, queued_us, received_us, frame, processed_us, outcome, is_kept from poll_message
        where account = $1 and received_us < $2 and is_kept = 1 order by received_us desc limit $3";
    /// Marks one as processed, once.
    MARK_PROCESSED = "update poll_message set processed_us = $1, outcome = $2, is_kept = $3 where id = $4 and processed_us is null";
    /// Opens one that was kept again.
    REOPEN = "update poll_message set processed_us = null, outcome = null, is_kept = 0
        where account = $1 and msg_id = $2 and is_kept = 1";
    /// Opens all that were kept again.
    REOPEN_ALL = "update poll_message set processed_us = null, outcome = null, is_kept = 0 where account = $1 and is_kept = 1";
    /// How many wait, and since when.
    COUNT_OPEN = "select count(*), min(received_us) from poll_message where account = $1 and processed_us is null";
}
