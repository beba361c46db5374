//! The EPP journal.

statements! { "journal";
    /// A command that is about to be sent.
    BEGIN = "insert into epp_journal
        (cltrid, registry, account, intent_id, verb, object, sent_us, key_owner, request, keep_until_us)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// A command with its answer, which changed nothing and is put on record afterwards.
    RECORD = "insert into epp_journal
        (cltrid, registry, account, intent_id, verb, object, sent_us, key_owner, request, keep_until_us,
        received_us, svtrid, code, response)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    /// Its key, to seal the answer under.
    KEY_OWNER = "select key_owner from epp_journal where cltrid = $1";
    /// The answer.
    COMPLETE = "update epp_journal set received_us = $1, svtrid = $2, code = $3, response = $4
        where cltrid = $5 and received_us is null";
    /// One command with both frames.
    FIND = "select cltrid, registry, account, intent_id, verb, object, svtrid, sent_us, received_us, code, keep_until_us,
        key_owner, request, response from epp_journal where cltrid = $1";
    /// Commands of an intent, first first.
    LIST_OF_INTENT = "select cltrid, registry, account, intent_id, verb, object, svtrid, sent_us, received_us, code,
        keep_until_us from epp_journal where intent_id = $1 order by sent_us";
    /// Commands about an object, newest first.
    LIST_OF_OBJECT = "select cltrid, registry, account, intent_id, verb, object, svtrid, sent_us, received_us, code,
        keep_until_us from epp_journal where object = $1 and sent_us < $2 order by sent_us desc limit $3";
    /// Commands of an account, newest first.
    LIST_OF_ACCOUNT = "select cltrid, registry, account, intent_id, verb, object, svtrid, sent_us, received_us, code,
        keep_until_us from epp_journal where account = $1 and sent_us < $2 order by sent_us desc limit $3";
    /// Commands of an account without an answer, first first.
    LIST_OPEN = "select cltrid, registry, account, intent_id, verb, object, svtrid, sent_us, received_us, code,
        keep_until_us from epp_journal where account = $1 and received_us is null order by sent_us limit $2";
    /// Ends the keeping of what was submitted for a name.
    END_KEEPING = "update epp_journal set keep_until_us = $1
        where intent_id in (select id from intent where domain = $2) and keep_until_us > $1";
    /// Removes what need not be kept any longer.
    PURGE = "delete from epp_journal where cltrid in
        (select cltrid from epp_journal where keep_until_us <= $1 order by keep_until_us limit $2)
        returning key_owner";
    /// Whether a month's key still has something to open.
    IS_KEY_USED = "select exists (select 1 from epp_journal where key_owner = $1)";
}
