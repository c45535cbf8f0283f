#![allow(missing_docs)] // of what criterion makes

//! The order book on random commands near a price that walks.

use criterion::{criterion_group, criterion_main, BatchSize, Criterion, Throughput};
use rustybt_kernels::order_book::{
    Command, FeedCancels, Kind, NewOrder, OrderBook, Replacement, SelfTrade, Side, TimeInForce,
};

const COMMANDS: i64 = 100_000;

/// Marsaglia's xorshift: the same numbers everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end) as i64
    }
}

/// Two of three commands are orders, the others cancels and replacements of recent ones.
fn commands() -> Vec<(Command, i64)> {
    let mut random = Numbers(7);
    let mut middle = 10_000;
    (1..=COMMANDS)
        .map(|number| {
            middle += random.below(3) - 1;
            let recent = (number - random.below(400)).max(1);
            let side = [Side::Buy, Side::Sell][random.below(2) as usize];
            let away = random.below(12).min(random.below(12)) - 2;
            let price = match side {
                Side::Buy => middle - away,
                Side::Sell => middle + away,
            };
            let size = 1 + random.below(99);
            let command = match random.below(100) {
                0..25 => Command::Cancel(recent),
                25..33 => Command::Replace(Replacement {
                    order: recent,
                    price: Some(price),
                    size: Some(size),
                    stop: None,
                }),
                draw => Command::Submit(NewOrder {
                    kind: if draw < 38 { Kind::Market } else { Kind::Limit },
                    tif: match draw {
                        90.. => TimeInForce::Ioc,
                        87..90 => TimeInForce::Fok,
                        _ => TimeInForce::Gtc,
                    },
                    ..NewOrder::limit(number, side, price, size)
                }),
            };
            (command, number)
        })
        .collect()
}

fn order_book(criterion: &mut Criterion) {
    let commands = commands();
    let mut group = criterion.benchmark_group("order book");
    group.throughput(Throughput::Elements(COMMANDS as u64));
    group.bench_function("apply", |bench| {
        bench.iter_batched_ref(
            || OrderBook::new(SelfTrade::Allow, FeedCancels::Behind),
            |book| book.apply(&commands),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = order_book
}
criterion_main!(benches);
