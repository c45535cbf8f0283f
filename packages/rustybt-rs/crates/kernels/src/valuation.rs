//! What positions are worth, as core's reference arithmetic rounds it: money half even.

use crate::error::{Error, Result};
use crate::fixed::{divide, power_of_ten, Big, Divisor, Rounding, Shift, Signed};
use crate::vectors::Decimals;

/// A ratio for each position: multipliers of contracts, rates of exchange.
#[derive(Debug, Clone, Copy)]
pub struct Ratios<'a> {
    /// Numerators.
    pub numerators: &'a [i128],
    /// Denominators, above zero.
    pub denominators: &'a [i128],
}

impl Ratios<'_> {
    #[inline]
    fn get(&self, row: usize) -> (i128, i128) {
        (self.numerators[row], self.denominators[row])
    }

    fn checked(&self, field: &str, length: usize) -> Result<()> {
        same_length(field, self.numerators.len(), length)?;
        same_length(field, self.denominators.len(), length)?;
        match self.denominators.iter().position(|&below| below <= 0) {
            Some(row) => {
                let value = format!("{} in row {row}", self.denominators[row]);
                let reason = "give denominators above zero";
                Err(Error::invalid(field, value, reason))
            }
            None => Ok(()),
        }
    }
}

/// The positions of a book, a row each.
#[derive(Debug, Clone, Copy)]
pub struct Positions<'a> {
    /// Signed amounts.
    pub amounts: Decimals<'a>,
    /// Prices of the newest marks.
    pub prices: Decimals<'a>,
    /// Money per unit of price and amount; one where there are none.
    pub multipliers: Option<Ratios<'a>>,
    /// Money of the account for money of the position's currency; one where there are none.
    pub rates: Option<Ratios<'a>>,
    /// Prices up to which profit was paid, at the scale of prices; missing where it is not paid
    /// daily.
    pub settled: Option<Decimals<'a>>,
}

/// Sums over the positions, in money; those of shorts are zero or negative.
///
/// The value of a position that settles daily is zero, its exposure is what its contracts are
/// worth. A position whose exposure is zero counts neither as long nor as short.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Value of what is long.
    pub long_value: i128,
    /// Value of what is short.
    pub short_value: i128,
    /// Exposure of what is long.
    pub long_exposure: i128,
    /// Exposure of what is short.
    pub short_exposure: i128,
    /// How many are long.
    pub longs_count: usize,
    /// How many are short.
    pub shorts_count: usize,
    /// Profit since the last settlement.
    pub unsettled: i128,
}

impl Totals {
    /// With one more position.
    #[inline]
    fn add(&mut self, exposure: i128, unsettled: Option<i128>) -> Option<()> {
        let value = match unsettled {
            Some(profit) => {
                self.unsettled = self.unsettled.checked_add(profit)?;
                0
            }
            None => exposure,
        };
        match exposure.signum() {
            1 => {
                self.longs_count += 1;
                self.long_value = self.long_value.checked_add(value)?;
                self.long_exposure = self.long_exposure.checked_add(exposure)?;
            }
            -1 => {
                self.shorts_count += 1;
                self.short_value = self.short_value.checked_add(value)?;
                self.short_exposure = self.short_exposure.checked_add(exposure)?;
            }
            _ => {}
        }
        Some(())
    }
}

/// Exposure of each position in money of the account, and the sums.
///
/// Each is amount x price x multiplier, half even at `scale`, then times its rate, half even.
///
/// # Errors
/// Invalid for columns of two lengths, a missing amount or price, a denominator that is not above
/// zero; overflow where a number has no room in 38 digits.
pub fn value_positions(positions: Positions<'_>, scale: u32) -> Result<(Vec<i128>, Totals)> {
    let length = positions.amounts.len();
    check(&positions, length)?;
    let exact = positions.amounts.scale + positions.prices.scale;
    let worth = Worth {
        up: power_of_ten(scale.saturating_sub(exact))?,
        down: power_of_ten(exact.saturating_sub(scale))?,
        by_down: Divisor::new(power_of_ten(exact.saturating_sub(scale))?)?,
        positions,
    };
    let mut totals = Totals::default();
    let mut exposures = Vec::with_capacity(length);
    let plain = worth.begin(&mut totals, &mut exposures);
    for row in plain..length {
        let no_room = || Error::overflow(format!("value of the position in row {row}"));
        let price = positions.prices.values[row];
        let exposure = worth.of(row, price).and_then(within).ok_or_else(no_room)?;
        let unsettled = match positions.settled.and_then(|settled| settled.get(row)) {
            Some(paid) => {
                let change = price.checked_sub(paid).ok_or_else(no_room)?;
                Some(worth.of(row, change).ok_or_else(no_room)?)
            }
            None => None,
        };
        totals.add(exposure, unsettled).ok_or_else(no_room)?;
        exposures.push(exposure);
    }
    Ok((exposures, totals))
}

