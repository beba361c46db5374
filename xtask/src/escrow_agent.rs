//! An escrow agent of our own: OpenSSH's server on a port of this machine, for one user, by SFTP alone, shut into a folder. Needs root, because
//! a shut-in folder does.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command_line::{CommandLine, end, open_log};
use crate::wait::wait_for_port;

/// Who may log in: Debian's `nobody`.
pub const USER: &str = "nobody";
const NOBODY: u32 = 65_534;

/// The folder that deposits arrive in, as the user sees it.
pub const INCOMING: &str = "incoming";

/// The longest it may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A running server.
pub struct EscrowAgent {
    /// Everything of it. Its parents must be root's alone, which those of temporary folders are not.
    folder: PathBuf,
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl EscrowAgent {
    /// Starts one that lets the bearer of this public key in, and waits until it serves.
    pub fn start(client_key: &str, log: &Path) -> Result<Self> {
        let folder = PathBuf::from(format!("/run/namekeep-escrow-agent-{}", std::process::id()));
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        prepare(&folder, port, client_key).with_context(|| format!("{} cannot be prepared", folder.display()))?;
        let config = folder.join("sshd_config").display().to_string();
        let line = CommandLine::new(["/usr/sbin/sshd", "-D", "-e", "-f", config.as_str()]);
        let output = open_log(log)?;
        let child = line.command(Path::new("/")).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn();
        let agent = Self { folder, child: child.with_context(|| format!("`{line}` cannot be started"))?, port };
        wait_for_port("sshd to serve", port, START_LIMIT)?;
        Ok(agent)
    }

    /// Where deposits arrive.
    pub fn incoming(&self) -> PathBuf {
        self.folder.join("jail").join(INCOMING)
    }

    /// The public half of its host key, as OpenSSH writes it.
    pub fn host_key(&self) -> Result<String> {
        let key = fs::read_to_string(self.folder.join("host_key.pub"))?;
        Ok(key.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
    }

    /// Removes what arrived.
    pub fn clear(&self) -> Result<()> {
        for entry in fs::read_dir(self.incoming())? {
            let path = entry?.path();
            if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
        Ok(())
    }
}

impl Drop for EscrowAgent {
    fn drop(&mut self) {
        end(&mut self.child);
        // What does not go away lies in the folder for running programs, which is emptied at the next start of the machine.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a key pair of OpenSSH.
pub fn make_ssh_key(file: &Path) -> Result<()> {
    let file = file.display().to_string();
    let line = CommandLine::new(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "judge", "-f", file.as_str()]);
    line.probe(Path::new("/")).map(drop).with_context(|| format!("`{line}` fails"))
}

fn prepare(folder: &Path, port: u16, client_key: &str) -> Result<()> {
    // The server insists on a folder of its own for its unprivileged half.
    fs::create_dir_all("/run/sshd")?;
    let incoming = folder.join("jail").join(INCOMING);
    fs::create_dir_all(&incoming)?;
    for path in [folder.to_owned(), folder.join("jail")] {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    chown(&incoming, Some(NOBODY), None)?;
    make_ssh_key(&folder.join("host_key"))?;
    fs::write(folder.join("authorized_keys"), client_key)?;
    let place = folder.display();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host_key\nPidFile {place}/pid\nAuthorizedKeysFile {place}/authorized_keys\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin no\nUsePAM no\nAllowUsers {USER}\n\
         Subsystem sftp internal-sftp\nMatch User {USER}\n    ChrootDirectory {place}/jail\n    ForceCommand internal-sftp\n\
         \x20   AllowTcpForwarding no\n"
    );
    Ok(fs::write(folder.join("sshd_config"), config)?)
}
