//! Whole objects in a folder over SFTP, each in a folder of its own below: put once and never written over, got, listed, removed.

use std::time::Duration;

use russh_sftp::protocol::OpenFlags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::connect::{self, Line, Target};
use super::fault::SendFault;
use super::send::{PART, end_part, is_missing, length_of, refused, there};

/// How long one object may take on its way: what is slower than this is no line for backups.
const OBJECT_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What became of an object that was to be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It lies there.
    Done,
    /// Something has its name.
    Occupied,
}

/// A session at a host, logged in.
pub struct Session {
    line: Line,
    target: Target,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.target.place())
    }
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// [`SendFault`].
    pub async fn open(target: &Target) -> Result<Self, SendFault> {
        Ok(Self { line: connect::connect(target).await?, target: target.clone() })
    }

    /// Puts an object: under a name that says that it is not whole, and moved to its own when all of it arrived and, where the host can, was
    /// made durable.
    ///
    /// # Errors
    /// [`SendFault`]; nothing has its name then, unless the answer to the last step was lost.
    pub async fn put(&self, name: &str, content: &[u8]) -> Result<Put, SendFault> {
        limited("take", name, self.put_whole(name, content)).await
    }

    async fn put_whole(&self, name: &str, content: &[u8]) -> Result<Put, SendFault> {
        let sftp = &self.line.sftp;
        let (whole, part) = (there(&self.target, name), there(&self.target, &format!("{name}{PART}")));
        if length_of(sftp, &whole).await.map_err(refused("look for", name))?.is_some() {
            return Ok(Put::Occupied);
        }
        for folder in folders_of(&whole) {
            // Whether it was there already shows when something is put into it.
            drop(sftp.create_dir(folder).await);
        }
        let flags = OpenFlags::CREATE | OpenFlags::WRITE | OpenFlags::TRUNCATE;
        let mut remote = sftp.open_with_flags(part.clone(), flags).await.map_err(refused("take", name))?;
        let broken = |error: std::io::Error| SendFault::Refused { step: format!("take {name}"), reason: error.to_string() };
        remote.write_all(content).await.map_err(broken)?;
        end_part(sftp, remote, &part, name, content.len() as u64).await?;
        // Version 3 of the protocol renames onto nothing: what came there meanwhile stays.
        sftp.rename(part, whole).await.map_err(refused("put in its place", name))?;
        Ok(Put::Done)
    }

    /// An object of at most `limit` bytes; none if there is none of that name.
    ///
    /// # Errors
    /// [`SendFault`], also where it is longer.
    pub async fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SendFault> {
        limited("give", name, async {
            let whole = there(&self.target, name);
            let remote = match self.line.sftp.open(whole).await {
                Ok(remote) => remote,
                Err(error) if is_missing(&error) => return Ok(None),
                Err(error) => return Err(refused("give", name)(error)),
            };
            let mut content = Vec::new();
            let read = remote.take(limit.saturating_add(1)).read_to_end(&mut content).await;
            let broken = |reason: String| SendFault::Refused { step: format!("give {name}"), reason };
            if read.map_err(|error| broken(error.to_string()))? as u64 > limit {
                return Err(broken(format!("it has more than {limit} bytes")));
            }
            Ok(Some(content))
        })
        .await
    }

    /// The names of all whole objects, `folder/file`, at most `limit`.
    ///
    /// # Errors
    /// [`SendFault`], also where there are more.
    pub async fn list(&self, limit: usize) -> Result<Vec<String>, SendFault> {
        let read = async |folder: &str| match self.line.sftp.read_dir(folder).await {
            Ok(entries) => Ok(entries.map(|entry| (entry.file_name(), entry.file_type().is_dir())).collect::<Vec<_>>()),
            Err(error) if is_missing(&error) => Ok(Vec::new()),
            Err(error) => Err(refused("list", folder)(error)),
        };
        let mut names = Vec::new();
        for (folder, _) in read(self.target.top()).await?.into_iter().filter(|(_, is_folder)| *is_folder) {
            for (file, _) in read(&there(&self.target, &folder)).await?.into_iter().filter(|(_, is_folder)| !*is_folder) {
                if !file.ends_with(PART) {
                    names.push(format!("{folder}/{file}"));
                }
                if names.len() > limit {
                    return Err(SendFault::Refused { step: "list".to_owned(), reason: format!("it has more than {limit} objects") });
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Removes an object, and its folder with the last; one that is not there is removed already.
    ///
    /// # Errors
    /// [`SendFault`].
    pub async fn remove(&self, name: &str) -> Result<(), SendFault> {
        let whole = there(&self.target, name);
        match self.line.sftp.remove_file(whole.clone()).await {
            Err(error) if !is_missing(&error) => Err(refused("remove", name)(error)),
            _ => {
                if let Some((folder, _)) = whole.rsplit_once('/') {
                    // While there are others, it stays.
                    drop(self.line.sftp.remove_dir(folder).await);
                }
                Ok(())
            }
        }
    }

    /// Says farewell.
    pub async fn close(self) {
        self.line.close().await;
    }
}

async fn limited<T>(doing: &str, name: &str, work: impl Future<Output = Result<T, SendFault>>) -> Result<T, SendFault> {
    let late =
        |_| SendFault::Refused { step: format!("{doing} {name}"), reason: format!("it took more than {} s", OBJECT_LIMIT.as_secs()) };
    tokio::time::timeout(OBJECT_LIMIT, work).await.map_err(late)?
}

/// The folders above a file, from the top.
fn folders_of(file: &str) -> impl Iterator<Item = &str> {
    file.match_indices('/').map(|(at, _)| &file[..at]).filter(|folder| !folder.is_empty())
}
