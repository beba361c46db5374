//! The commented configuration that `namekeep init` writes.

/// The text of a fresh `namekeep.toml`. It is valid as it stands.
pub const TEMPLATE: &str = r#"# Namekeep: the configuration of one instance.
# `namekeep config check` reads it and says what is wrong; unknown keys are refused.
# Relative paths are relative to the folder this file is in.
schema = 1

[instance]
# The origin of the ledger: it is signed into every checkpoint, so choose once. A host name of yours is a good one.
name = "registrar.example"
# One file, no server:  "sqlite:state/namekeep.db" (an instance stays in the database that `init` began it in)
# Several machines:     "postgres://namekeep@db.example/namekeep" (TLS is demanded off this machine; the password
#                       comes from the environment variable PGPASSWORD or from a passfile, never from here)
database = "sqlite:state/namekeep.db"
# The ledger's tiles and signed checkpoint, in the C2SP tlog-tiles layout. Publish this folder, or copy it to a
# second place: what is there can be checked by anyone and cannot be taken back.
ledger = "ledger"

[keys]
# The key that encrypts every data key of the vault and of the EPP journal. Keep its newest copy where this machine is not.
vault = "keys/vault.key"
# The key that signs the ledger's checkpoints. Its public half was printed by `init`, and `ledger key` prints it again.
ledger = "keys/ledger.key"

[notices]
# Notices are written here as complete messages (RFC 5322), each by an atomic rename; your mail server picks them up.
maildrop = "maildrop"
sender = "notices@registrar.example"
sender_name = "Registrar Example"
# Where a registrant renews a name; the notices say so (EXP-3).
portal = "https://registrar.example/renew"
# Where a holder confirms their data: the page `verification` of the directory, where it serves forms ([forms] in directory.toml).
# verification_page = "https://rdap.registrar.example/verification"

[reconciliation]
# Every night, from this hour on (UTC, 0 to 23), `serve` asks the registries about every name. It changes nothing; what
# differs is shown, and raises an alarm.
hour = 3

[publication]
# The public records of all names, as files that `namekeep directory serve` follows, here or copied to other machines. They
# hold what the public may read and nothing else. `namekeep directory key` prints the key that the directory checks them with.
feed = "feed"
key = "keys/feed.key"
# Everything that may be withheld is, unless its subject consents. Whether legal persons and cities are shown is yours to say.
publishes_legal_persons = false
publishes_cities = false
withholds_registry_ids = false

[desk]
# What the public sends by the forms of `namekeep directory serve`, each sealed to a key whose public half `namekeep directory
# intake-key` prints. Where the directory runs elsewhere, move the files here.
intake = "intake"
key = "keys/intake.key"
# Whether requests for data are answered within 72 hours (established in the European Union, or serving there).
nis2 = false
# Days off at the principal office besides Saturdays and Sundays, for what is due in business days: ["2026-12-25", "2027-01-01"]
holidays = []
# Where notices leave by SMTP instead of the maildrop, and where bounces come back. `docs/operations.md` says how to set up a mail server.
#
# [mail]
# host = "smtp.registrar.example"
# tls = "implicit"                                          # port 465; or "starttls" (587), or "loopback-only" (25, this machine alone)
# port = 465                                                # only where it differs
# ca_file = "keys/mail-ca.pem"                              # only where the relay's certificate is not a public one
# user = "namekeep"                                         # with the file of the password, mode 0600
# password_file = "secrets/mail.password"
# return_domain = "registrar.example"                       # mail for bounce+...@ this domain must come back to us:
# bounces = "/var/mail/namekeep-bounces"                    # in this Maildir, or through `namekeep mail bounce`

