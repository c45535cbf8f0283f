//! Whole numbers of more than 128 bits, of a known width: what exact moments need on their way.

use std::cmp::Ordering;

use super::rounding::{steps_away, Rounding};
use super::wide::{full_product, isqrt};

/// A whole number of `L` limbs of 64 bits, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Big<const L: usize>([u64; L]);

impl<const L: usize> Big<L> {
    /// Nothing.
    pub const ZERO: Self = Big([0; L]);

    /// A number of 128 bits; there are at least two limbs.
    #[inline]
    pub fn of(value: u128) -> Self {
        let mut limbs = [0; L];
        limbs[0] = value as u64;
        limbs[1] = (value >> 64) as u64;
        Big(limbs)
    }

    /// `10^exponent`; None where it has no room.
    pub fn power_of_ten(exponent: u32) -> Option<Self> {
        (0..exponent).try_fold(Self::of(1), |power, _| power.times(&Self::of(10)))
    }

    /// The product of two numbers of 128 bits; None where it has no room.
    #[inline]
    pub fn product(a: u128, b: u128) -> Option<Self> {
        if let Some(product) = a.checked_mul(b) {
            return Some(Self::of(product));
        }
        let (high, low) = full_product(a, b);
        let mut found = Self::of(low);
        for (place, limb) in [high as u64, (high >> 64) as u64].into_iter().enumerate() {
            match found.0.get_mut(2 + place) {
                Some(there) => *there = limb,
                None if limb == 0 => {}
                None => return None,
            }
        }
        Some(found)
    }

