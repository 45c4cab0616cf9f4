//! The files that are written to, so that tests can have a full disk.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A file that is written to.
pub trait Out: Debug + Send {
    /// Writes all bytes at a place.
    ///
    /// # Errors
    /// What the disk answered.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Cuts the file off.
    ///
    /// # Errors
    /// What the disk answered.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Out for File {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Makes an empty file.
#[derive(Clone)]
pub struct Create(Arc<CreateFile>);

type CreateFile = dyn Fn(&Path) -> io::Result<Box<dyn Out>> + Send + Sync;

impl Debug for Create {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Create")
    }
}

impl Create {
    /// Makes files by this function.
    pub fn new(create: impl Fn(&Path) -> io::Result<Box<dyn Out>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(create))
    }

    /// Makes one.
    ///
    /// # Errors
    /// What the disk answered.
    pub fn make(&self, path: &Path) -> io::Result<Box<dyn Out>> {
        (self.0)(path)
    }
}

/// Files of the file system.
impl Default for Create {
    fn default() -> Self {
        Self::new(|path| {
            let file = OpenOptions::new()
                .create(true)
                .truncate(true)
                .write(true)
                .open(path)?;
            Ok(Box::new(file))
        })
    }
}
