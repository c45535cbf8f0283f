use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;

fn scales() -> Scales {
    Scales::new(12, 8).expect("twenty decimals have room")
}

fn price(text: &str) -> i64 {
    (text.parse::<f64>().expect("a number") * 1e6).round() as i64 * 1_000_000
}

const SHARE: i64 = 100_000_000;

#[test]
fn basis_points_move_the_price_and_bound_the_amount() {
    // 5 basis points on 100: 100.05 for a buy, 99.95 for a sale; a tenth of 905 shares is 90.
    let model = Slippage::BasisPoints {
        share: Scaled {
            coefficient: 5,
            scale: 4,
        },
        volume_limit: Scaled {
            coefficient: 1,
            scale: 1,
        },
    };
    let quote = Quote {
        base: price("100"),
        volume: 905 * SHARE,
        open: 200 * SHARE,
        used: 0,
        lot: SHARE,
    };
    let fill = |price, amount| Ok(Outcome::Fill { price, amount });
    assert_eq!(
        model.execute(&quote, &scales()),
        fill(price("100.05"), 90 * SHARE)
    );
    let sale = Quote {
        open: -20 * SHARE,
        ..quote
    };
    assert_eq!(
        model.execute(&sale, &scales()),
        fill(price("99.95"), -20 * SHARE)
    );
    let second = Quote {
        used: 85 * SHARE,
        ..quote
    };
    assert_eq!(
        model.execute(&second, &scales()),
        fill(price("100.05"), 5 * SHARE)
    );
    let last = Quote {
        used: 90 * SHARE,
        ..quote
    };
    assert_eq!(model.execute(&last, &scales()), Ok(Outcome::Dry));
}

#[test]
fn half_a_spread_is_rounded_once() {
    // 10 + 0.0000000000005 lies between two prices of 12 decimals: the even one.
    let model = |coefficient| Slippage::Fixed {
        half_spread: Scaled {
            coefficient,
            scale: 13,
        },
    };
    let quote = Quote {
        base: price("10"),
        volume: 0,
        open: SHARE,
        used: 0,
        lot: SHARE,
    };
    let found = |coefficient| match model(coefficient).execute(&quote, &scales()) {
        Ok(Outcome::Fill { price, .. }) => price - quote.base,
        other => panic!("{other:?}"),
    };
    assert_eq!((found(5), found(15), found(16)), (0, 2, 2));
}

#[test]
fn a_minimum_is_paid_first_and_exceeded_later() {
    // 0.01 a share, at least 1: 50 shares pay 1; 100 more owe 1.50 in all, so 0.50 more.
    let model = Commission::PerShare {
        cost: Scaled {
            coefficient: 1,
            scale: 2,
        },
        minimum: Scaled {
            coefficient: 1,
            scale: 0,
        },
    };
    let first = Paid {
        amount: 50 * SHARE,
        price: price("10"),
        filled: 0,
        commission: 0,
    };
    let one = 10_i128.pow(16);
    assert_eq!(model.charge(&first, &scales()), Ok(one));
    let second = Paid {
        amount: 100 * SHARE,
        filled: 50 * SHARE,
        commission: one,
        ..first
    };
    assert_eq!(model.charge(&second, &scales()), Ok(one / 2));
    let small = Paid {
        amount: 10 * SHARE,
        ..second
    };
    assert_eq!(model.charge(&small, &scales()), Ok(0));
}

#[test]
fn commissions_by_trade_and_by_value() {
    let fill = Paid {
        amount: -30 * SHARE,
        price: price("20.5"),
        filled: 0,
        commission: 0,
    };
    let cents = 10_i128.pow(14);
    let per_trade = Commission::PerTrade {
        cost: Scaled {
            coefficient: 495,
            scale: 2,
        },
    };
    assert_eq!(per_trade.charge(&fill, &scales()), Ok(495 * cents));
    let paid = Paid {
        commission: 495 * cents,
        ..fill
    };
    assert_eq!(per_trade.charge(&paid, &scales()), Ok(0));
    // 30 x 20.50 = 615; 0.2 % of it is 1.23.
    let per_dollar = Commission::PerDollar {
        cost: Scaled {
            coefficient: 2,
            scale: 3,
        },
    };
    assert_eq!(per_dollar.charge(&fill, &scales()), Ok(123 * cents));
    assert_eq!(Commission::None.charge(&fill, &scales()), Ok(0));
}

#[test]
fn a_sale_takes_its_share_of_the_cost() {
    // 3 at 10, then 1 at 16 sold: cost 30 less a third; the two left cost 20. Then 5 sold at 12:
    // 3 are short at 12, -36.
    let whole = |number: i128| number * 10_i128.pow(16);
    let mut held = Holding::default();
    let done = held.execute(3 * SHARE, price("10"), Some(price("9")), &scales());
    assert_eq!(
        done,
        Ok(Exchange {
            money: whole(-30),
            slippage: whole(3)
        })
    );
    assert_eq!(
        held.execute(-SHARE, price("16"), None, &scales())
            .map(|e| e.money),
        Ok(whole(16))
    );
    assert_eq!(
        held,
        Holding {
            amount: 2 * SHARE,
            cost: whole(20)
        }
    );
    assert_eq!(
        held.execute(-5 * SHARE, price("12"), None, &scales())
            .map(|e| e.money),
        Ok(whole(60))
    );
    assert_eq!(
        held,
        Holding {
            amount: -3 * SHARE,
            cost: whole(-36)
        }
    );
}

#[test]
fn what_has_no_room_changes_nothing() {
    let mut held = Holding {
        amount: i64::MAX,
        cost: 1,
    };
    let before = held;
    assert!(held.execute(1, 1, None, &scales()).is_err());
    assert_eq!(held, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_round_trip_leaves_no_cost(
        trades in proptest::collection::vec((-1000_i64..1000, 1_i64..1_000_000_000_000_000), 1..20)
    ) {
        let mut held = Holding::default();
        let mut cash = 0_i128;
        for (amount, price) in trades.into_iter().filter(|trade| trade.0 != 0) {
            let before = held;
            let done = held.execute(amount * SHARE, price, None, &scales());
            let done = done.expect("a thousand shares have room");
            cash += done.money;
            // amount x price, exactly: 8 + 12 decimals, of which 16 are kept.
            let exact = BigInt::from(amount * SHARE) * price;
            prop_assert_eq!(BigInt::from(-done.money) * 10_000, exact);
            prop_assert_eq!(held.amount, before.amount + amount * SHARE);
            if held.amount == 0 {
                prop_assert_eq!(held.cost, 0);
            }
        }
        prop_assert!(cash.abs() < 10_i128.pow(27));
    }
}
