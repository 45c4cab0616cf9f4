//! The folder of a spool, its lock and its cursor.

use super::is_segment;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// An open folder. It is locked until this is dropped, or the process is gone.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    cursor: File,
    _owner: File,
}

impl Folder {
    /// Opens a folder, which is made if it is not there, and locks it.
    pub(crate) fn open(path: &Path, owner: &str) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        let open = |name: &str| {
            let mut how = OpenOptions::new();
            how.create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(path.join(name))
        };
        let mut file = open("owner")?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another process uses this folder"),
            TryLockError::Error(error) => error,
        })?;
        file.set_len(0)?;
        writeln!(file, "{owner}")?;
        let (path, cursor) = (path.to_owned(), open("cursor")?);
        Ok(Self {
            path,
            cursor,
            _owner: file,
        })
    }

    /// The saved cursor; 0 when there is none that can be read, so that nothing is left out.
    pub(crate) fn cursor(&self) -> u64 {
        let mut bytes = [0; 12];
        if self.cursor.read_exact_at(&mut bytes, 0).is_err() {
            return 0;
        }
        let read = bytes
            .split_first_chunk::<8>()
            .filter(|(number, crc)| crc.first_chunk() == Some(&crc32fast::hash(*number).to_le_bytes()));
        read.map_or(0, |(number, _)| u64::from_le_bytes(*number))
    }

    /// Saves the cursor, in the place of the last one: no room is needed for it.
    pub(crate) fn save_cursor(&self, cursor: u64) -> io::Result<()> {
        let number = cursor.to_le_bytes();
        let mut bytes = number.to_vec();
        bytes.extend_from_slice(&crc32fast::hash(&number).to_le_bytes());
        self.cursor.write_all_at(&bytes, 0)
    }

    /// All segments' files, oldest first.
    pub(crate) fn segments(&self) -> io::Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            all.push(entry?.path());
        }
        all.retain(|path| is_segment(path));
        all.sort();
        Ok(all)
    }

    /// The file of the segment that begins with this number. Names sort as the numbers do.
    pub(crate) fn segment_path(&self, first: u64) -> PathBuf {
        self.path.join(format!("{first:020}.spool"))
    }

    pub(crate) fn rest_path(&self) -> PathBuf {
        self.path.join("rest")
    }

    /// Where a rest is written before it takes the place of the last one.
    pub(crate) fn new_rest_path(&self) -> PathBuf {
        self.path.join("rest.new")
    }
}

/// The number in the name of a segment's file.
pub(crate) fn number(path: &Path) -> Option<u64> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// A spool that nobody of those who are asked about has.
#[derive(Debug)]
pub struct Stranger {
    /// Its folder.
    pub folder: PathBuf,
    /// Whose it was.
    pub owner: String,
    /// Bytes of its records' files.
    pub bytes: u64,
}

/// The spools with records in the folders of `base` beside those in `known`, sorted. What cannot be read is left out.
#[must_use]
pub fn strangers(base: &Path, known: &[PathBuf]) -> Vec<Stranger> {
    let folders = std::fs::read_dir(base).into_iter().flatten();
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path()));
    let mut all: Vec<_> = folders
        .filter(|folder| !known.contains(folder))
        .filter_map(stranger)
        .collect();
    all.sort_by(|a, b| a.folder.cmp(&b.folder));
    all
}

fn stranger(folder: PathBuf) -> Option<Stranger> {
    let owner = std::fs::read_to_string(folder.join("owner"))
        .ok()?
        .trim()
        .to_owned();
    let files = std::fs::read_dir(&folder).ok()?.filter_map(Result::ok);
    let records = files.filter(|file| is_segment(&file.path()));
    let bytes = records.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    (bytes > 0).then_some(Stranger { folder, owner, bytes })
}
