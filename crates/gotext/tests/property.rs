//! What holds for any number and any text.

use heapster_gotext as _;

#[cfg(test)]
mod tests {
    use heapster_gotext::{
        push_decimal, push_fixed6, push_general, push_json_float, push_json_string, push_json_string_plain,
        push_query_escape, push_rfc3339_nano,
    };
    use proptest::prelude::*;

    fn text(push: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        push(&mut out);
        out
    }

    /// Floats of every magnitude, and those that end close to the middle between two millionths.
    fn floats() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            -1e9..1e9,
            any::<i32>().prop_map(|number| f64::from(number) / 128.0),
            any::<i32>().prop_map(|number| f64::from(number) / 2e6),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_shortest_forms_read_back_as_the_same_number(value in floats()) {
            prop_assert_eq!(text(|out| push_decimal(out, value)).parse(), Ok(value));
            prop_assert_eq!(text(|out| push_general(out, value)).parse(), Ok(value));
            let json = text(|out| assert!(push_json_float(out, value)));
            prop_assert_eq!(json.parse(), Ok(value));
        }

        #[test]
        fn six_decimals_are_rounded_as_the_exact_number(value in floats()) {
            prop_assert_eq!(text(|out| push_fixed6(out, value)), format!("{value:.6}"));
        }

        #[test]
        fn strings_read_back(given in any::<String>()) {
            for json in [text(|out| push_json_string(out, &given)), text(|out| push_json_string_plain(out, &given))] {
                prop_assert_eq!(&serde_json::from_str::<String>(&json).unwrap(), &given);
            }
            let escaped = text(|out| push_query_escape(out, &given));
            prop_assert!(escaped.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~+%".contains(&b)));
        }

        #[test]
        fn later_times_have_later_text(first in any::<i64>(), second in any::<i64>()) {
            let [a, b] = [first, second].map(|nanos| {
                text(|out| push_rfc3339_nano(out, nanos)).replace('Z', "")
            });
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
        }
    }
}
