#![allow(missing_docs)] // of what criterion makes
//! A sweep of pairs of means: signals, orders, money and figures of each.

use std::sync::Arc;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use rustybt_kernels::sweep::signals::{sma, Cross, Side};
use rustybt_kernels::sweep::{
    AssetColumns, Commission, Dec, FillAt, Market, Rules, Signals, Slippage, Sweep,
};

/// Prices in cents that wander about 100; `length` bars make a session.
fn market(bars: usize, length: usize) -> Arc<Market> {
    let mut state = 1_u64;
    let mut price = 10_000_i64;
    let mut closes = Vec::with_capacity(bars);
    for _ in 0..bars {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        price = (price + (state >> 33) as i64 % 201 - 100).max(100);
        closes.push(price);
    }
    let columns = AssetColumns {
        volume: vec![100_000; bars],
        close: closes,
        price_scale: 2,
        ..AssetColumns::default()
    };
    let sessions: Vec<i64> = (0..bars).map(|bar| (bar / length) as i64).collect();
    Arc::new(Market::new(vec![columns], Some(&sessions)).expect("a market"))
}

/// All pairs of 20 quick and 10 slow means.
fn sweep(market: &Arc<Market>) -> Sweep {
    let known = &market.assets[0].known;
    let windows: Vec<usize> = (5..25).chain((30..80).step_by(5)).collect();
    let lines = windows
        .iter()
        .map(|&window| sma(known, window).expect("a line"));
    let sets = (0..20).flat_map(|fast| (20..30).map(move |slow| (fast, slow)));
    let (units, nothing) = (Dec::new(100, 0), Dec::ZERO);
    let signals = Signals::Cross(Cross {
        lines: vec![lines.collect()],
        sets: sets.collect(),
        side: Side::new(units, nothing, true).expect("sides"),
    });
    let rules = Rules {
        capital: 10_i128.pow(22),
        fill_at: FillAt::Close,
        cancels: true,
        weights: false,
        slippage: Slippage::None,
        commission: Commission::PerDollar {
            rate: Dec::new(5, 4),
        },
    };
    Sweep::new(market.clone(), Arc::new(signals), rules).expect("a sweep")
}

fn pairs_of_means(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("200 pairs of means");
    for (name, bars, length) in [("2,520 days", 2_520, 1), ("50,000 minutes", 50_000, 390)] {
        let market = market(bars, length);
        group.throughput(Throughput::Elements(200 * bars as u64));
        group.bench_function(name, |bencher| {
            let sweep = sweep(&market);
            bencher.iter(|| sweep.rows(0..sweep.sets(), 1).expect("rows"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = pairs_of_means
}
criterion_main!(benches);