# What is deposited with ICANN's escrow agent, every day (RAA 3.6). `docs/operations.md` has the steps, `escrow keys new` makes the keys.
#
# [escrow]
# iana_id = 9999
# key = "keys/escrow.asc"                                   # signs the deposits, mode 0600; `namekeep escrow keys new keys/escrow.asc`
# recipients = ["keys/agent.asc", "keys/recovery.cert"]     # the agent's certificate, and one of yours whose secret half lies elsewhere
# hour = 1                                                  # from which the deposit of the day is due (UTC)
# specification = "2024"                                    # or "2007"
# folder = "deposits"
# part_rows = 1000000                                       # how many names of a file
# state_placeholder = "No-State-Land"                       # only for agents that take no empty cell
# postcode_placeholder = "No-ZIP-City"
#
# [escrow.agent]                                            # without it you carry the files yourself
# host = "escrow.example"
# user = "9999"
# key = "keys/escrow-ssh"                                   # made by `ssh-keygen -t ed25519`, mode 0600
# host_keys = ["ssh-ed25519 AAAA..."]                       # ask the agent; nothing is sent to a host that shows another one
# folder = "incoming"

# Backups of a SQLite database: every commit within a second, a whole copy each day, sealed, in a folder that is on no disk of this machine's
# (a mounted one), or at a host that takes SFTP. `docs/operations.md` has the steps. PostgreSQL is backed up by its own tools.
#
# [backup]
# folder = "/mnt/elsewhere/namekeep"
# key = "keys/backup.key"                                   # signs the backups; `namekeep backup keys new keys/backup.key`
# recipients = ["keys/recovery.cert", "keys/drill.key.cert"] # the recovery key's secret half is split among officers: `backup keys split`
# drill_key = "keys/drill.key"                              # with it `serve` restores a copy every night and compares every row
# base_hours = 24
# manifest_hours = 6
# keep_days = 35                                            # any moment of so many days back can be restored
# log_gigabytes = 4                                         # so much may wait while that folder takes nothing; past it a whole copy is made anew
# prune = true                                              # false where this machine may add and not remove
#
# [backup.sftp]                                             # in the place of `folder`
# host = "backup.example"
# user = "registrar"
# key = "keys/backup-ssh"                                   # `ssh-keygen -t ed25519 -N '' -f keys/backup-ssh`
# host_keys = ["ssh-ed25519 AAAA..."]                       # asked by telephone
# folder = "backups"

# Where a PKCS#11 token seals the vault's key file, so that a stolen disk or copy of it opens nothing (only in a program built with the
# feature `hsm`). `docs/operations.md` says how to set one up, and what is lost with it.
#
# [keys.token]
# module = "/usr/lib/softhsm/libsofthsm2.so"                # the library that came with the token
# token_label = "registrar"                                 # or token_serial = "..."
# pin_file = "secrets/token.pin"                            # mode 0600
# key_label = "registrar.example node 1"                    # each node has its own, and keeps it
# copy = "/mnt/elsewhere/vault.key"                         # the sealed file, kept a second time; the only copy that is never too old

# One block for each account at a registry. `namekeep registry check PROFILE` checks a profile first.
#
# [[registry]]
# profile = "registries/example-registry.toml"
# account = "REGISTRAR-1"
# password_file = "secrets/example-registry.password"       # mode 0600; used for the first login, then kept in the vault
# address = "epp.registry.example:700"                      # only where it differs from the profile's
# trust = { kind = "public-roots" }                         # or { kind = "private-ca", file = "registries/ca.pem" }
#                                                           # or { kind = "pin", sha256 = ["<64 hexadecimal digits>"] }
# client_certificates = [{ chain = "keys/epp.pem", key = "keys/epp.key" }]
# source_address = "192.0.2.1"                              # where the registry keeps a list of addresses
"#;

/// The origin that [`TEMPLATE`] has; an instance's own replaces it.
const NAME: &str = r#"name = "registrar.example""#;
/// The database that [`TEMPLATE`] has.
const DATABASE: &str = r#"database = "sqlite:state/namekeep.db""#;

/// The template with the name and the database of one instance.
pub fn filled(name: &str, database: &str) -> String {
    let value = |text: &str| toml::Value::String(text.to_owned()).to_string();
    TEMPLATE.replacen(NAME, &format!("name = {}", value(name)), 1).replacen(DATABASE, &format!("database = {}", value(database)), 1)
}
