//! Reads carbon's files.

use std::collections::BTreeMap;
use std::path::Path;

/// Value by path.
pub(crate) type Found = BTreeMap<String, f64>;

/// The values of one second in all files below `folder`. Paths have dots for slashes; tagged series their own name.
pub(crate) fn values(folder: &Path, second: i64) -> Found {
    let mut found = Found::new();
    read(folder, folder, u32::try_from(second).unwrap(), &mut found);
    found
}

fn read(top: &Path, folder: &Path, second: u32, found: &mut Found) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(top, &path, second, found);
        } else if path.extension().is_some_and(|end| end == "wsp") {
            let value = std::fs::read(&path).ok().and_then(|bytes| value(&bytes, second));
            if let Some(value) = value {
                let name = path.strip_prefix(top).unwrap().with_extension("");
                found.insert(series(name.to_str().unwrap()), value);
            }
        }
    }
}

/// `_tagged/abc/def/a_DOT_b;c=d` is `a.b;c=d`, `a/b/c` is `a.b.c`.
fn series(path: &str) -> String {
    match path.strip_prefix("_tagged/") {
        Some(rest) => rest.splitn(3, '/').nth(2).unwrap().replace("_DOT_", "."),
        None => path.replace('/', "."),
    }
}

/// The value of a second in the first archive.
///
/// Source: Graphite's whisper format: four numbers of four bytes (the last: how many archives), three for each archive (where it
/// begins, seconds a point, points), then points of a time in four bytes and a float in eight; big-endian.
fn value(bytes: &[u8], second: u32) -> Option<f64> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (start, points) = (
        usize::try_from(number(16)?).ok()?,
        usize::try_from(number(24)?).ok()?,
    );
    let mut points = bytes.get(start..start + points * 12)?.chunks_exact(12);
    let at = |point: &[u8]| point.first_chunk().map(|time| u32::from_be_bytes(*time));
    let found = points.rfind(|point| at(point) == Some(second))?;
    Some(f64::from_be_bytes(*found.last_chunk()?))
}
