//! A scene for tests: two registries over TLS in this process, an instance of the real program in a folder, and its commands.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Contact, CountryCode, Email, LegalKind, Phone, PostalAddress, RegistrarHandle, RegistryId};
use policy::profile::RegistryProfile;
use sandbox::control::Client;
use sandbox::{RunningWorld, VirtualClock, World, WorldSetup};
use store::{DatabaseUrl, SignerKey, Store};

/// The program.
const NAMEKEEP: &str = env!("CARGO_BIN_EXE_namekeep");
/// Our account at both registries.
pub const OURS: &str = "NAMEKEEP";
/// The other registrar's account at both registries.
pub const OTHER: &str = "OTHER-REG";

/// The profiles, with the registries' deadlines as they are shipped.
const PROFILES: [(&str, &str); 2] =
    [("alpha", include_str!("../../../policy/profiles/alpha.toml")), ("minimal", include_str!("../../../policy/profiles/minimal.toml"))];
/// Deadlines for tests, in place of the shipped ones: an outcome can be believed soon.
const DEADLINES: &str = "\n[registry.deadlines]\nlogin_seconds = 5\nquery_seconds = 2\ntransform_seconds = 2\n";

/// The launch phases of `.beta` as shipped, and those for tests: on any day its claims phase.
const PHASES: (&str, &str) = (
    "from = 2026-06-01\nto = 2026-08-01\n\n[[tld.phases]]\nkind = \"claims\"\nfrom = 2026-08-01\nto = 2026-10-30\n",
    "from = 2019-01-01\nto = 2020-01-01\n\n[[tld.phases]]\nkind = \"claims\"\nfrom = 2020-01-01\nto = 2120-01-01\n",
);
/// A third TLD at the thick registry, on any day in its sunrise.
const GAMMA: &str = "\n[[tld]]\nname = \"gamma\"\nrename_hosts_to = \"sacrificial.invalid\"\n\n[[tld.contacts]]\nregistrant = \"required\"\ntech = \"optional\"\n\n\
    [[tld.phases]]\nkind = \"sunrise\"\nfrom = 2020-01-01\nto = 2120-01-01\n\n[tld.fees]\ncurrency = \"USD\"\ncreate = \"12.00\"\nrenew = \"12.00\"\n";

/// Registries and an instance.
pub struct Scene {
    /// The registries.
    pub world: RunningWorld,
    /// What moves them.
    pub control: Client,
    /// The instance's folder.
    pub instance: PathBuf,
    profiles: Vec<(String, RegistryProfile, String)>,
    folder: tempfile::TempDir,
}

/// What a command of the program printed, and how it ended.
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything it printed, standard output and standard error.
    pub printed: String,
}

/// A running `namekeep serve`. It is killed when this goes, also where a test ends in a panic: nothing outlives its test.
pub struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Scene {
    /// Sets the scene.
    pub async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profiles: Vec<(String, RegistryProfile, String)> = PROFILES
            .iter()
            .map(|(id, text)| {
                let text = with_launches(&with_deadlines(text));
                ((*id).to_owned(), RegistryProfile::parse(&text, id).unwrap(), text)
            })
            .collect();
        let handles = [OURS, OTHER].map(|handle| RegistrarHandle::parse(handle).unwrap());
        let setup =
            WorldSetup::new(profiles.iter().map(|(_, profile, _)| profile.clone()).collect(), handles.to_vec(), VirtualClock::real());
        let sandbox = folder.path().join("sandbox");
        let world = World::start(&sandbox, setup).await.unwrap();
        let control = Client::connect(&sandbox).await.unwrap();
        let scene = Self { world, control, instance: folder.path().join("instance"), profiles, folder };
        scene.found(&scene.instance, OURS);
        scene
    }

    /// Makes an instance as an operator would: `init`, profiles, accounts.
    pub fn found(&self, instance: &Path, account: &str) {
        let init = run(Command::new(NAMEKEEP).args(["init", &instance.display().to_string(), "--operator", "Test Operator"]));
        assert!(init.status.success(), "{}", init.printed);
        let path = instance.join("namekeep.toml");
        let mut configuration = std::fs::read_to_string(&path).unwrap();
        let sandbox = self.folder.path().join("sandbox").display().to_string();
        for (id, _, text) in &self.profiles {
            std::fs::write(instance.join(format!("registries/{id}.toml")), text).unwrap();
            let address = self.world.ready().registries.iter().find(|ready| ready.id.as_str() == id).unwrap().addr;
            configuration.push_str(&format!(
                "\n[[registry]]\nprofile = \"registries/{id}.toml\"\naccount = \"{account}\"\naddress = \"{address}\"\n\
                 password_file = \"{sandbox}/clients/{account}.password\"\ntrust = {{ kind = \"private-ca\", file = \"{sandbox}/ca.pem\" }}\n\
                 client_certificates = [{{ chain = \"{sandbox}/clients/{account}.pem\", key = \"{sandbox}/clients/{account}.key\" }}]\n"
            ));
        }
        std::fs::write(&path, configuration).unwrap();
    }

    /// A folder for what a test writes besides.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The registries of the scene.
    pub fn registries() -> [RegistryId; 2] {
        PROFILES.map(|(id, _)| RegistryId::parse(id).unwrap())
    }

    /// Runs a command of the program on the instance with its whole log, and waits for its end while the registries go on.
    pub async fn namekeep(&self, instance: &Path, arguments: &[&str]) -> Ended {
        let mut command = command(instance, arguments);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap()
    }

    /// Starts `namekeep serve`, its output and so much of its log going to a file.
    pub fn serve(&self, log: &Path, level: &str) -> Serving {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut command = command(&self.instance, &["serve"]);
        command.env("NAMEKEEP_LOG", level).stdout(file.try_clone().unwrap()).stderr(file).stdin(Stdio::null());
        Serving(command.spawn().unwrap())
    }

    /// The instance's own state.
    pub fn store(&self) -> Store {
        let signer = SignerKey::read(&self.instance.join("keys/ledger.key")).unwrap();
        Store::open_with_signer(&DatabaseUrl::sqlite(&self.instance.join("state/namekeep.db")), signer).unwrap()
    }
}

