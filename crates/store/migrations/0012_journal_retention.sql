-- What was submitted to a registry for a name is kept while the name is in our care, and its end is set when that ends (RET-5, RET-8).
-- The instant is the one that stands for an end that is not known (`journal::WITHOUT_END`).

update epp_journal set keep_until_us = 253402207200000000
    where intent_id in (select intent.id from intent join registration on registration.id = intent.domain where registration.is_open = 1);
