use num_bigint::BigInt;
use num_integer::Integer;
use proptest::prelude::*;

use super::*;
use crate::fixed::Rounding;

const CLOSES: [i128; 5] = [1_000, 1_250, 0, 1_100, 1_050];
const THERE: [bool; 5] = [true, true, false, true, true];

fn closes() -> Decimals<'static> {
    Decimals {
        values: &CLOSES,
        valid: Some(&THERE),
        scale: 2,
    }
}

fn of(values: &[i128]) -> Decimals<'_> {
    Decimals {
        values,
        valid: None,
        scale: 2,
    }
}

fn shown(column: Result<Computed>) -> Vec<Option<i128>> {
    let column = column.unwrap_or_else(|error| panic!("{error}"));
    let valid = column.valid.unwrap_or(vec![true; column.values.len()]);
    let rows = column.values.into_iter().zip(valid);
    rows.map(|(value, is_there)| is_there.then_some(value))
        .collect()
}

#[test]
fn what_is_missing_is_passed_over() {
    // 10 + 12.5 + 11 + 10.5; deviations -1, 1.5, 0, -0.5 with squares of 3.5 in all
    assert_eq!(sum(closes()), Ok(Some((4_400, 2))));
    assert_eq!(mean(closes(), Some(2)), Ok(Some((1_100, 2))));
    assert_eq!(variance(closes(), 1, Some(6)), Ok(Some((1_166_667, 6))));
    // sqrt(7/6) = 1.0801234...
    let deviation = standard_deviation(closes(), 1, Some(6));
    assert_eq!(deviation, Ok(Some((1_080_123, 6))));
}

#[test]
fn windows_give_nothing_until_enough_is_there() {
    let window = Window::new(2, None).unwrap_or_else(|error| panic!("{error}"));
    let sums = shown(rolling_sum(closes(), window));
    assert_eq!(sums, [None, Some(2_250), None, None, Some(2_150)]);
    let window = Window::new(3, Some(1)).unwrap_or_else(|error| panic!("{error}"));
    let most = shown(rolling_maximum(closes(), window));
    assert_eq!(most, [1_000, 1_250, 1_250, 1_250, 1_100].map(Some));
}

#[test]
fn windows_of_no_rows_are_refused() {
    assert!(Window::new(0, None).is_err());
    assert!(Window::new(2, Some(0)).is_err());
    assert!(Window::new(2, Some(3)).is_err());
}

#[test]
fn what_has_no_room_names_its_row() {
    let wide = [LIMIT - 1, 1];
    assert_eq!(sum(of(&wide)), Err(Error::overflow("the result")));
    assert_eq!(cumulative_sum(of(&wide)), Err(Error::overflow("row 1")));
    // wider than 38 digits, though 128 bits hold it
    assert!(maximum(of(&[i128::MAX])).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn extremes_of_windows_are_those_of_their_rows(
        values in prop::collection::vec(-20_i128..20, 0..60), rows in 1..30_usize
    ) {
        let window = Window::new(rows, Some(1)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let parts = (0..values.len()).map(|row| &values[(row + 1).saturating_sub(rows)..=row]);
        let least: Vec<_> = parts.clone().map(|part| part.iter().min().copied()).collect();
        let most: Vec<_> = parts.map(|part| part.iter().max().copied()).collect();
        prop_assert_eq!(shown(rolling_minimum(of(&values), window)), least);
        prop_assert_eq!(shown(rolling_maximum(of(&values), window)), most);
    }

    #[test]
    fn variances_of_any_width_are_rounded_once(
        values in prop::collection::vec(1 - LIMIT..LIMIT, 2..20), shift in 0..120_u32
    ) {
        let values: Vec<i128> = values.iter().map(|value| value >> shift).collect();
        let count = BigInt::from(values.len());
        let total: BigInt = values.iter().map(|&value| BigInt::from(value)).sum();
        let squares: BigInt = values.iter().map(|&value| BigInt::from(value) * value).sum();
        // coefficients at scale 2, the variance at scale 4
        let (spread, whole) = (&count * squares - &total * &total, &count * (&count - 1_i32));
        let (floor, rest) = spread.div_mod_floor(&whole);
        let up = match (rest * 2_i32).cmp(&whole) {
            std::cmp::Ordering::Equal => floor.is_odd(),
            side => side.is_gt(),
        };
        let exact = floor + i32::from(up);
        let found = variance(of(&values), 1, Some(4));
        match i128::try_from(&exact).ok().and_then(bounded) {
            Some(exact) => prop_assert_eq!(found, Ok(Some((exact, 4)))),
            None => prop_assert!(found.is_err()),
        }
    }
}

#[test]
fn one_number_stands_for_every_row() {
    let doubled = multiply(closes(), of(&[200]), 2, Rounding::HalfEven);
    let expected = [Some(2_000), Some(2_500), None, Some(2_200), Some(2_100)];
    assert_eq!(shown(doubled), expected);
}
