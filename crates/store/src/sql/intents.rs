//! Intents, what they wait for, and their attempts.

/// Columns of an intent, in the order they are read.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select i.body, i.state, i.attempts, i.last_cltrid, i.ready_us, i.sent_us, i.epoch, i.remaining, i.svtrid, i.outcome
        from intent i where ",
            $rest
        )
    };
}

statements! { "intents";
    /// A new intent, last in the order of decision; one with the same business key stays as it is.
    INSERT = "insert into intent (id, seq, registry, object, operation, business_key, domain, lane, is_paid, state, ready_us,
        attempts, epoch, body)
        values ($1, (select coalesce(max(seq), 0) + 1 from intent), $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11)
        on conflict (registry, object, operation, business_key) do nothing";
    /// What it waits for.
    ADD_AFTER = "insert into intent_after (intent, needs) values ($1, $2)";
    /// Makes a waiting intent ready if all it waits for is confirmed.
    READY_IF_FREE = "update intent set state = 'ready', ready_us = $1 where id = $2 and state = 'waiting'
        and not exists (select 1 from intent_after a left join intent n on n.id = a.needs
            where a.intent = $3 and (n.state is null or n.state <> 'confirmed'))";
    /// Makes those ready that wait for a confirmed intent and for nothing else that is not.
    READY_AFTER = "update intent set state = 'ready', ready_us = $1 where state = 'waiting'
        and id in (select intent from intent_after where needs = $2)
        and not exists (select 1 from intent_after a left join intent n on n.id = a.needs
            where a.intent = intent.id and (n.state is null or n.state <> 'confirmed'))";
    /// Those that wait for an intent.
    LIST_WAITING_ON = select!("i.state = 'waiting' and i.id in (select intent from intent_after where needs = $1) order by i.seq");
    /// By id.
    FIND = select!("i.id = $1");
    /// Of one registration, in the order of decision.
    LIST_OF = select!("i.domain = $1 order by i.seq");
    /// Ready ones whose object is free: nothing in flight there, and nothing older in the queue except what waits for this
    /// very intent.
    LIST_CLAIMABLE = select!("i.registry = $1 and i.state = 'ready' and i.ready_us <= $2
        and ($3 = 1 or i.lane = 'interactive') and ($4 = 1 or i.is_paid = 0)
        and not exists (select 1 from intent e where e.registry = i.registry and e.object = i.object
            and e.is_open = 1 and e.id <> i.id and (e.is_in_flight = 1 or (e.seq < i.seq
                and not exists (select 1 from intent_after a where a.intent = e.id and a.needs = i.id))))
        order by i.lane desc, i.seq limit $5");
    /// The first byte is about to leave.
    MARK_SENT = "update intent set state = 'sent', attempts = $1, last_cltrid = $2, sent_us = $3, epoch = $4
        where id = $5 and state = 'ready'";
    /// It may have been sent by whoever had the state that was put back.
    MARK_DOUBTED = "update intent set state = 'unknown', attempts = $1, last_cltrid = $2, sent_us = $3, ready_us = $4
        where id = $5 and state = 'ready'";
    /// Proven not done: to be sent (again).
    MARK_READY = "update intent set state = 'ready', ready_us = $1, remaining = $2
        where id = $3 and state in ('sent', 'unknown')";
    /// The answer is lost.
    MARK_UNKNOWN = "update intent set state = 'unknown', ready_us = $1
        where id = $2 and state in ('sent', 'pending', 'unknown')";
    /// The registry will decide later.
    MARK_PENDING = "update intent set state = 'pending', svtrid = $1 where id = $2 and state in ('sent', 'unknown')";
    /// The end.
    SETTLE = "update intent set state = $1, outcome = $2, settled_us = $3
        where id = $4 and is_open = 1";
    /// Unknown ones whose proof is due.
    LIST_PROVABLE = select!("i.registry = $1 and i.is_open = 1 and i.state = 'unknown' and i.ready_us <= $2 order by i.ready_us limit $3");
    /// Those a crash left without an answer.
    LIST_SENT = select!("i.registry = $1 and i.is_open = 1 and i.state = 'sent' order by i.ready_us limit $2");
    /// Those the registry has not decided, sent before some time.
    LIST_PENDING = select!("i.registry = $1 and i.is_open = 1 and i.state = 'pending' and i.sent_us < $2 order by i.ready_us limit $3");
    /// Every open one, of one registry or all.
    LIST_UNSETTLED = select!("i.is_open = 1 and i.id > $1 and (i.registry = $2 or $2 is null) order by i.id limit $3");
    /// How many are open, by state.
    COUNT_BY_STATE = "select state, count(*) from intent where registry = $1 and is_open = 1 group by state";
    /// An attempt begins.
    ADD_ATTEMPT = "insert into attempt (cltrid, intent, number, sent_us) values ($1, $2, $3, $4)";
    /// An attempt ends.
    END_ATTEMPT = "update attempt set ended_us = $1, outcome = $2 where cltrid = $3 and ended_us is null";
    /// What the settled intents of a registration waited for.
    PURGE_AFTER_OF = "delete from intent_after where intent in (select id from intent where domain = $1 and is_open = 0)";
    /// The attempts at the settled intents of a registration.
    PURGE_ATTEMPTS_OF = "delete from attempt where intent in (select id from intent where domain = $1 and is_open = 0)";
    /// The settled intents of a registration.
    PURGE_OF = "delete from intent where domain = $1 and is_open = 0";
    /// The attempts at an intent.
    LIST_ATTEMPTS = "select number, cltrid, sent_us, ended_us, outcome from attempt where intent = $1 order by number";
}
