//! A hundred thousand rows of an indicator of each kind.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rustybt_kernels::indicators::definition;

const ROWS: usize = 100_000;

/// An indicator of each kind of state: sums, recurrences, moments, extremes, order, bars.
const INDICATORS: [(&str, &[f64]); 8] = [
    ("sma", &[30.0]),
    ("ema", &[30.0]),
    ("standard_deviation", &[20.0, 0.0]),
    ("rolling_max", &[30.0]),
    ("rolling_median", &[30.0]),
    ("macd", &[12.0, 26.0, 9.0]),
    ("stochastic", &[14.0, 3.0, 3.0]),
    ("adx", &[14.0]),
];

/// Prices that wander: a multiplicative congruential generator's steps.
fn prices() -> Vec<f64> {
    let mut state = 1_u64;
    let mut price = 100.0;
    let mut step = || {
        state = state * 48_271 % 2_147_483_647;
        price += (state % 201) as f64 / 100.0 - 1.0;
        price
    };
    (0..ROWS).map(|_| step()).collect()
}

fn indicators(criterion: &mut Criterion) {
    let column = prices();
    let mut group = criterion.benchmark_group("indicators");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, values) in INDICATORS {
        let Some(found) = definition(name) else {
            continue;
        };
        let columns = vec![column.as_slice(); found.inputs.len()];
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let made = found.make(values);
                made.and_then(|mut indicator| indicator.update(black_box(&columns)))
            });
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    indicators(&mut criterion);
    criterion.final_summary();
}
