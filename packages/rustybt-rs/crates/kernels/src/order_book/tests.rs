//! Laws of the book under random commands.

#![allow(clippy::unwrap_used)] // a law that meets an error has failed

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn orders() -> impl Strategy<Value = NewOrder> {
    let kinds = prop_oneof![
        4 => Just(Kind::Limit),
        1 => Just(Kind::Market),
        1 => Just(Kind::Stop),
        1 => Just(Kind::StopLimit),
    ];
    let lives = prop_oneof![
        4 => Just(TimeInForce::Gtc),
        1 => Just(TimeInForce::Ioc),
        1 => Just(TimeInForce::Fok),
    ];
    let numbers = (
        1..30_i64,
        0..3_i64,
        -4..5_i64,
        -4..5_i64,
        1..20_i64,
        0..6_i64,
    );
    (numbers, sides(), kinds, lives, prop::bool::weighted(0.1)).prop_map(
        |((id, owner, price, stop, size, visible), side, kind, tif, post)| NewOrder {
            id,
            owner,
            side,
            kind,
            price,
            stop,
            size,
            visible: if kind.is_limited() { visible } else { 0 },
            tif,
            post_only: post && kind.is_limited() && tif == TimeInForce::Gtc,
        },
    )
}

fn commands() -> impl Strategy<Value = Command> {
    let figures = (1..30_i64, -4..5_i64, 1..20_i64, 0..3_u8);
    prop_oneof![
        6 => orders().prop_map(Command::Submit),
        2 => (1..30_i64).prop_map(Command::Cancel),
        2 => figures.prop_map(|(order, price, size, which)| Command::Replace(Replacement {
            order,
            price: (which != 0).then_some(price),
            size: (which != 1).then_some(size),
            stop: None,
        })),
    ]
}

fn policies() -> impl Strategy<Value = SelfTrade> {
    prop_oneof![
        Just(SelfTrade::Allow),
        Just(SelfTrade::CancelNewest),
        Just(SelfTrade::CancelOldest),
        Just(SelfTrade::CancelBoth),
    ]
}

/// What is open of each order by the events alone.
#[derive(Default)]
struct Accounts {
    open: HashMap<i64, i64>,
    /// Sizes that came in, by side: those of orders that were accepted, and what replacements add.
    given: i64,
    traded: i64,
    ended: i64,
}

impl Accounts {
    fn book(&mut self, command: &Command, events: &[Event]) {
        for event in events {
            match *event {
                Event::Accepted { order, .. } => {
                    if let Command::Submit(new) = command {
                        self.open.insert(order, new.size);
                        self.given += new.size;
                    }
                }
                Event::Trade {
                    maker, taker, size, ..
                } => {
                    for order in [maker, taker] {
                        *self.open.entry(order).or_default() -= size;
                    }
                    self.traded += 2 * size;
                }
                Event::Filled { order, .. } => assert_eq!(self.open.remove(&order), Some(0)),
                Event::Cancelled { order, size, .. } | Event::Expired { order, size, .. } => {
                    assert_eq!(self.open.remove(&order), Some(size));
                    self.ended += size;
                }
                Event::Replaced { order, size, .. } => {
                    let before = self.open.insert(order, size);
                    self.given += size - before.unwrap_or_default();
                }
                Event::Rejected { .. } | Event::Triggered { .. } | Event::Refilled { .. } => {}
            }
        }
    }
}

fn all_orders(book: &OrderBook) -> Vec<OrderView> {
    let sides = [Side::Buy, Side::Sell];
    let resting = sides.into_iter().flat_map(|side| book.orders(side));
    let waiting = sides.into_iter().flat_map(|side| book.stops(side));
    resting.chain(waiting).collect()
}

