//! One parameter set: its orders, its position, its cash.

use super::{bar_of, FillAt, Sweep};
use crate::error::{Error, Result};
use crate::sweep::costs::{notional, Outcome, Paid, Question};
use crate::sweep::market::{Asset, MISSING};
use crate::sweep::metrics::Path;
use crate::sweep::rows::{Fill, Row, Trace};
use crate::sweep::signals::{Event, Marker};
use crate::sweep::sizing;

/// An open order.
#[derive(Debug, Clone, Copy)]
struct Order {
    number: u32,
    amount: i64,
    filled: i64,
    paid: Paid,
}

/// The state of a run, used again for each set.
pub(super) struct Desk<'a> {
    sweep: &'a Sweep,
    marker: Marker,
    events: Vec<Event>,
    orders: Vec<Vec<Order>>,
    /// The assets with orders, in the turn in which they are matched.
    active: Vec<u32>,
    amounts: Vec<i64>,
    cash: i128,
    /// What the set comes to, but for its figures.
    pub(super) row: Row,
    /// How the portfolio got there.
    pub(super) path: Path,
}

impl<'a> Desk<'a> {
    pub(super) fn new(sweep: &'a Sweep) -> Self {
        let assets = sweep.market.assets.len();
        Desk {
            sweep,
            marker: Marker::default(),
            events: Vec::new(),
            orders: vec![Vec::new(); assets],
            active: Vec::with_capacity(assets),
            amounts: vec![0; assets],
            cash: 0,
            row: Row::default(),
            path: Path::new(assets),
        }
    }

    fn begin(&mut self, set: usize) -> Result<()> {
        let sweep = self.sweep;
        self.events.clear();
        sweep
            .signals
            .events(&sweep.market, set, &mut self.marker, &mut self.events)?;
        self.orders.iter_mut().for_each(Vec::clear);
        self.active.clear();
        self.amounts.fill(0);
        self.cash = sweep.rules.capital;
        self.row = Row::default();
        self.path.clear();
        Ok(())
    }

    /// Run a parameter set.
    pub(super) fn run(&mut self, set: usize, trace: &mut impl Trace) -> Result<()> {
        self.begin(set)?;
        let bars = self.sweep.market.bars as u32;
        let mut next = 0;
        let mut due = bars;
        loop {
            let bar = due.min(bar_of(self.events.get(next)));
            if bar >= bars {
                break;
            }
            if bar == due {
                self.fill(bar, trace)?;
            }
            let orders = &self.orders;
            self.active
                .retain(|&asset| !orders[asset as usize].is_empty());
            while let Some(&event) = self.events.get(next).filter(|event| event.bar == bar) {
                next += 1;
                self.place(&event)?;
            }
            due = self.next_fill(bar + 1);
        }
        self.path
            .end(&self.sweep.market, &self.amounts, self.cash)?;
        self.row.value = self.worth(|asset| asset.marks.last().copied().unwrap_or(0))?;
        Ok(())
    }

    /// The first bar from one on in which an order may fill.
    #[inline]
    fn next_fill(&self, from: u32) -> u32 {
        let sweep = self.sweep;
        let first = |&asset: &u32| {
            let asset = &sweep.market.assets[asset as usize];
            let bars = match sweep.rules.fill_at {
                FillAt::Close => &asset.trading,
                FillAt::Open => &asset.opening,
            };
            bars[from as usize]
        };
        let none = sweep.market.bars as u32;
        self.active.iter().map(first).min().unwrap_or(none)
    }

    /// The value of cash and positions at prices.
    fn worth(&self, price: impl Fn(&Asset) -> i64) -> Result<i128> {
        worth(&self.sweep.market.assets, &self.amounts, self.cash, price)
    }

    /// Place what an event asks for.
    #[inline]
    fn place(&mut self, event: &Event) -> Result<()> {
        let number = event.asset as usize;
        let asset = &self.sweep.market.assets[number];
        if self.sweep.rules.cancels {
            self.orders[number].clear();
        }
        let held = self.amounts[number];
        let amount = if self.sweep.rules.weights {
            let bar = event.bar as usize;
            let known = asset.known[bar];
            if known == MISSING {
                let reason = "the asset has no price yet: give no weight (null) before its first";
                return Err(Error::invalid("weight", format!("bar {bar}"), reason));
            }
            let worth = self.worth(|asset| asset.known[bar])?;
            sizing::to_weight(event, worth, asset.price(known), held, asset.lot)?
        } else {
            sizing::to_units(event, held, asset.lot)?
        };
        if amount == 0 {
            return Ok(());
        }
        let order = Order {
            number: self.row.orders as u32,
            amount,
            filled: 0,
            paid: Paid::default(),
        };
        self.row.orders += 1;
        self.orders[number].push(order);
        if !self.active.contains(&event.asset) {
            self.active.push(event.asset);
        }
        Ok(())
    }

