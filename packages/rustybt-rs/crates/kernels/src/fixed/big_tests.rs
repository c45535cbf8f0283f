use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use proptest::prelude::*;

use super::big::{Big, Shift, Signed};
use super::Rounding;

type Wide = Big<16>;
type Narrow = Big<4>;

/// A number of up to eight limbs of which many have all bits set or none.
fn limbs() -> impl Strategy<Value = Vec<u64>> {
    let limb = prop_oneof![
        any::<u64>(),
        Just(0),
        Just(u64::MAX),
        Just(1),
        Just(1 << 63)
    ];
    prop::collection::vec(limb, 0..8)
}

/// The number with 64 bits in each limb, made by the functions under test and without bounds.
fn both<const L: usize>(limbs: &[u64]) -> (Option<Big<L>>, BigUint) {
    let base = Big::<L>::of(1 << 64);
    let shifted = limbs
        .iter()
        .rev()
        .try_fold(Big::ZERO, |so_far: Big<L>, &limb| {
            so_far.times(&base)?.plus(&Big::of(limb.into()))
        });
    let words = limbs
        .iter()
        .flat_map(|limb| [*limb as u32, (limb >> 32) as u32]);
    (shifted, BigUint::new(words.collect()))
}

fn wide(limbs: &[u64]) -> (Wide, BigUint) {
    let (value, exact) = both::<16>(limbs);
    (value.unwrap_or(Wide::ZERO), exact)
}

fn exact<const L: usize>(value: &Big<L>) -> BigUint {
    let mut rest = *value;
    let mut words = Vec::new();
    let base = Big::of(1 << 32);
    while !rest.is_zero() {
        let (quotient, word) = rest.divided(&base);
        words.push(word.narrowed().unwrap_or(0) as u32);
        rest = quotient;
    }
    BigUint::new(words)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn numbers_come_and_go(a in limbs()) {
        let (value, number) = wide(&a);
        prop_assert_eq!(exact(&value), number);
    }

    #[test]
    fn sums_differences_and_products_are_exact(a in limbs(), b in limbs()) {
        let ((x, m), (y, n)) = (wide(&a), wide(&b));
        prop_assert_eq!(x.cmp(&y), m.cmp(&n));
        prop_assert_eq!(x.plus(&y).map(|sum| exact(&sum)), Some(&m + &n));
        prop_assert_eq!(x.times(&y).map(|product| exact(&product)), Some(&m * &n));
        let rest = (m >= n).then(|| &m - &n);
        prop_assert_eq!(x.minus(&y).map(|rest| exact(&rest)), rest);
    }

    #[test]
    fn what_has_no_room_is_nothing(a in limbs(), b in limbs()) {
        let ((x, m), (y, n)) = (both::<4>(&a), both::<4>(&b));
        let fits = |number: BigUint| (number.bits() <= 256).then_some(number);
        prop_assert_eq!(x.map(|x| exact(&x)), fits(m.clone()));
        if let (Some(x), Some(y)) = (x, y) {
            prop_assert_eq!(x.plus(&y).map(|sum| exact(&sum)), fits(&m + &n));
            prop_assert_eq!(x.times(&y).map(|product| exact(&product)), fits(m * n));
        }
    }

    #[test]
    fn quotients_and_rests_are_exact(a in limbs(), b in limbs()) {
        let ((x, m), (y, n)) = (wide(&a), wide(&b));
        prop_assume!(!y.is_zero());
        let (quotient, rest) = x.divided(&y);
        prop_assert_eq!((exact(&quotient), exact(&rest)), m.div_rem(&n));
        if let (Some(x), Some(y)) = (both::<4>(&a).0, both::<4>(&b).0) {
            let (quotient, rest) = x.divided(&y);
            prop_assert_eq!((exact(&quotient), exact(&rest)), m.div_rem(&n));
        }
    }

    #[test]
    fn roots_are_floors(a in limbs()) {
        let (value, number) = wide(&a);
        prop_assert_eq!(exact(&value.root()), number.sqrt());
        if let Some(value) = both::<4>(&a).0 {
            prop_assert_eq!(exact(&value.root()), number.sqrt());
        }
    }

    #[test]
    fn signs_are_kept(a in any::<i128>(), b in any::<i128>(), c in any::<i128>()) {
        let product = Signed::<8>::product(a, b);
        let sum = product.and_then(|product| product.plus(&Signed::of(c))?.minus(&Signed::of(a)));
        let found = sum.map(|sum| {
            let size = BigInt::from(exact(&sum.size));
            if sum.negative { -size } else { size }
        });
        prop_assert_eq!(found, Some(BigInt::from(a) * b + c - a));
    }

    #[test]
    fn roots_of_quotients_are_rounded_once(a in any::<u128>(), b in 1..u64::MAX, to in 0..30_u32) {
        let shift = Shift::<16>::new(0, 2 * to);
        let found = shift.and_then(|shift| shift.root(&Big::of(a), &Big::of(b.into())));
        let unit = BigUint::from(10_u32).pow(2 * to);
        // twice as far as a half: the floor of the doubled root is odd where it is beyond
        let doubled = (BigUint::from(a) * &unit * 4_u32 / b).sqrt();
        let expected = (&doubled + 1_u32) / 2_u32;
        let tie = &doubled * &doubled * b == BigUint::from(a) * unit * 4_u32 && doubled.is_odd();
        prop_assume!(!tie);
        prop_assert_eq!(found, i128::try_from(expected).ok());
    }
}

#[test]
fn a_digit_that_is_guessed_too_large_is_taken_back() {
    // Knuth's case for step D6 in base 2^64: (2^63 B^3 + B^2) - 1 by 2^63 B^2 + 1
    let (x, m) = both::<4>(&[u64::MAX, u64::MAX, 0, 1 << 63]);
    let (y, n) = both::<4>(&[1, 0, 1 << 63]);
    let (quotient, rest) = x
        .zip(y)
        .map(|(x, y)| x.divided(&y))
        .unwrap_or((Narrow::ZERO, Narrow::ZERO));
    assert_eq!((exact(&quotient), exact(&rest)), m.div_rem(&n));
}

#[test]
fn ties_of_roots_go_to_the_even_one() {
    // sqrt(0.25) = 0.5 -> 0; sqrt(2.25) = 1.5 -> 2
    let shift = Shift::<4>::new(0, 0);
    let root = |numerator| shift.and_then(|shift| shift.root(&Big::of(numerator), &Big::of(4)));
    assert_eq!((root(1), root(9)), (Some(0), Some(2)));
    let quotient = |numerator| {
        let shift = Shift::<4>::new(2, 1)?;
        shift.quotient(&Signed::of(numerator), &Big::of(1), Rounding::HalfEven)
    };
    assert_eq!((quotient(-25), quotient(-35)), (Some(-2), Some(-4)));
}
