//! Laws: floats as their text says, figures from values, and what has no room.

use std::sync::Arc;

use proptest::prelude::*;

use super::decimal::shortest;
use super::signals::{sma, Cross, Given, Side, TargetColumn};
use super::{AssetColumns, Commission, Dec, FillAt, Market, Row, Rules, Signals, Slippage, Sweep};
use crate::error::Error;

const MONEY: i128 = 10_i128.pow(16);

fn whole(coefficient: i128) -> Dec {
    Dec::new(coefficient, 0)
}

/// A market of one asset with plenty of volume; prices in cents, `length` bars to a session.
fn market(closes: &[i64], length: usize) -> Arc<Market> {
    let columns = AssetColumns {
        open: closes.to_vec(),
        close: closes.to_vec(),
        volume: vec![1_000_000; closes.len()],
        price_scale: 2,
        ..AssetColumns::default()
    };
    let sessions: Vec<i64> = (0..closes.len()).map(|bar| (bar / length) as i64).collect();
    Arc::new(Market::new(vec![columns], Some(&sessions)).expect("a market"))
}

fn told(targets: &[i64]) -> Signals {
    let mut given = Given::default();
    let column = TargetColumn::Coefficients(targets, 0, None);
    given
        .add(&[column], targets.len(), false, true)
        .expect("targets");
    Signals::Given(given)
}

fn rules(capital: i128) -> Rules {
    Rules {
        capital: capital * MONEY,
        fill_at: FillAt::Close,
        cancels: true,
        weights: false,
        slippage: Slippage::None,
        commission: Commission::None,
    }
}

fn sweep(market: Arc<Market>, signals: Signals, rules: Rules) -> Sweep {
    Sweep::new(market, Arc::new(signals), rules).expect("a sweep")
}

fn only(sweep: &Sweep) -> Row {
    sweep.rows(0..1, 1).expect("a row")[0]
}

proptest! {
    #[test]
    fn a_float_is_the_decimal_of_its_text(value in -1e12..1e12_f64) {
        let decimal = shortest(value, "value").expect("a decimal");
        let text = format!("{value}");
        let (first, digits) = text.split_once('.').unwrap_or((&text, ""));
        let expected: i128 = format!("{first}{digits}").parse().expect("digits");
        prop_assert_eq!(decimal, Dec { coefficient: expected, scale: digits.len() as u32 });
    }

    #[test]
    fn so_are_floats_of_few_digits(coefficient in -10_i64.pow(15)..10_i64.pow(15), scale in 0..9_u32) {
        let value = coefficient as f64 / 10_f64.powi(scale as i32);
        let decimal = shortest(value, "value").expect("a decimal");
        prop_assert_eq!(Dec::new(decimal.coefficient, decimal.scale), Dec::new(coefficient.into(), scale));
    }

    #[test]
    fn figures_are_those_of_the_values(
        closes in prop::collection::vec(500_i64..2000, 4..60),
        targets in prop::collection::vec(-40_i64..60, 60),
        length in 1_usize..4,
    ) {
        let bars = closes.len();
        let run = sweep(market(&closes, length), told(&targets[..bars]), rules(1_000));
        let values = run.equity(0).expect("values");
        let row = only(&run);
        prop_assert_eq!(row.value, *values.last().expect("a value"));
        let figures = row.figures;
        let mut before = 1_000.0;
        let (mut growth, mut peak, mut drawdown) = (1.0_f64, 1.0_f64, 0.0_f64);
        let mut returns = Vec::new();
        for value in &values {
            let value = *value as f64 / MONEY as f64;
            returns.push(if before == 0.0 { 0.0 } else { value / before - 1.0 });
            growth *= 1.0 + returns[returns.len() - 1];
            peak = peak.max(growth);
            drawdown = drawdown.min(growth / peak - 1.0);
            before = value;
        }
        let count = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / count;
        let spread: f64 = returns.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (spread / (count - 1.0)).sqrt();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
        prop_assert!(near(figures.total_return, growth - 1.0));
        prop_assert!(near(figures.max_drawdown, drawdown));
        if deviation > 1e-6 && count > 1.0 {
            prop_assert!(near(figures.annual_volatility, deviation * 252_f64.sqrt()));
            prop_assert!(near(figures.sharpe_ratio, mean / deviation * 252_f64.sqrt()));
        }
    }

    #[test]
    fn means_hold_while_fractions_are_above(
        closes in prop::collection::vec(1_i64..8, 1..300), fast in 1_usize..6, slow in 1_usize..20,
    ) {
        let first = fast.max(slow) - 1;
        let sum = |bar: usize, window: usize| closes[bar + 1 - window..=bar].iter().sum::<i64>();
        let above = |bar: usize| {
            bar >= first && sum(bar, fast) * slow as i64 > sum(bar, slow) * fast as i64
        };
        let targets: Vec<i64> = (0..closes.len()).map(|bar| i64::from(above(bar))).collect();
        let market = market(&closes, 1);
        let known = &market.assets[0].known;
        let lines = vec![vec![sma(known, fast).expect("a line"), sma(known, slow).expect("a line")]];
        let side = Side::new(whole(1), whole(0), true).expect("sides");
        let cross = Signals::Cross(Cross { lines, sets: vec![(0, 1)], side });
        let ours = sweep(market.clone(), cross, rules(100)).fills(0).expect("fills");
        let expected = sweep(market, told(&targets), rules(100)).fills(0).expect("fills");
        prop_assert_eq!(ours, expected);
    }
}

