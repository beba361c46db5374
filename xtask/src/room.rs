//! Where things are: the workspace, the logs, what the judges were installed into.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The workspace and the places the chores use in it.
pub struct Room {
    root: PathBuf,
    is_ci: bool,
}

impl Room {
    /// Finds the workspace from this package's own place in it.
    pub fn find() -> Result<Self> {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.parent().context("xtask lies in no workspace")?.to_path_buf();
        let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        Ok(Self { root, is_ci })
    }

    /// The workspace's root; every command runs here.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether nobody watches: then a judge that is missing is a failure.
    pub fn is_ci(&self) -> bool {
        self.is_ci
    }

    /// What the judges' programs and libraries are installed into.
    pub fn judge_dir(&self) -> PathBuf {
        self.root.join("target/judges")
    }

    /// The Python that has the judges from PyPI.
    pub fn judge_python(&self) -> PathBuf {
        self.judge_dir().join("venv/bin/python")
    }

    /// Everything the chores write: logs, frames, state of servers they start.
    pub fn work_dir(&self) -> PathBuf {
        self.root.join("target/xtask")
    }

    /// Where the tests leave every frame they emit, one file each.
    pub fn frame_dir(&self) -> PathBuf {
        self.work_dir().join("frames")
    }

    /// The schemas of EPP and its extensions.
    pub fn schema_dir(&self) -> PathBuf {
        self.root.join("tests/judges/epp-schemas")
    }

    /// The same schemas beside our restatements of vendors' namespaces, as the room `epp` keeps them.
    pub fn vendor_schema_dir(&self) -> PathBuf {
        self.root.join("crates/epp/schemas")
    }

    /// The log of a step or an installation.
    pub fn log(&self, name: &str) -> PathBuf {
        self.work_dir().join("logs").join(format!("{name}.log"))
    }

    /// A path as people type it: relative to the workspace.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// Makes `dir` an empty directory.
pub fn empty_dir(dir: &Path) -> Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir).with_context(|| format!("{} cannot be emptied", dir.display()))?;
    }
    std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))
}
