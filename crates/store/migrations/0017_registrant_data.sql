-- The registrant's data: until when it is kept, what holds it, how it is found, and how it is erased.

-- The leaf of the key file that wraps a data key; without one it is wrapped undivided, by a file of the first form.
alter table vault_key add column leaf integer;

create unique index vault_key_leaf on vault_key (kek_id, leaf);
create index vault_key_destroyed on vault_key (kek_id, leaf) where destroyed_us is not null;

-- An erased contact keeps its row and nothing of what it said. An erasure may be ordered before it can be carried out.
alter table contact add column erasure_ordered_us integer;
alter table contact add column erasure_reason text;
alter table contact add column erased_us integer;
-- By which form its buckets below were made; 0 while there are none.
alter table contact add column index_form integer not null default 0;

create index contact_erasure_ordered on contact (id) where erasure_ordered_us is not null and erased_us is null;
create index contact_index_form on contact (index_form, id) where erased_us is null;

-- Clocks: why a contact's data is kept although no open name needs it, name by name; the empty name for what is about none.
create table contact_clock (
    contact text not null references contact (id),
    domain text not null,
    rule text not null,
    keep_until_us integer not null,
    primary key (contact, domain, rule)
) strict;

create index contact_clock_end on contact_clock (keep_until_us, contact, domain, rule);

-- A court, an authority or a dispute: nothing of the contact is let go while one of these stands.
create table contact_hold (
    contact text not null references contact (id),
    reference text not null,
    reason text not null,
    since_us integer not null,
    primary key (contact, reference)
) strict;

-- Blind indexes: of a value under a secret key, so few bits that several people share a bucket.
create table contact_bucket (
    field text not null,
    bucket blob not null,
    contact text not null references contact (id),
    primary key (field, bucket, contact)
) strict;

create index contact_bucket_contact on contact_bucket (contact);

-- Names that ended, until what was ordered and written for them has been kept long enough.
create table name_clock (
    domain text primary key references registration (id),
    keep_until_us integer not null
) strict;

create index name_clock_end on name_clock (keep_until_us, domain);

-- The contact that a message speaks of, under whose key its frame is sealed then.
create table poll_person (
    message text primary key references poll_message (id),
    contact text not null
) strict;

-- Names that ended before there were clocks: what was submitted for them says until when. Where that is gone, so is the time.
insert into name_clock (domain, keep_until_us)
    select registration.id, coalesce((select max(epp_journal.keep_until_us) from intent
        join epp_journal on epp_journal.intent_id = intent.id where intent.domain = registration.id), registration.opened_us)
    from registration where registration.is_open = 0;

insert into contact_clock (contact, domain, rule, keep_until_us)
    select registration.registrant, registration.id, 'RET-2', name_clock.keep_until_us
    from registration join name_clock on name_clock.domain = registration.id
    where registration.registrant in (select id from contact);

insert into contact_clock (contact, domain, rule, keep_until_us)
    select contact, '', 'COR-10', max(keep_until_us) from contact_revision group by contact;