    /// Match the orders of a bar, asset by asset.
    #[inline]
    fn fill(&mut self, bar: u32, trace: &mut impl Trace) -> Result<()> {
        for turn in 0..self.active.len() {
            let number = self.active[turn];
            let asset = &self.sweep.market.assets[number as usize];
            let base = match self.sweep.rules.fill_at {
                FillAt::Close => asset.trading[bar as usize] == bar,
                FillAt::Open => asset.opening[bar as usize] == bar,
            };
            if base {
                self.match_orders(number, bar, trace)?;
            }
        }
        Ok(())
    }

    /// Match the orders of an asset with a bar in which it trades.
    #[inline]
    fn match_orders(&mut self, number: u32, bar: u32, trace: &mut impl Trace) -> Result<()> {
        let sweep = self.sweep;
        let place = number as usize;
        let asset = &sweep.market.assets[place];
        let base = match sweep.rules.fill_at {
            FillAt::Close => asset.columns.close[bar as usize],
            FillAt::Open => asset.columns.open[bar as usize],
        };
        let mut done = 0_i64;
        let mut orders = std::mem::take(&mut self.orders[place]);
        for order in &mut orders {
            let question = Question {
                asset,
                base,
                volume: asset.columns.volume[bar as usize],
                open: order.amount - order.filled,
                done,
            };
            match sweep.pricings[place].ask(&question)? {
                Outcome::Dry => break,
                Outcome::Nothing => {}
                Outcome::Filled(price, size) => {
                    done = done
                        .checked_add(size)
                        .ok_or_else(|| Error::overflow("volume of a bar"))?;
                    let amount = if order.amount > 0 { size } else { -size };
                    let commission = self.execute(number, bar, order, amount, price)?;
                    let slipped = price - asset.price(base);
                    if slipped != 0 {
                        self.row.slippage += notional(amount, slipped)?;
                    }
                    trace.fill(Fill {
                        bar,
                        asset: number,
                        order: order.number,
                        amount,
                        price,
                        commission,
                    });
                }
            }
        }
        orders.retain(|order| order.filled != order.amount);
        self.orders[place] = orders;
        Ok(())
    }

    /// Take an execution into the book, and what it costs.
    #[inline]
    fn execute(
        &mut self,
        number: u32,
        bar: u32,
        order: &mut Order,
        amount: i64,
        price: i128,
    ) -> Result<i128> {
        let place = number as usize;
        let market = &self.sweep.market;
        self.path.trade(
            market,
            market.session_of[bar as usize],
            &self.amounts,
            self.cash,
            self.sweep.rules.capital,
        )?;
        let charging = &self.sweep.charging;
        let charged = charging.charge(&mut order.paid, order.filled, amount, price)?;
        let commission = charged.max(0);
        order.paid.commission += commission;
        order.filled += amount;
        let money = notional(amount, price)?;
        let no_room = || Error::overflow("cash");
        self.cash = self
            .cash
            .checked_sub(money)
            .and_then(|cash| cash.checked_sub(commission))
            .ok_or_else(no_room)?;
        let held = self.amounts[place];
        let after = held
            .checked_add(amount)
            .ok_or_else(|| Error::overflow("position"))?;
        self.amounts[place] = after;
        let row = &mut self.row;
        row.fills += 1;
        row.closed += i64::from(held != 0 && after.signum() != held.signum());
        row.commission += commission;
        row.traded = row.traded.checked_add(money.abs()).ok_or_else(no_room)?;
        Ok(commission)
    }
}

/// The value of cash and positions at prices.
pub(in crate::sweep) fn worth(
    assets: &[Asset],
    amounts: &[i64],
    cash: i128,
    price: impl Fn(&Asset) -> i64,
) -> Result<i128> {
    let mut value = cash;
    for (asset, &amount) in assets.iter().zip(amounts) {
        if amount != 0 {
            let held = notional(amount, asset.price(price(asset)))?;
            value = value
                .checked_add(held)
                .ok_or_else(|| Error::overflow("portfolio value"))?;
        }
    }
    Ok(value)
}
