//! A house for the command line: a sandbox in a process of its own, and instances that work against it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::steady::steady;

/// The program.
pub const NAMEKEEP: &str = env!("CARGO_BIN_EXE_namekeep");
/// Our account at the registries.
pub const OURS: &str = "NAMEKEEP";
/// The other registrar's account.
pub const OTHER: &str = "OTHER-REG";
/// The longest anything in a test may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The shipped profiles, as `namekeep sandbox` uses them by itself.
const PROFILES: [(&str, &str); 2] = [
    ("alpha", include_str!("../../../../policy/profiles/alpha.toml")),
    ("minimal", include_str!("../../../../policy/profiles/minimal.toml")),
];

/// A complete contact file.
pub const HOLDER: &str = r#"kind = "natural"
name = "Ada Holder"
email = "ada@holder.example"
phone = { number = "+44.2079460123" }

[address]
street = ["1 Example Street"]
city = "London"
postcode = "EC1A 1BB"
country = "GB"
"#;

/// A folder with a running sandbox.
pub struct House {
    folder: tempfile::TempDir,
    sandbox: Child,
}

/// An instance in a house.
pub struct Desk<'a> {
    house: &'a House,
    folder: PathBuf,
}

/// What a command printed, and how it ended.
pub struct Ended {
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl House {
    /// Starts the sandbox and waits until it serves.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = start_sandbox(folder.path());
        let house = Self { folder, sandbox };
        wait_for("the sandbox to serve", || house.ready().is_some());
        house
    }

    /// The folder of the whole house.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; gives its path as text.
    pub fn write(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// An instance with `account` at both registries, made as an operator would make it.
    pub fn desk(&self, account: &str) -> Desk<'_> {
        self.desk_at(account, account)
    }

    /// The same in a folder of another name.
    pub fn desk_at(&self, folder: &str, account: &str) -> Desk<'_> {
        self.bare_desk(folder);
        self.configured_at(folder, account)
    }

    /// An instance that was made before, with its account at both registries.
    pub fn configured(&self, account: &str) -> Desk<'_> {
        self.configured_at(account, account)
    }

    fn configured_at(&self, folder: &str, account: &str) -> Desk<'_> {
        let desk = self.reopen(folder);
        let mut configuration = std::fs::OpenOptions::new().append(true).open(desk.folder.join("namekeep.toml")).unwrap();
        for (id, profile) in PROFILES {
            std::fs::write(desk.folder.join(format!("registries/{id}.toml")), profile).unwrap();
            configuration.write_all(self.account_block(id, account).as_bytes()).unwrap();
        }
        desk
    }

    /// An instance of this house that was made before.
    pub fn reopen(&self, name: &str) -> Desk<'_> {
        Desk { house: self, folder: self.path(name) }
    }

    /// One request to the sandbox's control socket, which must not be refused.
    pub fn control(&self, request: &serde_json::Value) -> serde_json::Value {
        use std::io::BufRead as _;
        let mut socket = std::os::unix::net::UnixStream::connect(self.path("sandbox/control.sock")).unwrap();
        socket.write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        std::io::BufReader::new(socket).read_line(&mut line).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_ne!(answer["answer"], "refused", "{answer}");
        answer
    }

    /// An instance fresh from `init`, without registries.
    pub fn bare_desk(&self, name: &str) -> Desk<'_> {
        let folder = self.path(name);
        let ended = run(Command::new(NAMEKEEP).arg("init").arg(&folder).args(["--operator", "tester"]));
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        Desk { house: self, folder }
    }

    /// The `[[registry]]` block of an account.
    pub fn account_block(&self, registry: &str, account: &str) -> String {
        let sandbox = self.path("sandbox").display().to_string();
        let address = self.address(registry);
        format!(
            "\n[[registry]]\nprofile = \"registries/{registry}.toml\"\naccount = \"{account}\"\naddress = \"{address}\"\n\
             password_file = \"{sandbox}/clients/{account}.password\"\ntrust = {{ kind = \"private-ca\", file = \"{sandbox}/ca.pem\" }}\n\
             client_certificates = [{{ chain = \"{sandbox}/clients/{account}.pem\", key = \"{sandbox}/clients/{account}.key\" }}]\n"
        )
    }

    /// Stops the registries, as an outage does.
    pub fn stop_sandbox(&mut self) {
        self.sandbox.kill().unwrap();
        self.sandbox.wait().unwrap();
    }

    /// Starts the registries anew, empty: they have lost everything. Instances must be told the new addresses.
    pub fn empty_sandbox(&mut self) {
        self.stop_sandbox();
        std::fs::remove_file(self.path("sandbox/ready.json")).unwrap();
        self.sandbox = start_sandbox(self.folder.path());
        wait_for("the sandbox to serve again", || self.ready().is_some());
    }

    fn ready(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&std::fs::read(self.path("sandbox/ready.json")).ok()?).ok()
    }

    /// Where a registry listens.
    pub fn address(&self, registry: &str) -> String {
        let ready = self.ready().unwrap();
        let found = ready["registries"].as_array().unwrap().iter().find(|one| one["id"] == registry).unwrap();
        found["addr"].as_str().unwrap().to_owned()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // Ended already is what we want.
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
    }
}

