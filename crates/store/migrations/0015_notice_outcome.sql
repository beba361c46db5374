-- What became of each notice: the language it left in, its outcome with time and reason, and when one that did not leave is tried again.
-- What servers said of it may name the address, so it is sealed like the text.

alter table notice add column language text;
alter table notice add column outcome text;
alter table notice add column outcome_us integer;
alter table notice add column reason text;
alter table notice add column reply blob;
alter table notice add column attempts integer not null default 0;
alter table notice add column next_try_us integer;

update notice set language = 'en', outcome = 'carried', outcome_us = carried_us where carried_us is not null;

create index notice_troubled on notice (outcome, id) where outcome <> 'carried';