    /// The number, where 128 bits hold it.
    #[inline]
    pub fn narrowed(&self) -> Option<u128> {
        if self.0[2..].iter().any(|&limb| limb != 0) {
            return None;
        }
        Some(u128::from(self.0[1]) << 64 | u128::from(self.0[0]))
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|&limb| limb == 0)
    }

    /// How many limbs are in use.
    #[inline]
    fn length(&self) -> usize {
        L - self.0.iter().rev().take_while(|&&limb| limb == 0).count()
    }

    fn bits(&self) -> u32 {
        match self.length() {
            0 => 0,
            length => 64 * length as u32 - self.0[length - 1].leading_zeros(),
        }
    }

    /// The sum; None where it has no room.
    #[inline]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let (mut sum, mut carry) = (*self, false);
        for (limb, &more) in sum.0.iter_mut().zip(&other.0) {
            let (partial, first) = limb.overflowing_add(more);
            let (whole, second) = partial.overflowing_add(u64::from(carry));
            (*limb, carry) = (whole, first | second);
        }
        (!carry).then_some(sum)
    }

    /// The difference; None where it is below zero.
    #[inline]
    pub fn minus(&self, other: &Self) -> Option<Self> {
        let (mut rest, mut borrow) = (*self, false);
        for (limb, &less) in rest.0.iter_mut().zip(&other.0) {
            let (partial, first) = limb.overflowing_sub(less);
            let (whole, second) = partial.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (whole, first | second);
        }
        (!borrow).then_some(rest)
    }

    /// The product; None where it has no room.
    #[inline]
    pub fn times(&self, other: &Self) -> Option<Self> {
        let (mine, others) = (self.length(), other.length());
        let mut product = Self::ZERO;
        for (place, &limb) in self.0[..mine].iter().enumerate() {
            let mut carry = 0_u128;
            for (offset, &factor) in other.0[..others].iter().enumerate() {
                let sum = u128::from(limb) * u128::from(factor) + carry;
                carry = product.add_at(place + offset, sum as u64)? + (sum >> 64);
            }
            product.add_at(place + others, carry as u64)?;
        }
        Some(product)
    }

    /// Add to one limb and give what is carried; None where there is no such limb.
    #[inline]
    fn add_at(&mut self, place: usize, value: u64) -> Option<u128> {
        match self.0.get_mut(place) {
            Some(limb) => {
                let sum = u128::from(*limb) + u128::from(value);
                *limb = sum as u64;
                Some(sum >> 64)
            }
            None if value == 0 => Some(0),
            None => None,
        }
    }

    /// Shifted up by less than a limb; what leaves the top comes back beside it.
    fn raised(&self, bits: u32) -> (Self, u64) {
        let (mut raised, mut carry) = (*self, 0);
        for limb in &mut raised.0 {
            let whole = u128::from(*limb) << bits | u128::from(carry);
            (*limb, carry) = (whole as u64, (whole >> 64) as u64);
        }
        (raised, carry)
    }

    /// Shifted down.
    fn lowered(&self, bits: u32) -> Self {
        let (limbs, bits) = ((bits / 64) as usize, bits % 64);
        let at = |place: usize| u128::from(self.0.get(place).copied().unwrap_or(0));
        let mut lowered = Self::ZERO;
        for (place, limb) in lowered.0.iter_mut().enumerate() {
            *limb = ((at(place + limbs + 1) << 64 | at(place + limbs)) >> bits) as u64;
        }
        lowered
    }

    /// Quotient and rest; the divisor is not zero.
    #[inline]
    pub fn divided(&self, divisor: &Self) -> (Self, Self) {
        if let (Some(a), Some(b)) = (self.narrowed(), divisor.narrowed()) {
            return (Self::of(a / b), Self::of(a % b));
        }
        match divisor.length() {
            1 => self.divided_by_limb(divisor.0[0]),
            length if length > self.length() => (Self::ZERO, *self),
            length => self.long_division(divisor, length),
        }
    }

    fn divided_by_limb(&self, divisor: u64) -> (Self, Self) {
        let (mut quotient, mut rest) = (Self::ZERO, 0_u128);
        for place in (0..self.length()).rev() {
            let part = rest << 64 | u128::from(self.0[place]);
            quotient.0[place] = (part / u128::from(divisor)) as u64;
            rest = part % u128::from(divisor);
        }
        (quotient, Self::of(rest))
    }

    /// Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D.
    fn long_division(&self, divisor: &Self, length: usize) -> (Self, Self) {
        let shift = divisor.0[length - 1].leading_zeros();
        let (low, _) = divisor.raised(shift);
        let (mut rest, mut top) = self.raised(shift);
        let mut quotient = Self::ZERO;
        for place in (0..=self.length() - length).rev() {
            let above = if place + length < L {
                rest.0[place + length]
            } else {
                top
            };
            let mut digit = low.guess(&rest.0[place..place + length], above, length);
            let borrowed = rest.subtract_at(place, &low, length, digit);
            if borrowed > u128::from(above) {
                digit -= 1;
                rest.add_back(place, &low, length);
            }
            match rest.0.get_mut(place + length) {
                Some(limb) => *limb = 0,
                None => top = 0,
            }
            quotient.0[place] = digit;
        }
        (quotient, rest.lowered(shift))
    }

    /// A digit of the quotient, at most one too large.
    fn guess(&self, rest: &[u64], above: u64, length: usize) -> u64 {
        let first = u128::from(self.0[length - 1]);
        let second = u128::from(self.0[length - 2]);
        let part = u128::from(above) << 64 | u128::from(rest[length - 1]);
        let mut digit = part / first;
        let mut left = part % first;
        while digit >> 64 != 0 || digit * second > (left << 64 | u128::from(rest[length - 2])) {
            digit -= 1;
            left += first;
            if left >> 64 != 0 {
                break;
            }
        }
        digit as u64
    }

    /// Take `digit` times a divisor away and give what is owed by the limb above.
    fn subtract_at(&mut self, place: usize, divisor: &Self, length: usize, digit: u64) -> u128 {
        let mut owed = 0_u128;
        for offset in 0..length {
            let part = u128::from(divisor.0[offset]) * u128::from(digit) + owed;
            let (limb, borrow) = self.0[place + offset].overflowing_sub(part as u64);
            self.0[place + offset] = limb;
            owed = (part >> 64) + u128::from(borrow);
        }
        owed
    }

    fn add_back(&mut self, place: usize, divisor: &Self, length: usize) {
        let mut carry = 0_u128;
        for offset in 0..length {
            let sum = u128::from(self.0[place + offset]) + u128::from(divisor.0[offset]) + carry;
            self.0[place + offset] = sum as u64;
            carry = sum >> 64;
        }
    }

    /// The largest number whose square is at most this.
    #[inline]
    pub fn root(&self) -> Self {
        if let Some(narrow) = self.narrowed() {
            return Self::of(isqrt(narrow));
        }
        // The root of the upper 127 or 128 bits, one too large, leads Newton's method from above.
        let shift = (self.bits() - 127) / 2 * 2;
        let upper = self.lowered(shift).narrowed().unwrap_or(u128::MAX);
        let mut root = Self::of(isqrt(upper) + 1).shifted(shift / 2);
        loop {
            let (quotient, _) = self.divided(&root);
            let next = match root.plus(&quotient) {
                Some(sum) => sum.lowered(1),
                None => return root,
            };
            if next >= root {
                return root;
            }
            root = next;
        }
    }

    /// Shifted up by any number of bits; what leaves the top is lost.
    fn shifted(&self, bits: u32) -> Self {
        let limbs = (bits / 64) as usize;
        let (raised, _) = self.raised(bits % 64);
        let mut shifted = Self::ZERO;
        shifted.0[limbs..].copy_from_slice(&raised.0[..L - limbs]);
        shifted
    }
}

