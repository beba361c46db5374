//! An instance for the judges: the program as it is shipped, with an account at a registry of a sandbox.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};

use anyhow::{Context, Result};

use crate::command_line::{CommandLine, end, open_log};
use crate::room::Room;
use crate::running_sandbox::RunningSandbox;
use crate::steps::NAMEKEEP;

/// An instance in a folder of its own.
pub struct House<'r> {
    room: &'r Room,
    /// Where it is.
    pub folder: PathBuf,
    /// Its configuration, without what a judge adds.
    pub configuration: String,
}

impl<'r> House<'r> {
    /// Makes an instance with an account at one registry.
    pub fn make(room: &'r Room, folder: &Path, sandbox: &RunningSandbox, registry_id: &str) -> Result<Self> {
        let mut house = Self { room, folder: folder.to_owned(), configuration: String::new() };
        let path = house.folder.display().to_string();
        let line = CommandLine::new([NAMEKEEP, "init", path.as_str(), "--operator", "judge"]);
        line.probe(room.root()).with_context(|| format!("`{line}` fails"))?;
        let profile = format!("registries/{registry_id}.toml");
        fs::copy(room.root().join(format!("crates/policy/profiles/{registry_id}.toml")), house.folder.join(&profile))?;
        let registry = sandbox.ready.registries.iter().find(|registry| registry.id == registry_id);
        let registry = registry.with_context(|| format!("no registry `{registry_id}`"))?;
        let us = sandbox.ready.registrars.first().context("the sandbox knows no registrar")?;
        let files = sandbox.credentials(us);
        let account = format!(
            "\n[[registry]]\nprofile = \"{profile}\"\naccount = \"{}\"\naddress = \"{}\"\npassword_file = \"{}\"\n\
             trust = {{ kind = \"private-ca\", file = \"{}\" }}\nclient_certificates = [{{ chain = \"{}\", key = \"{}\" }}]\n",
            us.id,
            registry.addr,
            files.password.display(),
            sandbox.ca().display(),
            files.cert.display(),
            files.key.display()
        );
        let written = fs::read_to_string(house.folder.join("namekeep.toml"))?;
        house.configuration = format!("{written}{account}");
        Ok(house)
    }

    /// An instance that is there already, without what its configuration has from `cut` on.
    pub fn found(room: &'r Room, folder: &Path, cut: &str) -> Result<Self> {
        let written = fs::read_to_string(folder.join("namekeep.toml"))?;
        let configuration = written.split(cut).next().unwrap_or_default().to_owned();
        Ok(Self { room, folder: folder.to_owned(), configuration })
    }

    /// Writes its configuration with this much more.
    pub fn configure(&self, more: &str) -> Result<()> {
        Ok(fs::write(self.folder.join("namekeep.toml"), format!("{}{more}", self.configuration))?)
    }

    /// Serves with this much more in its configuration, until the child is ended.
    pub fn serve(&self, log: &Path, more: &str) -> Result<Serving> {
        self.configure(more)?;
        let line = self.line().args(["serve"]);
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let child = line.command(self.root()).stdout(output).stderr(errors).spawn();
        Ok(Serving(child.with_context(|| format!("`{line}` cannot be started"))?))
    }

    /// What a command says that must end well.
    pub fn says(&self, words: &[&str]) -> Result<String> {
        let line = self.line().args(words.iter().copied());
        line.probe(self.root()).with_context(|| format!("`{line}` fails"))
    }

    /// A command that may end in any way.
    pub fn tries(&self, words: &[&str]) -> Result<Output> {
        let line = self.line().args(words.iter().copied());
        line.command(self.root()).output().with_context(|| format!("`{line}` cannot be started"))
    }

    /// What `doctor` says, in one line, however it ends.
    pub fn doctor(&self) -> Result<String> {
        let said = self.tries(&["doctor"])?.stdout;
        Ok(String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// The beginning of a command on it.
    pub fn line(&self) -> CommandLine {
        CommandLine::new([NAMEKEEP, "--dir"]).args([self.folder.display().to_string()])
    }

    /// Where commands run.
    pub fn root(&self) -> &Path {
        self.room.root()
    }
}

/// An instance at work, ended with this.
pub struct Serving(Child);

impl Serving {
    /// Ends it.
    pub fn end(&mut self) {
        end(&mut self.0);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.end();
    }
}
