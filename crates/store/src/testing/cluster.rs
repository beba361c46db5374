//! A private PostgreSQL cluster, shared by the test processes that run at the same time and stopped when none is left.
//!
//! Every test process holds a shared lock on a file. A watchman, started with the cluster, takes the exclusive lock when
//! nobody has held it for a while and stops the server. The data folder stays, so the next run starts in a moment.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};

/// Where Debian and the PostgreSQL project's own packages put the server's programs.
const PROGRAM_ROOTS: [&str; 2] = ["/usr/lib/postgresql", "/usr/local/pgsql"];

/// The system user that owns the cluster when tests run as root, because PostgreSQL refuses root.
const SERVER_USER: &str = "postgres";

/// Settings of a server whose data nobody needs after a crash.
const SERVER_SETTINGS: &str = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nlisten_addresses = ''\n\
                               max_connections = 200\nshared_buffers = '64MB'\nlog_min_messages = 'warning'\n";

/// Members of this role must give their password, whatever the rest of the cluster trusts.
const GUARDED_ROLE: &str = "namekeep_guarded";

/// How often the cluster is asked whether it took up its new rules, and the pause between.
const RELOAD_LOOKS: u32 = 200;
const RELOAD_PAUSE: Duration = Duration::from_millis(25);

/// Between starting and using the server the watchman may stop it; more often than this is a fault.
const START_ATTEMPTS: u32 = 5;

static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The running cluster.
pub(super) struct Cluster {
    root: PathBuf,
    /// Held as long as this process lives.
    _lock: File,
}

/// A database of the cluster, dropped with the value.
pub(super) struct TestDatabase {
    name: String,
    url: String,
    admin_url: String,
    /// The role that owns it, if it is one of its own.
    role: Option<String>,
}

impl Cluster {
    /// The cluster, started if need be.
    pub(super) fn get() -> Result<&'static Self, String> {
        CLUSTER.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// A fresh, empty database.
    pub(super) fn create_database(&self) -> Result<TestDatabase, String> {
        let name = format!("t{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
        let admin_url = url(&self.root, "postgres");
        execute(&admin_url, &format!("drop database if exists {name}"))?;
        execute(&admin_url, &format!("create database {name} template template0 strategy wal_log"))?;
        Ok(TestDatabase { url: url(&self.root, &name), name, admin_url, role: None })
    }

    /// A fresh, empty database of a role that the server lets in only with `password` (SCRAM-SHA-256).
    pub(super) fn create_guarded_database(&self, password: &str) -> Result<TestDatabase, String> {
        let mut database = self.create_database()?;
        let (name, admin) = (database.name.clone(), database.admin_url.clone());
        self.guard(&admin)?;
        execute(&admin, &format!("drop role if exists {name}"))?;
        let password = password.replace('\'', "''");
        execute(
            &admin,
            &format!(
                "set password_encryption = 'scram-sha-256'; create role {name} login password '{password}' in role {GUARDED_ROLE}; \
                 alter database {name} owner to {name}"
            ),
        )?;
        database.url = database.url.replacen(&format!("{SERVER_USER}@"), &format!("{name}@"), 1);
        database.role = Some(name);
        for _ in 0..RELOAD_LOOKS {
            if execute(&database.url, "select 1").is_err() {
                return Ok(database);
            }
            std::thread::sleep(RELOAD_PAUSE);
        }
        Err("the test cluster lets a guarded role in without its password".to_owned())
    }

    /// Puts the rule for guarded roles before the one that trusts everybody, once for the cluster's life.
    fn guard(&self, admin_url: &str) -> Result<(), String> {
        let turn = File::create(self.root.join("guard")).map_err(|error| error.to_string())?;
        turn.lock().map_err(|error| error.to_string())?;
        let rules = self.root.join("data/pg_hba.conf");
        let text = fs::read_to_string(&rules).map_err(|error| error.to_string())?;
        if text.contains(GUARDED_ROLE) {
            return Ok(());
        }
        execute(admin_url, &format!("drop role if exists {GUARDED_ROLE}; create role {GUARDED_ROLE} nologin"))?;
        fs::write(&rules, format!("local all +{GUARDED_ROLE} scram-sha-256\n{text}")).map_err(|error| error.to_string())?;
        execute(admin_url, "select pg_reload_conf()")
    }

    fn start() -> Result<Self, String> {
        let programs = find_programs()?;
        let is_root = effective_user()? == 0;
        let root = std::env::temp_dir().join(format!("namekeep-test-postgres-{}", effective_user()?));
        let lock = own_folder(&root)
            .and_then(|()| File::create(root.join("lock")))
            .map_err(|error| format!("the folder {} for the test cluster cannot be used: {error}", root.display()))?;
        if is_root {
            give_to_server_user(&root)?;
        }
        let server = Server { programs, is_root, root: root.clone() };
        for _ in 0..START_ATTEMPTS {
            // Whoever uses the server shares the lock, whoever starts it is alone.
            lock.lock_shared().map_err(|error| error.to_string())?;
            if execute(&url(&root, "postgres"), "select 1").is_ok() {
                return Ok(Self { root, _lock: lock });
            }
            lock.unlock().and_then(|()| lock.lock()).map_err(|error| error.to_string())?;
            server.ensure_running()?;
            lock.unlock().map_err(|error| error.to_string())?;
        }
        Err(format!("the test cluster in {} does not stay up", root.display()))
    }
}

impl TestDatabase {
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A failing test says enough; a database that stays is dropped with the cluster.
        drop(execute(&self.admin_url, &format!("drop database if exists {} with (force)", self.name)));
        if let Some(role) = &self.role {
            drop(execute(&self.admin_url, &format!("drop role if exists {role}")));
        }
    }
}