/// What holds of every book after every command.
fn audit(book: &OrderBook) {
    for side in [Side::Buy, Side::Sell] {
        let levels: Vec<_> = book.levels(side).collect();
        let keys: Vec<_> = levels.iter().map(|level| side.key(level.price)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        for level in levels {
            let queue: Vec<_> = book.queue(side, level.price).collect();
            let shown: i128 = queue.iter().map(|order| i128::from(order.shown)).sum();
            assert_eq!((level.size, level.count as usize), (shown, queue.len()));
            assert!(queue
                .iter()
                .all(|order| order.shown > 0 && order.hidden >= 0));
        }
    }
    assert_eq!(all_orders(book).len(), book.len());
}

proptest! {
    #[test]
    fn what_came_in_is_open_traded_or_ended(
        run in prop::collection::vec(commands(), 1..120),
        policy in policies(),
    ) {
        let mut book = OrderBook::new(policy, FeedCancels::Behind);
        let mut accounts = Accounts::default();
        for (at, command) in run.iter().enumerate() {
            let mut events = Vec::new();
            book.carry_out(command, at as i64, &mut events).unwrap();
            accounts.book(command, &events);
            audit(&book);
            if let (Some(bid), Some(ask)) = (book.best(Side::Buy), book.best(Side::Sell)) {
                prop_assert!(bid.price < ask.price);
            }
            let open: HashMap<_, _> = all_orders(&book)
                .iter()
                .map(|order| (order.terms.id, order.shown + order.hidden))
                .collect();
            let sum: i64 = open.values().sum();
            prop_assert_eq!(&open, &accounts.open);
            prop_assert_eq!(accounts.given, sum + accounts.traded + accounts.ended);
        }
    }

    #[test]
    fn a_taker_meets_prices_that_never_get_better(
        run in prop::collection::vec(orders(), 1..120),
    ) {
        let mut book = OrderBook::new(SelfTrade::Allow, FeedCancels::Behind);
        for (at, order) in run.iter().enumerate() {
            let best = book.best(order.side.other());
            let mut events = Vec::new();
            book.submit(order, at as i64, &mut events).unwrap();
            let keys: Vec<_> = events
                .iter()
                .filter_map(|event| match *event {
                    Event::Trade { taker, side, price, .. } if taker == order.id => {
                        Some(side.other().key(price))
                    }
                    _ => None,
                })
                .collect();
            prop_assert!(keys.windows(2).all(|pair| pair[0] <= pair[1]));
            if let (Some(&first), Some(best)) = (keys.first(), best) {
                prop_assert_eq!(first, order.side.other().key(best.price));
            }
        }
    }

    #[test]
    fn orders_of_one_price_trade_as_they_came(
        sizes in prop::collection::vec(1..9_i64, 1..20),
        taken in 1..200_i64,
    ) {
        let mut book = OrderBook::new(SelfTrade::Allow, FeedCancels::Behind);
        let mut events = Vec::new();
        for (number, &size) in sizes.iter().enumerate() {
            let order = NewOrder::limit(number as i64 + 1, Side::Sell, 100, size);
            book.submit(&order, 0, &mut events).unwrap();
        }
        events.clear();
        book.submit(&NewOrder::limit(1_000, Side::Buy, 100, taken), 1, &mut events).unwrap();
        let makers = events.iter().filter_map(|event| match *event {
            Event::Trade { maker, size, .. } => Some((maker, size)),
            _ => None,
        });
        let mut rest = taken;
        let mut expected = Vec::new();
        for (number, &size) in sizes.iter().enumerate() {
            let part = size.min(rest);
            rest -= part;
            if part > 0 {
                expected.push((number as i64 + 1, part));
            }
        }
        prop_assert_eq!(makers.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn one_call_gives_what_many_give(run in prop::collection::vec(commands(), 0..80)) {
        let timed: Vec<_> = run.iter().zip(0..).map(|(&command, at)| (command, at)).collect();
        let mut one = OrderBook::new(SelfTrade::CancelBoth, FeedCancels::Behind);
        let mut many = OrderBook::new(SelfTrade::CancelBoth, FeedCancels::Behind);
        let applied = one.apply(&timed).unwrap();
        let mut events = Vec::new();
        let mut rows = Vec::new();
        for (row, (command, at)) in timed.iter().enumerate() {
            many.carry_out(command, *at, &mut events).unwrap();
            rows.resize(events.len(), row as i64);
        }
        prop_assert_eq!(applied.events, events);
        prop_assert_eq!(applied.rows, rows);
    }

    #[test]
    fn a_feeds_level_is_as_the_feed_says(
        run in prop::collection::vec((0..4_u8, sides(), -3..4_i64, 0..20_i64), 1..80),
        proportional in any::<bool>(),
    ) {
        let rule = if proportional { FeedCancels::Proportional } else { FeedCancels::Behind };
        let mut book = OrderBook::new(SelfTrade::Allow, rule);
        let mut events = Vec::new();
        for (at, &(what, side, price, size)) in run.iter().enumerate() {
            let at = at as i64;
            match what {
                0 => {
                    let order = NewOrder::limit(at + 1, side, price, size + 1);
                    book.submit(&order, at, &mut events).unwrap();
                }
                1 => book.feed_trade(side, price, size + 1, at, &mut events).unwrap(),
                _ => {
                    book.feed_level(side, price, size, at, &mut events).unwrap();
                    let market = book.queue(side, price).filter(|order| order.foreign);
                    prop_assert_eq!(market.map(|order| order.shown).sum::<i64>(), size);
                }
            }
            audit(&book);
        }
    }
}

#[test]
fn steps_are_exact() {
    let cent = Unit::new("tick", 1, 2).unwrap();
    assert_eq!(cent.steps("price", 1_000, 2), Ok(1_000)); // 10.00
    assert_eq!(cent.steps("price", 10, 0), Ok(1_000)); // 10
    assert_eq!(cent.steps("price", 12_340, 3), Ok(1_234)); // 12.340
    assert_eq!(
        cent.steps("price", -5, 3).unwrap_err().to_string(),
        "price: off the tick of 0.01; round it to a multiple (met -0.005)"
    );
    let quarter = Unit::new("tick", 25, 2).unwrap();
    assert_eq!(quarter.steps("price", -125, 2), Ok(-5)); // -1.25 = -5 x 0.25
    assert!(quarter.steps("price", 130, 2).is_err());
    assert_eq!(quarter.value(-5), Ok(-125));
    assert!(quarter.steps("price", i128::MAX, 0).is_err());
    assert!(quarter.value(i128::MAX).is_err());
    assert!(Unit::new("tick", 0, 2).is_err());
}
