//! Deposits in escrow.

/// Columns of a deposit, in the order they are read.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, kind, watermark_us, names, gaps, manifest, written_us, tries, last_fault, next_try_us, sent_us, verdict,
        verdict_words, verdict_us from deposit ",
            $rest
        )
    };
}

statements! { "deposits";
    /// A new one.
    INSERT = "insert into deposit (id, kind, watermark_us, names, gaps, manifest, written_us, tries, next_try_us)
        values ($1, $2, $3, $4, $5, $6, $7, 0, $7)";
    /// By id.
    FIND = select!("where id = $1");
    /// The newest first.
    LIST = select!("where watermark_us < $1 order by watermark_us desc limit $2");
    /// Those that wait to be sent, the newest first.
    LIST_UNSENT = select!("where sent_us is null and watermark_us <= $1 order by watermark_us desc limit $2");
    /// The newest that was sent.
    FIND_LAST_SENT = select!("where sent_us is not null and watermark_us <= $1 order by watermark_us desc limit 1");
    /// The newest that the agent accepted.
    FIND_LAST_ACCEPTED = select!("where verdict = 'accepted' and watermark_us <= $1 order by watermark_us desc limit 1");
    /// A try that failed.
    NOTE_TRY = "update deposit set tries = tries + 1, last_fault = $1, next_try_us = $2 where id = $3 and sent_us is null";
    /// It was sent.
    NOTE_SENT = "update deposit set tries = tries + 1, last_fault = null, next_try_us = null, sent_us = $1
        where id = $2 and sent_us is null";
    /// What the agent said.
    NOTE_VERDICT = "update deposit set verdict = $1, verdict_words = $2, verdict_us = $3 where id = $4";
    /// A later one holds what it holds.
    REMOVE_UNSENT_BEFORE = "delete from deposit where sent_us is null and watermark_us < $1";
}