/// A command of the program on an instance, with everything it can say.
fn command(instance: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(NAMEKEEP);
    command.arg("--dir").arg(instance).args(arguments).env("NAMEKEEP_LOG", "trace");
    command
}

fn run(command: &mut Command) -> Ended {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ended { status: output.status, printed }
}

/// Somebody to hold names.
pub fn person(name: &str, email: &str) -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: name.to_owned(),
        organisation: None,
        address: PostalAddress {
            street: vec!["1 Example Street".to_owned()],
            city: "London".to_owned(),
            province: None,
            postcode: Some("EC1A 1BB".to_owned()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: Some(Phone::parse("+44.2079460123", None).unwrap()),
        fax: None,
        email: Email::parse(email).unwrap(),
    }
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// Whether `bytes` hold `wanted`.
pub fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// The content of a file, empty where it went away.
pub fn content(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(mut file) = std::fs::File::open(path) {
        file.read_to_end(&mut bytes).unwrap();
    }
    bytes
}

/// The thick registry with a TLD in each launch phase; the other as it is.
fn with_launches(text: &str) -> String {
    match text.split_once(PHASES.0) {
        Some((before, rest)) => format!("{before}{}{rest}{GAMMA}", PHASES.1),
        None => text.to_owned(),
    }
}

/// A signed mark for these labels as its holder gets it, its holder's name in it; its signature signs nothing.
pub fn signed_mark(holder: &str, labels: &[&str]) -> String {
    let labels: String = labels.iter().map(|label| format!("<mark:label>{label}</mark:label>")).collect();
    let xml = format!(
        "<smd:signedMark xmlns:smd=\"urn:ietf:params:xml:ns:signedMark-1.0\" id=\"_1\"><smd:id>0000001751376056503931-65535</smd:id>\
         <smd:notBefore>2020-01-01T00:00:00Z</smd:notBefore><smd:notAfter>2120-01-01T00:00:00Z</smd:notAfter>\
         <mark:mark xmlns:mark=\"urn:ietf:params:xml:ns:mark-1.0\"><mark:trademark><mark:holder><mark:name>{holder}</mark:name></mark:holder>\
         {labels}</mark:trademark></mark:mark></smd:signedMark>"
    );
    format!("Marks: Example\n-----BEGIN ENCODED SMD-----\n{}\n-----END ENCODED SMD-----\n", STANDARD.encode(xml))
}

/// The profile with short deadlines: its own section for them replaced, or one added.
fn with_deadlines(text: &str) -> String {
    let (before, rest) = match text.split_once("[registry.deadlines]") {
        Some((before, section)) => (before, section.split_once("\n[").map_or(String::new(), |(_, rest)| format!("\n[{rest}"))),
        None => {
            let (before, rest) = text.split_once("[registry.namespaces]").unwrap();
            (before, format!("[registry.namespaces]{rest}"))
        }
    };
    format!("{before}{DEADLINES}{rest}")
}
