//! A Postfix of its own: configuration, queue and mailbox in one folder, on a port of this machine, ended and removed with this. No mail
//! leaves the machine by it. Needs root, because Postfix does.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::command_line::CommandLine;
use crate::wait::wait_for_port;

/// The domain whose mailboxes it should hold and has none of.
pub const HOLDERS: &str = "holder.test";

/// The domain that bounces come back to.
pub const RETURNS: &str = "bounces.registrar.test";

/// Owner of the mailbox: Debian's `nobody`.
const NOBODY: u32 = 65_534;

/// The longest it may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(30);

/// What runs in it. Local delivery knows no user, so each message for a holder comes back.
const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
local unix - n n - - local
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
";

/// A running Postfix.
pub struct Postfix {
    folder: PathBuf,
    /// Where it takes mail.
    pub port: u16,
}

impl Postfix {
    /// Starts one and waits until it serves.
    pub fn start() -> Result<Self> {
        // Its own users must reach the folder, which they may not below a developer's home.
        let folder = std::env::temp_dir().join(format!("namekeep-postfix-{}", std::process::id()));
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let postfix = Self { folder, port };
        postfix.prepare().with_context(|| format!("{} cannot be prepared", postfix.folder.display()))?;
        postfix.tell("start").context("Postfix does not start")?;
        wait_for_port("Postfix to serve", port, START_LIMIT).with_context(|| postfix.log())?;
        Ok(postfix)
    }

    /// The Maildir of the bounces.
    pub fn bounces(&self) -> PathBuf {
        self.folder.join("bounces")
    }

    /// What it wrote into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("mail.log")).unwrap_or_default()
    }

    fn prepare(&self) -> Result<()> {
        for (part, owner) in [("etc", None), ("queue", None), ("data", Some(postfix_user()?)), ("bounces", Some(NOBODY))] {
            let path = self.folder.join(part);
            fs::create_dir_all(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
            chown(&path, owner, None)?;
        }
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o755))?;
        fs::write(self.folder.join("etc/main.cf"), main_cf(&self.folder))?;
        fs::write(self.folder.join("etc/master.cf"), format!("127.0.0.1:{} inet n - n - - smtpd\n{SERVICES}", self.port))?;
        Ok(())
    }

    fn tell(&self, what: &str) -> Result<()> {
        let configuration = self.folder.join("etc").display().to_string();
        let line = CommandLine::new(["/usr/sbin/postfix", "-c", configuration.as_str(), what]);
        line.probe(Path::new("/")).map(drop).with_context(|| format!("`{line}` fails: {}", self.log()))
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // What does not end or go away lies in the folder for temporary things.
        let _ = self.tell("stop");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The configuration. Everything Debian lays down for its own instance is said anew where it matters.
fn main_cf(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "compatibility_level = 3.6\nqueue_directory = {folder}/queue\ndata_directory = {folder}/data\ncommand_directory = /usr/sbin\n\
         daemon_directory = /usr/lib/postfix/sbin\nmeta_directory = /etc/postfix\nshlib_directory = /usr/lib/postfix\nmail_owner = postfix\n\
         setgid_group = postdrop\nmyhostname = mx.{HOLDERS}\nmydestination = {HOLDERS}\nmynetworks = 127.0.0.0/8\n\
         inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nlocal_recipient_maps =\nalias_maps =\nalias_database =\n\
         recipient_delimiter = +\nvirtual_mailbox_domains = {RETURNS}\nvirtual_mailbox_base = {folder}\n\
         virtual_mailbox_maps = static:bounces/\nvirtual_uid_maps = static:{NOBODY}\nvirtual_gid_maps = static:{NOBODY}\n\
         maillog_file = {folder}/mail.log\nmaillog_file_prefixes = /var, {folder}\n\
         default_transport = error:no mail leaves this machine\nrelay_transport = error:no mail leaves this machine\n"
    )
}

/// The number of Postfix's own user.
fn postfix_user() -> io::Result<u32> {
    let id = CommandLine::new(["id", "-u", "postfix"]).probe(Path::new("/")).and_then(|id| id.parse().ok());
    id.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no user `postfix`"))
}
