//! Sending the files of a deposit, in the order of its manifest.

use std::io::SeekFrom;
use std::path::Path;

use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::client::fs::File;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::connect::{self, Target};
use super::fault::SendFault;
use crate::deposit::{FileRecord, Manifest};

/// Ends the name of a file that is not whole.
pub(super) const PART: &str = ".part";

/// Digits of the digest in the name of a part.
const DIGEST_DIGITS: usize = 16;

/// How much is read and sent at once, in bytes.
const PIECE_BYTES: usize = 1 << 20;

/// Is told how far the sending is.
pub trait Progress {
    /// So many bytes of a file were taken by the host, of so many.
    fn sent(&self, file: &FileRecord, bytes: u64);
}

/// Tells nobody.
impl Progress for () {
    fn sent(&self, _: &FileRecord, _: u64) {}
}

/// Sends a deposit from a folder. A file that an earlier run began is gone on with; one that lies there under its name is replaced.
///
/// # Errors
/// [`SendFault`]; the agent's folder holds no file then that looks complete and is not.
pub async fn send(target: &Target, folder: &Path, manifest: &Manifest, progress: &(dyn Progress + Sync)) -> Result<(), SendFault> {
    let line = connect::connect(target).await?;
    sweep(&line.sftp, target, manifest).await;
    let mut result = Ok(());
    for file in &manifest.files {
        result = send_file(&line.sftp, target, folder, file, progress).await;
        if result.is_err() {
            break;
        }
    }
    line.close().await;
    result
}

/// Removes what earlier runs began to send of deposits that are not sent any more. Agents' servers need not let us look: then it stays.
async fn sweep(sftp: &SftpSession, target: &Target, manifest: &Manifest) {
    let Ok(entries) = sftp.read_dir(target.top()).await else { return };
    let (ours, wanted) = (format!("{}_RDE_", manifest.registrar), manifest.files.iter().map(part_name).collect::<Vec<_>>());
    let begun = entries.map(|entry| entry.file_name()).filter(|name| name.starts_with(&ours) && name.ends_with(PART));
    for name in begun.filter(|name| !wanted.contains(name)).collect::<Vec<_>>() {
        drop(sftp.remove_file(there(target, &name)).await);
    }
}

/// What a file is called until all of it arrived: the digest says that what is there already belongs to this very file.
fn part_name(record: &FileRecord) -> String {
    format!("{}.{}{PART}", record.name, record.sha256.get(..DIGEST_DIGITS).unwrap_or(&record.sha256))
}

async fn send_file(
    sftp: &SftpSession,
    target: &Target,
    folder: &Path,
    record: &FileRecord,
    progress: &(dyn Progress + Sync),
) -> Result<(), SendFault> {
    let name = there(target, &record.name);
    let part = there(target, &part_name(record));
    let unreadable = |error: std::io::Error| SendFault::File { file: record.name.clone(), reason: error.to_string() };
    let mut local = tokio::fs::File::open(folder.join(&record.name)).await.map_err(unreadable)?;
    let length = local.metadata().await.map_err(unreadable)?.len();
    if length != record.bytes {
        let reason = format!("it has {length} bytes and the manifest says {}", record.bytes);
        return Err(SendFault::File { file: record.name.clone(), reason });
    }
    // Writes are in flight side by side, so what a broken line left may have a hole near its end: that much is sent again.
    let begun = length_of(sftp, &part).await.map_err(refused("look for the beginning of", &record.name))?.unwrap_or(0);
    let from = if begun > length { 0 } else { begun.saturating_sub(connect::IN_FLIGHT_BYTES) };
    local.seek(SeekFrom::Start(from)).await.map_err(unreadable)?;
    let mut remote =
        sftp.open_with_flags(part.clone(), OpenFlags::CREATE | OpenFlags::WRITE).await.map_err(refused("take", &record.name))?;
    let broken = |error: std::io::Error| SendFault::Refused { step: format!("take {}", record.name), reason: error.to_string() };
    remote.seek(SeekFrom::Start(from)).await.map_err(broken)?;
    let (mut piece, mut sent) = (vec![0; PIECE_BYTES], from);
    loop {
        let read = local.read(&mut piece).await.map_err(unreadable)?;
        if read == 0 {
            break;
        }
        remote.write_all(&piece[..read]).await.map_err(broken)?;
        sent += read as u64;
        progress.sent(record, sent);
    }
    end_part(sftp, remote, &part, &record.name, length).await?;
    put_in_place(sftp, &part, &name).await.map_err(refused("put in its place", &record.name))
}

/// Ends the writing of a part: it is durable, where the host can, and as long as what was sent. `name` is for messages.
pub(super) async fn end_part(sftp: &SftpSession, mut remote: File, part: &str, name: &str, length: u64) -> Result<(), SendFault> {
    let broken = |error: std::io::Error| SendFault::Refused { step: format!("take {name}"), reason: error.to_string() };
    remote.flush().await.map_err(broken)?;
    // Servers need not know how to sync.
    remote.sync_all().await.map_err(refused("keep", name))?;
    remote.shutdown().await.map_err(broken)?;
    let arrived = length_of(sftp, part).await.map_err(refused("look at", name))?;
    if arrived == Some(length) {
        return Ok(());
    }
    // What lies there is no beginning of it.
    drop(sftp.remove_file(part).await);
    let reason = format!("{} of {length} bytes arrived", arrived.unwrap_or(0));
    Err(SendFault::Refused { step: format!("take {name}"), reason })
}

/// What a host's refusal of a step is told as.
pub(super) fn refused(doing: &str, name: &str) -> impl Fn(Error) -> SendFault {
    let step = format!("{doing} {name}");
    move |error| SendFault::Refused { step: step.clone(), reason: error.to_string() }
}

/// Whether a host says that there is nothing of that name.
pub(super) fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Status(status) if status.status_code == StatusCode::NoSuchFile)
}

/// Moves a part to its name. Where a file has the name, it goes first: version 3 of the protocol renames onto nothing.
async fn put_in_place(sftp: &SftpSession, part: &str, name: &str) -> Result<(), Error> {
    if length_of(sftp, name).await?.is_some() {
        sftp.remove_file(name).await?;
    }
    sftp.rename(part, name).await
}

pub(super) async fn length_of(sftp: &SftpSession, name: &str) -> Result<Option<u64>, Error> {
    match sftp.metadata(name).await {
        Ok(metadata) => Ok(Some(metadata.size.unwrap_or(0))),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A name in the folder of a target.
pub(super) fn there(target: &Target, name: &str) -> String {
    match target.folder.trim_end_matches('/') {
        "" | "." => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}
