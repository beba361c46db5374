//! Blind indexes of contacts.

statements! { "contact_buckets";
    /// A contact's value is in a bucket.
    ADD = "insert into contact_bucket (field, bucket, contact) values ($1, $2, $3) on conflict (field, bucket, contact) do nothing";
    /// Takes a contact out of all of them.
    REMOVE = "delete from contact_bucket where contact = $1";
    /// By which form its buckets were made.
    SET_FORM = "update contact set index_form = $1 where id = $2";
    /// Who is in a bucket.
    LIST = "select contact from contact_bucket where field = $1 and bucket = $2 and contact > $3 order by contact limit $4";
    /// Those whose buckets are of an older form, or who have none.
    LIST_BEHIND = "select id from contact where index_form < $1 and erased_us is null order by index_form, id limit $2";
}
