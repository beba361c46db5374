-- What the public sends. A receipt is kept without its content, and for messages to holders it is the log of RDP-15: when, about which of our
-- names, what came of it. Its sender is a blind index, so that one who writes too often is recognised and nobody is named.

create table receipt (
    id text primary key,
    form text not null,
    name text,
    sender blob,
    posted_us integer not null,
    outcome text not null,
    keep_until_us integer not null
) strict;

create index receipt_name on receipt (name, posted_us) where name is not null;
create index receipt_keep on receipt (keep_until_us);

-- A message on its way to a holder, sealed under the holder's key; gone once its notice was carried.
create table relayed_message (
    notice text primary key,
    key_owner text not null,
    sealed blob not null
) strict;

-- Cases. `body` is the case as it is decided on, `sealed` what was sent, under a key of its own: destroying it is the erasure.
create table desk_case (
    id text primary key,
    kind text not null,
    state text not null,
    name text not null,
    receipt text not null unique,
    version integer not null,
    received_us integer not null,
    hard_due_us integer,
    warn_us integer,
    keep_until_us integer,
    body text not null,
    sealed blob not null
) strict;

create index desk_case_due on desk_case (kind, hard_due_us, id) where hard_due_us is not null;
create index desk_case_all on desk_case (kind, received_us, id);
create index desk_case_warn on desk_case (warn_us) where warn_us is not null;
create index desk_case_keep on desk_case (keep_until_us) where keep_until_us is not null;

-- The log of a case: every step, in order, never changed; what was said is sealed under the case's key (DSC-6).
create table desk_step (
    desk_case text not null references desk_case (id),
    seq integer not null,
    at_us integer not null,
    actor text not null,
    word text not null,
    sealed blob,
    primary key (desk_case, seq)
) strict;

-- Letters to those who are no contacts of ours, sealed under the case's key.
create table desk_letter (
    id text primary key,
    desk_case text not null references desk_case (id),
    kind text not null,
    ordered_us integer not null,
    carried_us integer,
    sealed blob not null
) strict;

create index desk_letter_uncarried on desk_letter (id) where carried_us is null;
create index desk_letter_case on desk_letter (desk_case);