impl<const L: usize> PartialOrd for Big<L> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const L: usize> Ord for Big<L> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

/// A whole number with a sign; zero may have either.
#[derive(Debug, Clone, Copy)]
pub struct Signed<const L: usize> {
    /// Whether it is below zero.
    pub negative: bool,
    /// How far it is from zero.
    pub size: Big<L>,
}

impl<const L: usize> Signed<L> {
    /// Nothing.
    pub const ZERO: Self = Signed {
        negative: false,
        size: Big::ZERO,
    };

    /// A number of 128 bits.
    #[inline]
    pub fn of(value: i128) -> Self {
        Signed {
            negative: value < 0,
            size: Big::of(value.unsigned_abs()),
        }
    }

    /// The product of two numbers of 128 bits; None where it has no room.
    #[inline]
    pub fn product(a: i128, b: i128) -> Option<Self> {
        let size = Big::product(a.unsigned_abs(), b.unsigned_abs())?;
        let negative = (a < 0) != (b < 0);
        Some(Signed { negative, size })
    }

    /// The sum; None where it has no room.
    #[inline]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        if self.negative == other.negative {
            let size = self.size.plus(&other.size)?;
            return Some(Signed { size, ..*self });
        }
        match self.size.minus(&other.size) {
            Some(size) => Some(Signed { size, ..*self }),
            None => Some(Signed {
                size: other.size.minus(&self.size)?,
                ..*other
            }),
        }
    }

    /// The difference; None where it has no room.
    #[inline]
    pub fn minus(&self, other: &Self) -> Option<Self> {
        let negative = !other.negative;
        self.plus(&Signed { negative, ..*other })
    }

    /// The product; None where it has no room.
    #[inline]
    pub fn times(&self, other: &Self) -> Option<Self> {
        Some(Signed {
            negative: self.negative != other.negative,
            size: self.size.times(&other.size)?,
        })
    }
}

/// `numerator / denominator x 10^(to - from)` as a whole number, rounded once.
#[derive(Debug, Clone, Copy)]
pub struct Shift<const L: usize> {
    up: Big<L>,
    down: Big<L>,
}

impl<const L: usize> Shift<L> {
    /// From one scale to another; None where the power of ten has no room.
    pub fn new(from: u32, to: u32) -> Option<Self> {
        Some(Shift {
            up: Big::power_of_ten(to.saturating_sub(from))?,
            down: Big::power_of_ten(from.saturating_sub(to))?,
        })
    }

    /// The quotient at the new scale; None where it has no room. The denominator is not zero.
    #[inline]
    pub fn quotient(
        &self,
        numerator: &Signed<L>,
        denominator: &Big<L>,
        mode: Rounding,
    ) -> Option<i128> {
        let size = numerator.size.times(&self.up)?;
        let whole = denominator.times(&self.down)?;
        let (quotient, rest) = size.divided(&whole);
        let mut found = quotient.narrowed()?;
        if !rest.is_zero() {
            let half = rest.cmp(&whole.minus(&rest)?);
            let away = steps_away(mode, numerator.negative, half, found);
            found = found.checked_add(u128::from(away))?;
        }
        with_sign(found, numerator.negative)
    }

    /// The square root of a quotient, half even; made from the scales of the quotient, doubled.
    ///
    /// None where it has no room. The denominator is not zero.
    #[inline]
    pub fn root(&self, numerator: &Big<L>, denominator: &Big<L>) -> Option<i128> {
        let size = numerator.times(&self.up)?;
        let whole = denominator.times(&self.down)?;
        let root = size.divided(&whole).0.root();
        let mut found = root.narrowed()?;
        // It is nearer to the next one where size / whole > (root + 1/2)^2, that is where
        // (size - root^2 whole) > (root + 1/4) whole; there are no ties but with 1/4 of a whole.
        let rest = size.minus(&Big::product(found, found)?.times(&whole)?)?;
        let four = Big::of(4);
        let quarters = Big::of(found).times(&four)?.plus(&Big::of(1))?;
        let half = rest.times(&four)?.cmp(&quarters.times(&whole)?);
        let away = steps_away(Rounding::HalfEven, false, half, found);
        found = found.checked_add(u128::from(away))?;
        with_sign(found, false)
    }
}

#[inline]
fn with_sign(size: u128, negative: bool) -> Option<i128> {
    let value = i128::try_from(size).ok()?;
    Some(if negative { -value } else { value })
}
