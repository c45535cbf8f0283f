use super::*;
use crate::error::Error;

fn known(values: &[i64]) -> Known<'_> {
    Known {
        values,
        valid: None,
    }
}

#[test]
fn a_bar_holds_what_its_rows_hold() {
    let rows = Rows {
        open: known(&[10, 11, 12, 20]),
        high: known(&[13, 15, 14, 22]),
        low: known(&[9, 10, 8, 19]),
        close: known(&[11, 12, 13, 21]),
        volume: known(&[100, 200, 300, 50]),
    };
    let bars = fold(rows, &[0, 3]);
    let expected = Bars {
        open: vec![Some(10), Some(20)],
        high: vec![Some(15), Some(22)],
        low: vec![Some(8), Some(19)],
        close: vec![Some(13), Some(21)],
        volume: vec![600, 50],
    };
    assert_eq!(bars, Ok(expected));
    for starts in [&[1, 3][..], &[0, 4], &[0, 2, 2], &[]] {
        assert!(fold(rows, starts).is_err());
    }
}

#[test]
fn what_is_missing_is_passed_over() {
    let some = Known {
        values: &[7, 8, 9],
        valid: Some(&[false, true, false]),
    };
    let rows = Rows {
        open: some,
        high: some,
        low: some,
        close: some,
        volume: some,
    };
    let bars = fold(rows, &[0, 2]).unwrap_or_default();
    assert_eq!(bars.open, [Some(8), None]);
    assert_eq!(bars.close, [Some(8), None]);
    assert_eq!(bars.volume, [8, 0]);
}

#[test]
fn volumes_are_never_wrapped() {
    let rows = Rows {
        open: known(&[1, 1]),
        high: known(&[1, 1]),
        low: known(&[1, 1]),
        close: known(&[1, 1]),
        volume: known(&[i64::MAX, 1]),
    };
    assert_eq!(fold(rows, &[0]), Err(Error::overflow("volume of bar 0")));
    assert!(fold(rows, &[0, 1]).is_ok());
}

#[test]
fn edges_belong_to_one_side() {
    // bars of 10 from 0: 10 ends the first one, or begins the second
    let at = [1, 9, 10, 10, 11, 35];
    let right = by_length(&at, 10, 0, Closed::Right).unwrap_or_default();
    assert_eq!(
        (right.starts, right.labels),
        (vec![0, 4, 5], vec![10, 20, 40])
    );
    let left = by_length(&at, 10, 0, Closed::Left).unwrap_or_default();
    assert_eq!(
        (left.starts, left.labels),
        (vec![0, 2, 5], vec![10, 20, 40])
    );
    for (closed, expected) in [
        (Closed::Right, vec![0, 4, 5]),
        (Closed::Left, vec![0, 2, 5]),
    ] {
        let found = by_edges(&at, &[0, 10, 30, 40], closed).unwrap_or_default();
        assert_eq!((found.starts, found.labels), (expected, vec![10, 30, 40]));
    }
}

#[test]
fn bars_before_the_origin_are_counted_down() {
    let found = by_length(&[-11, -10, -9, 0], 10, 0, Closed::Right).unwrap_or_default();
    assert_eq!((found.starts, found.labels), (vec![0, 2], vec![-10, 0]));
}

#[test]
fn rows_outside_or_out_of_order_are_refused() {
    assert!(by_edges(&[0], &[0, 10], Closed::Right).is_err());
    assert!(by_edges(&[10], &[0, 10], Closed::Left).is_err());
    assert!(by_edges(&[1], &[0, 0], Closed::Right).is_err());
    assert!(by_length(&[2, 1], 10, 0, Closed::Right).is_err());
    assert!(by_length(&[1], 0, 0, Closed::Right).is_err());
    assert!(by_length(&[i64::MAX], 10, 0, Closed::Left).is_err());
}
