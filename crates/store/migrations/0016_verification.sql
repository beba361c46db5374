-- Whether the data of a contact was verified, and what was asked of them for it (ACY-3 to ACY-8). A contact without a row was never asked.

create table verification (
    contact text primary key,
    is_verified integer not null,
    -- Why it was asked for last.
    cause text not null,
    asked_us integer,
    letters integer not null,
    -- What the token in the letters is bound to; a new one ends the old tokens.
    nonce blob,
    -- What the code said on the telephone is bound to, and how often a wrong one came back.
    call_nonce blob,
    call_tries integer not null,
    -- How and when it was verified last, and what proves it, without personal data.
    method text,
    evidence text,
    verified_us integer
) strict;
