//! Compression on several cores: each block becomes a gzip member of its own (RFC 1952 section 2.2), and members in a row are one gzip file.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use libdeflater::{CompressionLvl, Compressor};
use zeroize::Zeroizing;

/// Plain text of a member, in bytes.
pub(super) const BLOCK_BYTES: usize = 1 << 20;

/// Blocks that wait for each worker.
const WAITING: usize = 2;

struct Task {
    plain: Zeroizing<Vec<u8>>,
    done: Sender<Vec<u8>>,
}

/// Workers that compress.
pub(super) struct Press {
    tasks: Option<SyncSender<Task>>,
    workers: Vec<JoinHandle<()>>,
}

impl Press {
    /// `workers` threads, one at least, at a level of gzip (1 to 12).
    pub fn new(workers: usize, level: u8) -> io::Result<Self> {
        let level = CompressionLvl::new(i32::from(level)).map_err(|_| io::Error::other("there is no such level of compression"))?;
        let count = workers.max(1);
        let (tasks, waiting) = sync_channel::<Task>(count * WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |number| {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name(format!("press-{number}")).spawn(move || serve(&waiting, level))
        };
        let workers = (0..count).map(start).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { tasks: Some(tasks), workers })
    }

    /// How many members may wait in order.
    pub fn depth(&self) -> usize {
        self.workers.len() * (WAITING + 1)
    }

    /// Compresses a block; the member comes out of what is returned.
    pub fn submit(&self, plain: Zeroizing<Vec<u8>>) -> Result<Receiver<Vec<u8>>, io::Error> {
        let (done, member) = channel();
        let tasks = self.tasks.as_ref().ok_or_else(ended)?;
        tasks.send(Task { plain, done }).map_err(|_| ended())?;
        Ok(member)
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        drop(self.tasks.take());
        for worker in self.workers.drain(..) {
            drop(worker.join());
        }
    }
}

fn ended() -> io::Error {
    io::Error::other("the compression ended")
}

fn serve(waiting: &Mutex<Receiver<Task>>, level: CompressionLvl) {
    let mut compressor = Compressor::new(level);
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Task { plain, done }) = next else { return };
        let mut member = vec![0; compressor.gzip_compress_bound(plain.len())];
        // The bound is large enough by the library's word; were it not, the receiver would find the line broken.
        if let Ok(length) = compressor.gzip_compress(&plain, &mut member) {
            member.truncate(length);
            drop(done.send(member));
        }
    }
}

/// What comes next in the line of members.
pub(super) enum Next {
    /// A member, once its worker is done.
    Member(Receiver<Vec<u8>>),
    /// Nothing more; without it the line was broken off.
    End,
}

/// Members in their order, as one text.
pub(super) struct Members {
    line: Receiver<Next>,
    member: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl Members {
    /// The text of a line.
    pub fn new(line: Receiver<Next>) -> Self {
        Self { line, member: Vec::new(), at: 0, is_over: false }
    }
}

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let broken = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the deposit was given up");
        while self.at == self.member.len() && !self.is_over {
            match self.line.recv().map_err(broken)? {
                Next::Member(member) => (self.member, self.at) = (member.recv().map_err(broken)?, 0),
                Next::End => self.is_over = true,
            }
        }
        let rest = &self.member[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}