fn within(value: i128) -> Option<i128> {
    (value.unsigned_abs() < 10_u128.pow(38)).then_some(value)
}

fn check(positions: &Positions<'_>, length: usize) -> Result<()> {
    same_length("prices", positions.prices.len(), length)?;
    all_there("amounts", &positions.amounts)?;
    all_there("prices", &positions.prices)?;
    if let Some(multipliers) = &positions.multipliers {
        multipliers.checked("multipliers", length)?;
    }
    if let Some(rates) = &positions.rates {
        rates.checked("rates", length)?;
    }
    if let Some(settled) = &positions.settled {
        same_length("settled_prices", settled.len(), length)?;
        if settled.scale != positions.prices.scale {
            let reason = "give the scale of the prices";
            return Err(Error::invalid("settled_prices", settled.scale, reason));
        }
    }
    Ok(())
}

fn same_length(field: &str, given: usize, length: usize) -> Result<()> {
    if given != length {
        let reason = format!("give {length} rows, as there are amounts");
        return Err(Error::invalid(field, given, reason));
    }
    Ok(())
}

fn all_there(field: &str, column: &Decimals<'_>) -> Result<()> {
    let missing = column
        .valid
        .and_then(|valid| valid.iter().position(|there| !there));
    match missing {
        Some(row) => Err(Error::invalid(
            field,
            format!("null in row {row}"),
            "give each position an amount and a price",
        )),
        None => Ok(()),
    }
}

/// Amounts at prices, in money.
struct Worth<'a> {
    up: i128,
    down: i128,
    by_down: Divisor,
    positions: Positions<'a>,
}

impl Worth<'_> {
    /// Value the first positions as long as each is a whole number of units at a price, without
    /// ratios: its money is a product that is not divided. How many these were.
    fn begin(&self, totals: &mut Totals, exposures: &mut Vec<i128>) -> usize {
        let positions = &self.positions;
        let ratios = positions.multipliers.is_some() || positions.rates.is_some();
        let (Ok(down), false, 1) = (
            i64::try_from(self.down),
            ratios || positions.settled.is_some(),
            self.up,
        ) else {
            return 0;
        };
        let columns = positions.amounts.values.iter();
        for (amount, price) in columns.zip(positions.prices.values) {
            let (Ok(amount), Ok(price)) = (i64::try_from(*amount), i64::try_from(*price)) else {
                break;
            };
            let units = amount / down;
            if units * down != amount {
                break;
            }
            let exposure = i128::from(units) * i128::from(price);
            if totals.add(exposure, None).is_none() {
                break;
            }
            exposures.push(exposure);
        }
        exposures.len()
    }

    /// A position's amount at a price; None where it has no room.
    #[inline]
    fn of(&self, row: usize, price: i128) -> Option<i128> {
        let amount = self.positions.amounts.values[row];
        let money = self.money(amount, price, row)?;
        match self.positions.rates {
            None => Some(money),
            Some(each) => {
                let (above, below) = each.get(row);
                crate::fixed::mul_div(money, above, below, Rounding::HalfEven).ok()
            }
        }
    }

    /// Money of the position's own currency.
    #[inline]
    fn money(&self, amount: i128, price: i128, row: usize) -> Option<i128> {
        let multipliers = self.positions.multipliers;
        let ratio = multipliers.map_or((1, 1), |each| each.get(row));
        let whole = ratio.1 == 1 && self.up == 1;
        let quick = whole
            .then(|| product(amount, price)?.checked_mul(ratio.0))
            .flatten();
        match quick {
            Some(product) => self.by_down.divide(product, Rounding::HalfEven).ok(),
            None => scaled(amount, price, (self.up, self.down), ratio),
        }
    }
}

/// The product, quickly where both have 64 bits.
#[inline]
fn product(amount: i128, price: i128) -> Option<i128> {
    match (i64::try_from(amount), i64::try_from(price)) {
        (Ok(amount), Ok(price)) => Some(i128::from(amount) * i128::from(price)),
        _ => amount.checked_mul(price),
    }
}

/// `amount x price x up x above / (down x below)`, half even.
fn scaled(
    amount: i128,
    price: i128,
    (up, down): (i128, i128),
    (above, below): (i128, i128),
) -> Option<i128> {
    let narrow = || {
        let product = product(amount, price)?;
        let numerator = product.checked_mul(up)?.checked_mul(above)?;
        divide(numerator, down.checked_mul(below)?, Rounding::HalfEven).ok()
    };
    narrow().or_else(|| {
        let product = Signed::<8>::product(amount, price)?;
        let numerator = product.times(&Signed::product(up, above)?)?;
        let whole = Big::product(down.unsigned_abs(), below.unsigned_abs())?;
        Shift::new(0, 0)?.quotient(&numerator, &whole, Rounding::HalfEven)
    })
}
