-- Deposits in escrow (ESC-1): what was written, sent, and answered. No personal data; the files lie outside, sealed.

create table deposit (
    id text primary key,
    -- `full` or `inc`.
    kind text not null,
    -- The instant of the state that it holds.
    watermark_us integer not null,
    names integer not null,
    -- Cells that had to be filled and are empty.
    gaps integer not null,
    -- The whole account: files with their digests, names per TLD, keys; as JSON.
    manifest text not null,
    written_us integer not null,
    -- Tries to send it, and what the last one that failed said.
    tries integer not null,
    last_fault text,
    next_try_us integer,
    sent_us integer,
    -- What the agent said of it: `accepted` or `rejected`, with its words.
    verdict text,
    verdict_words text,
    verdict_us integer
) strict;

create index deposit_watermark on deposit (watermark_us);
create index deposit_unsent on deposit (watermark_us) where sent_us is null;