struct Server {
    programs: PathBuf,
    is_root: bool,
    root: PathBuf,
}

impl Server {
    fn ensure_running(&self) -> Result<(), String> {
        if execute(&url(&self.root, "postgres"), "select 1").is_ok() {
            return Ok(());
        }
        let data = self.root.join("data");
        if let Err(reason) = self.start(&data) {
            // Most likely a data folder of another version, or one that a crash left half made.
            fs::remove_dir_all(&data).map_err(|error| format!("{reason} (and {}: {error})", data.display()))?;
            self.start(&data)?;
        }
        self.start_watchman(&data)
    }

    fn start(&self, data: &Path) -> Result<(), String> {
        let data_text = data.display().to_string();
        if !data.join("PG_VERSION").exists() {
            let form = ["-U", SERVER_USER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"];
            self.run("initdb", &[&["-D", &data_text], &form[..]].concat())?;
            let settings = data.join("postgresql.conf");
            let mut text = fs::read_to_string(&settings).map_err(|error| error.to_string())?;
            text.push_str(SERVER_SETTINGS);
            fs::write(&settings, text).map_err(|error| error.to_string())?;
        }
        let log = self.root.join("log").display().to_string();
        let socket = format!("-k {}", self.root.display());
        self.run("pg_ctl", &["start", "-w", "-D", &data_text, "-l", &log, "-o", &socket])
    }

    /// Stops the server once no test process has held the lock for a few seconds.
    fn start_watchman(&self, data: &Path) -> Result<(), String> {
        let lock = self.root.join("lock").display().to_string();
        let stop = self.command("pg_ctl", &["stop", "-m", "fast", "-D", &data.display().to_string()]);
        let stop: Vec<String> =
            std::iter::once(stop.get_program()).chain(stop.get_args()).map(|word| format!("'{}'", word.to_string_lossy())).collect();
        let script = format!("while sleep 10; do flock --nonblock --exclusive '{lock}' {} && exit; done", stop.join(" "));
        Command::new("setsid")
            .args(["sh", "-c", &script])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(drop)
            .map_err(|error| format!("the watchman of the test cluster cannot start: {error}"))
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", SERVER_USER, "--regid", SERVER_USER, "--init-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir("/").stdin(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        // Not a pipe: the server would inherit it and keep it open.
        let said = self.root.join("said");
        let output = File::create(&said).map_err(|error| error.to_string())?;
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let status = self.command(program, arguments).stdout(output).stderr(errors).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(format!("`{program}` of PostgreSQL failed: {}", fs::read_to_string(&said).unwrap_or_default())),
            Err(error) => Err(format!("`{program}` of PostgreSQL cannot be run: {error}")),
        }
    }
}

fn find_programs() -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = PROGRAM_ROOTS
        .iter()
        .filter_map(|root| fs::read_dir(root).ok())
        .flat_map(|versions| versions.flatten().map(|version| version.path().join("bin")))
        .chain(PROGRAM_ROOTS.iter().map(|root| Path::new(root).join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| {
        "the tests need PostgreSQL's server programs and found none; install Debian's package `postgresql` \
         (`apt-get install postgresql`)"
            .to_owned()
    })
}

/// The folder must be ours: in a shared temporary folder somebody else could have put it there.
fn own_folder(root: &Path) -> std::io::Result<()> {
    match fs::create_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let metadata = fs::symlink_metadata(root)?;
            let user = effective_user().map_err(std::io::Error::other)?;
            let is_ours = metadata.is_dir() && (user == 0 || user == metadata.uid());
            if is_ours { Ok(()) } else { Err(std::io::Error::other("it belongs to somebody else")) }
        }
        result => result,
    }
}

fn give_to_server_user(root: &Path) -> Result<(), String> {
    let passwd = fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let ids = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(SERVER_USER)).then(|| {
            let mut ids = fields.skip(1).filter_map(|id| id.parse::<u32>().ok());
            (ids.next(), ids.next())
        })
    });
    let Some((Some(user), Some(group))) = ids else {
        return Err(format!(
            "tests run as root and PostgreSQL refuses root, but there is no user `{SERVER_USER}`; install Debian's package `postgresql`"
        ));
    };
    for path in [root.to_owned(), root.join("lock")] {
        chown(&path, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    fs::set_permissions(root, PermissionsExt::from_mode(0o755)).map_err(|error| error.to_string())
}

fn effective_user() -> Result<u32, String> {
    fs::metadata("/proc/self").map(|metadata| metadata.uid()).map_err(|error| error.to_string())
}

fn url(root: &Path, database: &str) -> String {
    format!("postgres://{SERVER_USER}@/{database}?host={}", root.display())
}

fn execute(url: &str, sql: &str) -> Result<(), String> {
    let run = |sql: &str| Client::connect(url, NoTls)?.batch_execute(sql);
    run(sql).map_err(|error| format!("the test cluster refused `{sql}`: {error}"))
}
