//! Every form against what Go's standard library wrote: `go/table.tsv`, printed by `go/table.go`.

use heapster_gotext as _;

#[cfg(test)]
mod tests {
    use heapster_gotext::{
        push_decimal, push_fixed6, push_general, push_int, push_json_float, push_json_string,
        push_json_string_plain, push_query_escape, push_rfc3339, push_rfc3339_nano, push_uint,
    };

    /// The columns behind the kind of each row of this kind.
    fn rows(kind: &str) -> Vec<Vec<&'static str>> {
        let rows: Vec<Vec<&str>> = include_str!("go/table.tsv")
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
            .filter(|columns| columns[0] == kind)
            .map(|columns| columns[1..].to_vec())
            .collect();
        assert!(rows.len() > 5, "{kind}");
        rows
    }

    fn bits(text: &str) -> u64 {
        u64::from_str_radix(text, 16).unwrap()
    }

    fn text(push: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        push(&mut out);
        out
    }

    #[test]
    fn floats_look_as_in_go() {
        for row in rows("float") {
            let value = f64::from_bits(bits(row[0]));
            assert_eq!(text(|out| push_fixed6(out, value)), row[1], "%f of {value:e}");
            assert_eq!(text(|out| push_decimal(out, value)), row[2], "decimal {value:e}");
            assert_eq!(text(|out| push_general(out, value)), row[3], "%v of {value:e}");
            let json = text(|out| {
                if !push_json_float(out, value) {
                    out.push_str("-none-");
                }
            });
            assert_eq!(json, row[4], "JSON of {value:e}");
        }
    }

    #[test]
    fn integers_look_as_in_go() {
        for row in rows("int") {
            let value = bits(row[0]).cast_signed();
            assert_eq!(text(|out| push_int(out, value)), row[1]);
        }
        assert_eq!(text(|out| push_uint(out, u64::MAX)), "18446744073709551615");
    }

    #[test]
    fn times_look_as_in_go() {
        for row in rows("time") {
            let nanos = bits(row[0]).cast_signed();
            assert_eq!(text(|out| push_rfc3339(out, nanos)), row[1]);
            assert_eq!(text(|out| push_rfc3339_nano(out, nanos)), row[2]);
        }
    }

    #[test]
    fn strings_look_as_in_go() {
        for row in rows("text") {
            let bytes: Vec<u8> = row[0].as_bytes().chunks(2).map(hex).collect();
            let given = String::from_utf8(bytes).unwrap();
            assert_eq!(text(|out| push_json_string(out, &given)), row[1]);
            assert_eq!(text(|out| push_json_string_plain(out, &given)), row[2]);
            assert_eq!(text(|out| push_query_escape(out, &given)), row[3]);
        }
    }

    fn hex(pair: &[u8]) -> u8 {
        u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()
    }
}
