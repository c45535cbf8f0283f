//! Laws of all indicators; their values are checked in Python, against the reference and TA-Lib.

use proptest::prelude::*;

use super::{definition, definitions, Definition};
use crate::error::Result;

/// What a kernel gave, which has to be no error.
fn good<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// The definition of an indicator that there is.
fn known(name: &str) -> &'static Definition {
    match definition(name) {
        Some(found) => found,
        None => panic!("there is no {name}"),
    }
}

/// The text of the error that values of parameters raise.
fn refused(name: &str, values: &[f64]) -> String {
    match known(name).make(values) {
        Ok(_) => panic!("{name} was made"),
        Err(error) => error.to_string(),
    }
}

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
            let mut whole = good(definition.make(&least(definition)));
            let mut parts = whole.duplicate();
            let given: Vec<&[f64]> = columns[..width].iter().map(Vec::as_slice).collect();
            let expected = good(whole.update(&given));
            let first: Vec<&[f64]> = given.iter().map(|column| &column[..cut]).collect();
            let second: Vec<&[f64]> = given.iter().map(|column| &column[cut..]).collect();
            let mut found = good(parts.update(&first));
            for (column, rest) in found.iter_mut().zip(good(parts.update(&second))) {
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
        let mut indicator = good(definition.make(&least(definition)));
        let given = vec![column.as_slice(); definition.inputs.len()];
        let results = good(indicator.update(&given));
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
    assert_eq!(
        refused("sma", &[1.5]),
        "sma.window: give a whole number from 1 to 100000 (met 1.5)"
    );
    assert_eq!(
        refused("sma", &[]),
        "sma: give 1, one for each parameter (met 0)"
    );
    assert_eq!(
        refused("macd", &[3.0, 3.0, 1.0]),
        "macd.fast: give less than slow (met 3)"
    );
    let mut made = good(known("sma").make(&[2.0]));
    assert!(made.update(&[&[1.0], &[1.0]]).is_err());
    let mut made = good(known("obv").make(&[]));
    assert!(made.update(&[&[1.0], &[1.0, 2.0]]).is_err());
    assert!(definition("nobody").is_none());
}