impl Desk<'_> {
    /// The instance's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Changes the configuration.
    pub fn reconfigure(&self, change: impl FnOnce(String) -> String) {
        let path = self.path("namekeep.toml");
        let text = change(std::fs::read_to_string(&path).unwrap());
        std::fs::write(path, text).unwrap();
    }

    /// A command of the program on this instance; words between single quotes are one argument.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(NAMEKEEP);
        command.arg("--dir").arg(&self.folder).args(arguments(line)).current_dir(self.house.folder.path());
        command.env_remove("NAMEKEEP_TOKEN_FILE").env_remove("NAMEKEEP_DIR").env_remove("NAMEKEEP_LOG");
        command
    }

    /// Runs a command and waits for its end.
    pub fn run(&self, line: &str) -> Ended {
        run(&mut self.command(line))
    }

    /// What a command says, made comparable, with its exit code.
    pub fn says(&self, line: &str) -> String {
        let ended = self.run(line);
        let code = ended.code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
        steady(&format!("{}{}exit {code}", ended.out, ended.err), self.house.folder.path())
    }

    /// Runs a command that must succeed; gives what it printed.
    pub fn done(&self, line: &str) -> String {
        let ended = self.run(line);
        assert_eq!(ended.code, Some(0), "`{line}`: {}{}", ended.out, ended.err);
        ended.out
    }

    /// The JSON of a command that must succeed.
    pub fn json(&self, line: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&format!("--json {line}"))).unwrap()
    }

    /// Saves a contact; gives its id.
    pub fn holder(&self) -> String {
        self.house.write("holder.toml", HOLDER);
        self.done("contact save holder.toml").trim().to_owned()
    }

    /// Registers a name for a holder, with two foreign name servers.
    pub fn register(&self, name: &str, holder: &str) {
        self.done(&order(name, holder));
    }
}

fn start_sandbox(folder: &Path) -> Child {
    let mut command = Command::new(NAMEKEEP);
    command.args(["sandbox", "--folder"]).arg(folder.join("sandbox"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The command that registers a name in the way of [`Desk::register`].
pub fn order(name: &str, holder: &str) -> String {
    let contacts = if name.ends_with(".alpha") { format!(" --admin {holder} --tech {holder}") } else { String::new() };
    format!("domain register {name} --registrant {holder}{contacts} --ns ns1.provider.example --ns ns2.provider.example")
}

/// Runs a command without input.
pub fn run(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Waits until something holds.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "waited {} s for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every file below a folder with its content.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> = crate::scene::files_below(folder);
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap_or_default())).collect()
}

fn arguments(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(index, part)| match index % 2 {
            1 => vec![part.to_owned()],
            _ => part.split_whitespace().map(str::to_owned).collect(),
        })
        .collect()
}
