use num_bigint::BigInt;
use num_integer::{Integer, Roots};
use proptest::prelude::*;

use super::*;

const MODES: [Rounding; 8] = [
    Rounding::Ceiling,
    Rounding::Down,
    Rounding::Floor,
    Rounding::HalfDown,
    Rounding::HalfEven,
    Rounding::HalfUp,
    Rounding::Up,
    Rounding::ZeroFiveUp,
];

/// The rounded quotient in numbers without bounds, by the definition of each mode.
fn expected(numerator: &BigInt, denominator: &BigInt, mode: Rounding) -> BigInt {
    let (floor, rest) = numerator.div_mod_floor(denominator);
    if rest == BigInt::ZERO {
        return floor;
    }
    let above = &floor + 1;
    let negative = floor < BigInt::ZERO;
    let (toward, away) = if negative {
        (&above, &floor)
    } else {
        (&floor, &above)
    };
    let doubled = &rest * 2_i32;
    let side = if denominator < &BigInt::ZERO {
        (-&doubled).cmp(&-denominator.clone())
    } else {
        doubled.cmp(denominator)
    };
    let nearest = |tie: &BigInt| match side {
        std::cmp::Ordering::Less => floor.clone(),
        std::cmp::Ordering::Greater => above.clone(),
        std::cmp::Ordering::Equal => tie.clone(),
    };
    match mode {
        Rounding::Ceiling => above,
        Rounding::Floor => floor,
        Rounding::Down => toward.clone(),
        Rounding::Up => away.clone(),
        Rounding::HalfDown => nearest(toward),
        Rounding::HalfUp => nearest(away),
        Rounding::HalfEven => nearest(if floor.is_even() { &floor } else { &above }),
        Rounding::ZeroFiveUp => {
            let last = toward.magnitude() % 10_u32;
            if last == 0_u32.into() || last == 5_u32.into() {
                away.clone()
            } else {
                toward.clone()
            }
        }
    }
}

fn fits(value: &BigInt) -> Option<i128> {
    i128::try_from(value).ok()
}

/// Coefficients of every width, with the edges of the type among them.
fn coefficient() -> impl Strategy<Value = i128> {
    prop_oneof![
        any::<i64>().prop_map(i128::from),
        any::<i128>(),
        -50_i128..50,
        Just(i128::MAX),
        Just(i128::MIN),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn quotients_are_rounded_as_defined(a in coefficient(), b in coefficient(), m in 0..8_usize) {
        prop_assume!(b != 0);
        let exact = expected(&a.into(), &b.into(), MODES[m]);
        prop_assert_eq!(divide(a, b, MODES[m]).ok(), fits(&exact));
    }

    #[test]
    fn divisors_give_the_same_quotients(
        a in coefficient(), b in coefficient(), shift in 0..127_u32, m in 0..8_usize
    ) {
        let whole = (b.unsigned_abs() >> (1 + shift)) as i128;
        prop_assume!(whole > 0);
        let found = Divisor::new(whole).and_then(|whole| whole.divide(a, MODES[m]));
        prop_assert_eq!(found, divide(a, whole, MODES[m]));
    }

    #[test]
    fn products_are_divided_without_loss(
        a in coefficient(), b in coefficient(), c in coefficient(), m in 0..8_usize
    ) {
        prop_assume!(c != 0);
        let exact = expected(&(BigInt::from(a) * b), &c.into(), MODES[m]);
        prop_assert_eq!(mul_div(a, b, c, MODES[m]).ok(), fits(&exact));
    }

    #[test]
    fn scales_change_as_defined(
        c in coefficient(), from in 0..45_u32, to in 0..45_u32, m in 0..8_usize
    ) {
        let ten = |power| BigInt::from(10).pow(power);
        let exact = expected(&(BigInt::from(c) * ten(to)), &ten(from), MODES[m]);
        let found = rescale(c, from, to, MODES[m]).ok();
        if found.is_none() && fits(&exact).is_some() {
            // Only zero has room at more than 38 digits.
            prop_assert!(c != 0 && to - from > WIDEST_SCALE);
        } else {
            prop_assert_eq!(found, fits(&exact));
        }
    }

    #[test]
    fn roots_are_rounded_once_two_digits_out(c in any::<i128>(), scale in 0..40_u32, to in 0..20_u32) {
        let wide = 2 * (to + 2);
        let ten = |power: u32| BigInt::from(10).pow(power);
        let size = BigInt::from(c.saturating_abs());
        let radicand = size * ten(wide.saturating_sub(scale)) / ten(scale.saturating_sub(wide));
        let exact = expected(&radicand.sqrt(), &100.into(), Rounding::HalfEven);
        if let Ok(found) = sqrt(c.saturating_abs(), scale, to) {
            prop_assert_eq!(BigInt::from(found), exact);
        } else {
            prop_assert!(radicand.bits() > 250 || wide.saturating_sub(scale) > WIDEST_SCALE);
        }
    }

    #[test]
    fn roots_are_floors(value in any::<u128>()) {
        prop_assert_eq!(isqrt(value), value.sqrt());
    }
}

#[test]
fn money_of_a_fill_is_exact() {
    // 3.25 shares at 10.10: 32.825; amount at 8, price at 12, money at 16.
    let money = multiply(
        325_000_000,
        8,
        10_100_000_000_000,
        12,
        16,
        Rounding::HalfEven,
    );
    assert_eq!(money, Ok(328_250_000_000_000_000));
}

#[test]
fn the_root_of_two_has_eighteen_digits() {
    // sqrt(2) = 1.414213562373095048 80...
    assert_eq!(sqrt(2, 0, 18), Ok(1_414_213_562_373_095_049));
    assert!(sqrt(-1, 0, 18).is_err());
}

#[test]
fn what_has_no_room_is_an_error() {
    assert!(multiply(i128::MAX, 0, 2, 0, 0, Rounding::Down).is_err());
    assert!(divide(i128::MIN, -1, Rounding::Down).is_err());
    assert!(narrow(i128::from(i64::MAX) + 1, "price").is_err());
    assert!(divide(1, 0, Rounding::Down).is_err());
    let text = narrow(1 << 70, "price").map_err(|error| error.to_string());
    let expected = "price 1180591620717411303424: the number does not fit; use a smaller scale";
    assert_eq!(text, Err(expected.to_string()));
}

#[test]
fn modes_have_the_names_of_python() {
    assert_eq!("ROUND_05UP".parse(), Ok(Rounding::ZeroFiveUp));
    assert!("half even".parse::<Rounding>().is_err());
}
