-- What was said to registries and what they said.

create table epp_journal (
    cltrid text primary key,
    registry text not null,
    account text not null,
    intent_id text,
    verb text not null,
    object text,
    svtrid text,
    sent_us integer not null,
    received_us integer,
    code integer,
    key_owner text not null,
    request blob not null,
    response blob,
    keep_until_us integer not null
) strict;

create index epp_journal_intent on epp_journal (intent_id, sent_us) where intent_id is not null;
create index epp_journal_object on epp_journal (object, sent_us);
create index epp_journal_account on epp_journal (account, sent_us);
create index epp_journal_open on epp_journal (account, sent_us) where received_us is null;
create index epp_journal_keep on epp_journal (keep_until_us);
create index epp_journal_key on epp_journal (key_owner);

create table poll_message (
    id text primary key,
    account text not null,
    msg_id text not null,
    identity_hash blob not null,
    queued_us integer,
    received_us integer not null,
    frame blob not null,
    processed_us integer,
    outcome text,
    unique (account, msg_id, identity_hash)
) strict;

create index poll_message_account on poll_message (account, received_us);
create index poll_message_open on poll_message (account, received_us, id) where processed_us is null;
