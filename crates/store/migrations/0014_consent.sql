-- What the subject of a contact's data agreed to publish, element by element, with time and source (RDP-13, RDP-4). What was said before
-- is in the ledger.

create table consent (
    contact text not null references contact (id),
    element text not null,
    is_given integer not null,
    at_us integer not null,
    source text not null,
    primary key (contact, element)
) strict;