#[test]
fn all_is_lost_and_no_return_follows() {
    // 10 are bought at 100.00 with 1000; at 0.00 nothing is left, and nothing grows again.
    let run = sweep(
        market(&[10_000, 10_000, 0, 5_000], 1),
        told(&[10; 4]),
        rules(1_000),
    );
    let figures = only(&run).figures;
    assert_eq!(run.equity(0).expect("values")[2], 0);
    assert_eq!((figures.total_return, figures.max_drawdown), (-1.0, -1.0));
    assert!(figures.annual_return.is_nan());
}

#[test]
fn nothing_happens_to_who_wants_nothing() {
    let run = sweep(market(&[100; 5], 1), told(&[0; 5]), rules(1_000));
    let row = only(&run);
    assert_eq!((row.value, row.orders, row.fills), (1_000 * MONEY, 0, 0));
    assert_eq!(
        (row.figures.total_return, row.figures.max_drawdown),
        (0.0, 0.0)
    );
    assert!(row.figures.sharpe_ratio.is_nan());
}

#[test]
fn what_has_no_room_names_its_set() {
    let mut given = Given::default();
    for target in [1_i64, 200_000_000_000] {
        let column = TargetColumn::Floats(&[0.0, target as f64]);
        let added = given.add(&[column], 2, false, true);
        if target > 1 {
            assert!(
                matches!(added, Err(Error::Overflow { what }) if what.starts_with("parameter set 1:"))
            );
        }
    }
    let many = sweep(
        market(&[100; 3], 1),
        told(&[90_000_000_000; 3]),
        rules(1_000),
    );
    assert!(many.rows(0..1, 1).is_ok());
}

#[test]
fn a_market_needs_columns_of_one_length() {
    let columns = AssetColumns {
        close: vec![1, 2],
        volume: vec![1],
        ..AssetColumns::default()
    };
    let error = Market::new(vec![columns], None).expect_err("an error");
    assert!(error
        .to_string()
        .starts_with("volume: all columns need 2 values"));
    assert!(Market::new(Vec::new(), None).is_err());
}

#[test]
fn sessions_do_not_go_back() {
    let columns = AssetColumns {
        close: vec![1, 2],
        volume: vec![1, 1],
        ..AssetColumns::default()
    };
    assert!(Market::new(vec![columns], Some(&[2, 1])).is_err());
}
