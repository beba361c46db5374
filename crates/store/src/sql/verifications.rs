//! Whether the data of contacts was verified.

statements! { "verifications";
    /// Of one contact.
    FIND = "select is_verified, cause, asked_us, letters, nonce, call_nonce, call_tries, method, evidence, verified_us from verification
        where contact = $1";
    /// The whole row.
    PUT = "insert into verification (contact, is_verified, cause, asked_us, letters, nonce, call_nonce, call_tries, method, evidence,
        verified_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (contact) do update set is_verified = excluded.is_verified, cause = excluded.cause, asked_us = excluded.asked_us,
            letters = excluded.letters, nonce = excluded.nonce, call_nonce = excluded.call_nonce, call_tries = excluded.call_tries,
            method = excluded.method, evidence = excluded.evidence, verified_us = excluded.verified_us";
    /// Where one contact stands.
    STANDING = "select is_verified, asked_us from verification where contact = $1";
}
