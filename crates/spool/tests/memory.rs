//! What a large spool costs in memory.

#[cfg(test)]
mod tests {
    use heapster_spool::{Config, Create, Head, Spool};

    const RECORDS: u64 = 400;
    const LENGTH: usize = 100_000;

    #[test]
    fn a_spool_is_read_back_record_by_record() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            folder: folder.path().to_owned(),
            max_bytes: 1 << 30,
            owner: String::new(),
        };
        let open = || Spool::open(&config, b't', Create::default()).unwrap();
        let payload = vec![7; LENGTH];
        let (mut spool, _) = open();
        for seq in 1..=RECORDS {
            let head = Head::new(seq, 0, 1);
            spool.append(head, &|out| out.write_all(&payload)).unwrap();
        }
        drop(spool);
        let used = allocation_counter::measure(|| {
            let (mut spool, found) = open();
            assert_eq!(found.records.len(), 400);
            for head in found.records {
                assert_eq!(spool.read(head.seq).unwrap().len(), LENGTH);
                spool.advance(head.seq + 1).unwrap();
            }
        });
        assert!(used.bytes_max < 200_000, "{} bytes at once", used.bytes_max);
    }
}
