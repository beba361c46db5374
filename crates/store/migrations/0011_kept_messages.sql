-- Messages from which nothing followed are kept for the operator, who can have them taken again.

alter table poll_message add column is_kept integer not null default 0;

update poll_message set is_kept = 1 where outcome like 'kept:%';

create index poll_message_kept on poll_message (account, received_us) where is_kept = 1;
