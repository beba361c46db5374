//! Receipts, cases, their log and their letters.

statements! { "desk";
    /// A receipt; one that is there stays as it is.
    INSERT_RECEIPT = "insert into receipt (id, form, name, sender, posted_us, outcome, keep_until_us) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do nothing";
    /// What came of it.
    FIND_RECEIPT = "select form, name, posted_us, outcome from receipt where id = $1";
    /// Those of a name since an instant.
    COUNT_OF_NAME = "select count(*) from receipt where name = $1 and posted_us > $2 and outcome = $3";
    /// Those of a name and a sender since an instant.
    COUNT_OF_SENDER = "select count(*) from receipt where name = $1 and posted_us > $2 and outcome = $3 and sender = $4";
    /// The newest receipts of a name.
    LIST_RECEIPTS = "select id, form, name, posted_us, outcome from receipt where name = $1 order by posted_us desc limit $2";
    /// Lets go of those whose time is over.
    PURGE_RECEIPTS = "delete from receipt where id in (select id from receipt where keep_until_us <= $1 order by keep_until_us limit $2)";
    /// A message for a notice.
    PUT_RELAYED = "insert into relayed_message (notice, key_owner, sealed) values ($1, $2, $3)";
    /// It.
    FIND_RELAYED = "select key_owner, sealed from relayed_message where notice = $1";
    /// It left.
    REMOVE_RELAYED = "delete from relayed_message where notice = $1";
    /// A new case.
    INSERT_CASE = "insert into desk_case (id, kind, state, name, receipt, version, received_us, hard_due_us, warn_us, keep_until_us, body, sealed)
        values ($1, $2, $3, $4, $5, 1, $6, $7, $8, null, $9, $10)";
    /// By id.
    FIND_CASE = "select version, body, sealed, receipt from desk_case where id = $1";
    /// As a command left it.
    UPDATE_CASE = "update desk_case set version = version + 1, state = $1, hard_due_us = $2, warn_us = $3, keep_until_us = $4, body = $5
        where id = $6 and version = $7";
    /// Those that are not closed, by their limit.
    LIST_OWED = "select body from desk_case where kind = $1 and hard_due_us is not null order by hard_due_us, id limit $2";
    /// All of a kind, the oldest first.
    LIST_CASES = "select body from desk_case where kind = $1 and (received_us, id) > ($2, $3) order by received_us, id limit $4";
    /// Those about which something has to be said.
    LIST_WARNINGS = "select body, version, warn_us from desk_case where warn_us <= $1 order by warn_us limit $2";
    /// When something has to be said next.
    SET_WARNING = "update desk_case set warn_us = $1 where id = $2 and version = $3";
    /// Those whose time is over.
    LIST_OVER = "select id from desk_case where keep_until_us <= $1 order by keep_until_us limit $2";
    /// A case, after its steps and letters.
    REMOVE_CASE = "delete from desk_case where id = $1";
    /// The log of a case.
    REMOVE_STEPS = "delete from desk_step where desk_case = $1";
    /// Its letters.
    REMOVE_LETTERS = "delete from desk_letter where desk_case = $1";
    /// The next step.
    INSERT_STEP = "insert into desk_step (desk_case, seq, at_us, actor, word, sealed) values ($1, $2, $3, $4, $5, $6)";
    /// How many steps there are.
    COUNT_STEPS = "select count(*) from desk_step where desk_case = $1";
    /// The log in order.
    LIST_STEPS = "select seq, at_us, actor, word, sealed from desk_step where desk_case = $1 order by seq";
    /// A letter.
    INSERT_LETTER = "insert into desk_letter (id, desk_case, kind, ordered_us, carried_us, sealed) values ($1, $2, $3, $4, null, $5)";
    /// Those that nobody carried.
    LIST_UNCARRIED = "select id, desk_case, kind, ordered_us, sealed from desk_letter where carried_us is null and id > $1 order by id limit $2";
    /// It left.
    SET_CARRIED = "update desk_letter set carried_us = $1 where id = $2 and carried_us is null";
    /// Those of a case.
    LIST_LETTERS = "select id, kind, ordered_us, carried_us from desk_letter where desk_case = $1 order by id";
}
