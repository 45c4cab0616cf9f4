//! A program that is killed while it writes.

#[cfg(test)]
mod tests {
    use heapster_spool::{Config, Create, Head, Spool};
    use std::io::{BufRead, BufReader};
    use std::path::Path;
    use std::process::{Command, Stdio};

    const FOLDER: &str = "SPOOL_TEST_FOLDER";

    fn open(folder: &Path) -> (Spool, heapster_spool::Found) {
        let config = Config {
            folder: folder.to_owned(),
            max_bytes: 1 << 30,
            owner: String::new(),
        };
        Spool::open(&config, b't', Create::default()).unwrap()
    }

    fn payload(seq: u64) -> Vec<u8> {
        let length = usize::try_from(seq * 7_919 % 1_000_000).unwrap();
        vec![seq.to_le_bytes()[0]; length]
    }

    /// The program that is killed: writes records and says which are written.
    #[test]
    fn writes_until_it_is_killed() {
        let Some(folder) = std::env::var_os(FOLDER) else {
            return;
        };
        let (mut spool, found) = open(Path::new(&folder));
        for seq in found.next.. {
            let bytes = payload(seq);
            spool
                .append(Head::new(seq, 0, seq), &|out| out.write_all(&bytes))
                .unwrap();
            println!("\nwritten {seq}");
        }
    }

    #[test]
    fn all_that_was_written_is_there_after_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = 0;
        for round in 1..=8 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "tests::writes_until_it_is_killed", "--nocapture"])
                .env(FOLDER, folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut numbers =
                lines.filter_map(|line| line.unwrap().strip_prefix("written ").map(str::to_owned));
            // The child is in the middle of the next ones when it is killed.
            written = numbers.by_ref().take(round * 5).last().unwrap().parse().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            let (mut spool, found) = open(folder.path());
            let seqs: Vec<u64> = found.records.iter().map(|head| head.seq).collect();
            let last = *seqs.last().unwrap();
            assert!(last >= written, "{last} {written}");
            assert_eq!(seqs, (1..=last).collect::<Vec<_>>());
            for seq in seqs {
                assert!(spool.read(seq).unwrap() == payload(seq), "record {seq}");
            }
        }
        assert!(written > 150);
    }
}
