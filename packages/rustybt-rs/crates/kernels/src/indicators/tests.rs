//! Laws of all indicators; their values are checked in Python, against the reference and TA-Lib.

use proptest::prelude::*;

use super::{definitions, Definition};

/// The least value of each parameter, made to rise where it has to.
fn least(definition: &Definition) -> Vec<f64> {
    let parameters = definition.parameters.iter().enumerate();
    parameters
        .map(|(at, parameter)| (parameter.minimum + at as f64 + 1.0).min(parameter.maximum))
        .collect()
}

fn bars(rows: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    let price = prop_oneof![8 => 1.0..100.0_f64, 2 => Just(50.0), 1 => Just(f64::NAN)];
    prop::collection::vec(prop::collection::vec(price, rows), 4)
}

fn bits(columns: &[Vec<f64>]) -> Vec<u64> {
    let values = columns.iter().flatten();
    values
        .map(|value| if value.is_nan() { 0 } else { value.to_bits() })
        .collect()
}

proptest! {
    #[test]
    fn cuts_change_nothing(columns in bars(40), cut in 0_usize..=40) {
        for definition in definitions() {
            let width = definition.inputs.len();
            let mut whole = definition.make(&least(definition)).unwrap();
            let mut parts = whole.duplicate();
            let given: Vec<&[f64]> = columns[..width].iter().map(Vec::as_slice).collect();
            let expected = whole.update(&given).unwrap();
            let first: Vec<&[f64]> = given.iter().map(|column| &column[..cut]).collect();
            let second: Vec<&[f64]> = given.iter().map(|column| &column[cut..]).collect();
            let mut found = parts.update(&first).unwrap();
            for (column, rest) in found.iter_mut().zip(parts.update(&second).unwrap()) {
                column.extend(rest);
            }
            prop_assert_eq!(bits(&found), bits(&expected), "{}", definition.name);
        }
    }
}

#[test]
fn the_first_values_come_after_the_warm_up() {
    let column: Vec<f64> = (0_u32..200)
        .map(|row| f64::from(row * row % 97) + 1.0)
        .collect();
    for definition in definitions() {
        let mut indicator = definition.make(&least(definition)).unwrap();
        let given = vec![column.as_slice(); definition.inputs.len()];
        let results = indicator.update(&given).unwrap();
        assert_eq!(
            results.len(),
            definition.outputs.len(),
            "{}",
            definition.name
        );
        for result in results {
            let none = result.iter().take_while(|value| value.is_nan()).count();
            assert_eq!(none, indicator.warm_up(), "{}", definition.name);
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused() {
    let sma = super::definition("sma").unwrap();
    let refused = |values: &[f64]| sma.make(values).err().unwrap().to_string();
    assert_eq!(
        refused(&[1.5]),
        "sma.window: give a whole number from 1 to 100000 (met 1.5)"
    );
    assert_eq!(refused(&[]), "sma: give 1, one for each parameter (met 0)");
    let macd = super::definition("macd").unwrap();
    let error = macd.make(&[3.0, 3.0, 1.0]).err().unwrap();
    assert_eq!(error.to_string(), "macd.fast: give less than slow (met 3)");
    let mut made = sma.make(&[2.0]).unwrap();
    assert!(made.update(&[&[1.0], &[1.0]]).is_err());
    let mut made = super::definition("obv").unwrap().make(&[]).unwrap();
    assert!(made.update(&[&[1.0], &[1.0, 2.0]]).is_err());
    assert!(super::definition("smaa").is_none());
}
