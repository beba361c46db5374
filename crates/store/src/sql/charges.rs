//! Charges and credits.

statements! { "charges";
    /// A line; one with the same key stays as it is.
    INSERT = "insert into charge (domain, key, kind, years, amount_minor, currency, intent, at_us)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (domain, key) do nothing";
    /// Of one registration, by time.
    LIST_OF = "select key, kind, years, amount_minor, currency, intent, at_us from charge where domain = $1 order by at_us, key";
    /// What a period cost, by currency and kind.
    SUM = "select currency, kind, cast(count(*) as bigint), cast(sum(years) as bigint), cast(sum(amount_minor) as bigint)
        from charge where at_us >= $1 and at_us < $2 group by currency, kind order by currency, kind";
}
