-- Earlier data of contacts, kept for a while: whoever held a name before a change of registrant (COR-10).

create table contact_revision (
    contact text not null references contact (id),
    revision integer not null,
    sealed blob not null,
    keep_until_us integer not null,
    primary key (contact, revision)
) strict;

create index contact_revision_keep on contact_revision (keep_until_us);
