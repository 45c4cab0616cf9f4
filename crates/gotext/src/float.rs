//! Floats: six decimals, plain decimals, `%v`, JSON.
//!
//! None of these allocates, but for the growth of the buffer. Whole numbers below 2^53, which most values of a batch are,
//! are written as integers.

use crate::number::push_uint;
use crate::out::{Out, push_ascii, push_padded};
use std::fmt::{self, Write as _};

/// Appends a float as `%f` does: exactly six decimals, correctly rounded (`8368558080.000000`); `NaN`, `+Inf`, `-Inf`.
pub fn push_fixed6(out: &mut impl Out, value: f64) {
    if push_special(out, value) {
        return;
    }
    let (mantissa, exponent) = binary(value);
    let (whole, millionths) = match exponent {
        0..=11 => (mantissa << exponent, 0),
        12.. => {
            // A Formatter does not fail by itself, nor does this one's target.
            write!(Formatted(out), "{:.6}", value.abs()).ok();
            return;
        }
        _ => split(mantissa, exponent.unsigned_abs()),
    };
    push_uint(out, whole);
    out.push_text(".");
    push_padded(out, millionths, 6);
}

/// Appends a float as `strconv.FormatFloat(value, 'f', -1, 64)` does: the fewest digits that read back, never an exponent
/// (`0.0000001`, `1000000000000000000000`); `NaN`, `+Inf`, `-Inf`.
pub fn push_decimal(out: &mut impl Out, value: f64) {
    if push_special(out, value) {
        return;
    }
    match whole(value) {
        Some(whole) => push_uint(out, whole),
        None => Shortest::of(value).push_decimal(out),
    }
}

/// Appends a float as `%v` and `%g` do: the fewest digits that read back, an exponent of at least two digits below 1e-4 and
/// from 1e6 on (`1e-07`, `8.36855808e+09`); `NaN`, `+Inf`, `-Inf`.
pub fn push_general(out: &mut impl Out, value: f64) {
    if push_special(out, value) {
        return;
    }
    let magnitude = value.abs();
    let shortest = Shortest::of(value);
    if magnitude == 0.0 || (-3..=6).contains(&shortest.point) {
        shortest.push_decimal(out);
    } else {
        shortest.push_exponent(out, 2);
    }
}

/// Appends a float as Go's JSON does: the shortest form that reads back, integral values without fraction, an exponent
/// only below 1e-6 and from 1e21 on (`1e-7`, `1e+21`). NaN and infinities have no JSON form: nothing is appended and
/// `false` is returned.
pub fn push_json_float(out: &mut impl Out, value: f64) -> bool {
    if !value.is_finite() {
        return false;
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        push_decimal(out, value);
    } else {
        push_sign(out, value);
        Shortest::of(value).push_exponent(out, 1);
    }
    true
}

fn push_sign(out: &mut impl Out, value: f64) {
    if value.is_sign_negative() {
        out.push_text("-");
    }
}

/// Appends what is no number and answers true; else appends the sign.
fn push_special(out: &mut impl Out, value: f64) -> bool {
    if value.is_finite() {
        push_sign(out, value);
        return false;
    }
    out.push_text(match value {
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        _ => "NaN",
    });
    true
}

/// The magnitude of a finite value as `mantissa * 2^exponent`.
fn binary(value: f64) -> (u64, i32) {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = value.abs().to_bits();
    let biased = i32::try_from(bits >> 52).unwrap_or_default();
    if biased == 0 {
        (bits, -1074)
    } else {
        (bits & FRACTION | (FRACTION + 1), biased - 1075)
    }
}

/// The magnitude of a finite value that is a whole number below 2^53.
fn whole(value: f64) -> Option<u64> {
    let (mantissa, exponent) = binary(value);
    let down = exponent.unsigned_abs();
    match exponent {
        -52..=0 if mantissa.trailing_zeros() >= down => Some(mantissa >> down),
        _ if mantissa == 0 => Some(0),
        _ => None,
    }
}

/// `mantissa / 2^down` as whole number and millionths, rounded to the nearest, a tie to the even one.
fn split(mantissa: u64, down: u32) -> (u64, u64) {
    let whole = mantissa.checked_shr(down).unwrap_or_default();
    let fraction = mantissa - whole.checked_shl(down).unwrap_or_default();
    // Below 2^73; from 2^-75 on the half is larger than that.
    let scaled = u128::from(fraction) * 1_000_000;
    if down > 75 {
        return (whole, 0);
    }
    let (floor, half) = (scaled >> down, 1_u128 << (down - 1));
    let rest = scaled - (floor << down);
    let up = rest > half || (rest == half && floor % 2 == 1);
    let millionths = u64::try_from(floor + u128::from(up)).unwrap_or_default();
    (whole + millionths / 1_000_000, millionths % 1_000_000)
}

/// The fewest decimal digits that read back as a float: `0.DIGITS * 10^point`, no zero at either end.
struct Shortest {
    digits: [u8; 20],
    len: usize,
    point: i32,
}

impl Shortest {
    /// Of the magnitude of a finite value.
    fn of(value: f64) -> Self {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut shortest = Self {
            digits: [b'0'; 20],
            len: 0,
            point: exponent.parse().unwrap_or_default(),
        };
        for (at, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
            shortest.point += i32::from(at < whole.len());
            if shortest.len == 0 && digit == b'0' {
                shortest.point -= 1;
            } else if let Some(place) = shortest.digits.get_mut(shortest.len) {
                *place = digit;
                shortest.len += 1;
            }
        }
        while shortest.len > 0 && shortest.digits.get(shortest.len - 1) == Some(&b'0') {
            shortest.len -= 1;
        }
        shortest
    }

    /// The digits before and after position `at`.
    fn split(&self, at: usize) -> (&[u8], &[u8]) {
        let digits = self.digits.get(..self.len).unwrap_or_default();
        digits.split_at_checked(at).unwrap_or((digits, &[]))
    }

    fn push_decimal(&self, out: &mut impl Out) {
        let before = usize::try_from(self.point).unwrap_or_default();
        let (whole, fraction) = self.split(before);
        push_ascii(
            out,
            if before == 0 || whole.is_empty() {
                b"0"
            } else {
                whole
            },
        );
        for _ in self.len.max(1)..before {
            out.push_text("0");
        }
        if !fraction.is_empty() {
            out.push_text(".");
            for _ in self.point..0 {
                out.push_text("0");
            }
            push_ascii(out, fraction);
        }
    }

    /// `d.ddde±x` with at least `width` digits in the exponent.
    fn push_exponent(&self, out: &mut impl Out, width: usize) {
        let (first, rest) = self.split(1);
        push_ascii(out, first);
        if !rest.is_empty() {
            out.push_text(".");
            push_ascii(out, rest);
        }
        let exponent = self.point - 1;
        out.push_text(if exponent < 0 { "e-" } else { "e+" });
        let exponent = u64::from(exponent.unsigned_abs());
        if exponent < 10 && width > 1 {
            out.push_text("0");
        }
        push_uint(out, exponent);
    }
}

/// What the standard library formats, into any buffer.
struct Formatted<'a, O>(&'a mut O);

impl<O: Out> fmt::Write for Formatted<'_, O> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_text(text);
        Ok(())
    }
}
