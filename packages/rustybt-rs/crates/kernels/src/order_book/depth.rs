//! What a book shows: levels (L2) and orders (L3).

use super::queues::{queue, Level, Slot};
use super::{NewOrder, OrderBook, Side};
use crate::error::{Error, Result};

/// A price level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelView {
    /// Its price in ticks.
    pub price: i64,
    /// What its orders show together, in lots.
    pub size: i128,
    /// How many orders there are.
    pub count: u32,
}

/// An open order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderView {
    /// Its terms; `size` is what it came with.
    pub terms: NewOrder,
    /// What it shows.
    pub shown: i64,
    /// What it hides.
    pub hidden: i64,
    /// Whether it came from a feed.
    pub foreign: bool,
    /// Whether it waits for its stop price.
    pub waiting: bool,
}

/// What an order has before it at its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePosition {
    /// What the orders ahead show together, in lots.
    pub size: i128,
    /// How many there are.
    pub orders: u32,
}

impl OrderBook {
    /// The best level of a side.
    pub fn best(&self, side: Side) -> Option<LevelView> {
        self.levels(side).next()
    }

    /// The levels of a side, the best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = LevelView> + '_ {
        let levels = self.sides[side as usize].iter();
        levels.map(move |level| view(side, level))
    }

    /// How many levels a side has.
    pub fn depth(&self, side: Side) -> usize {
        self.sides[side as usize].len()
    }

    /// The orders of a side in the order in which they would trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = OrderView> + '_ {
        let levels = self.sides[side as usize].iter();
        levels.flat_map(|level| self.listed(level))
    }

    /// The orders at a price in the order of their queue.
    pub fn queue(&self, side: Side, price: i64) -> impl Iterator<Item = OrderView> + '_ {
        let level = self.sides[side as usize].at(side.key(price));
        level.into_iter().flat_map(|level| self.listed(level))
    }

    /// The orders of a side that wait for their stop price, the next to be reached first.
    pub fn stops(&self, side: Side) -> impl Iterator<Item = OrderView> + '_ {
        let levels = self.stops[side as usize].iter();
        levels.flat_map(|level| self.listed(level))
    }

    /// An open order of one's own.
    pub fn order(&self, id: i64) -> Option<OrderView> {
        self.ids.get(&id).map(|&place| seen(self.slots.get(place)))
    }

    /// What a resting order has before it at its price; None for one that does not rest.
    pub fn position(&self, id: i64) -> Option<QueuePosition> {
        let &place = self.ids.get(&id)?;
        let slot = self.slots.get(place);
        if slot.waiting {
            return None;
        }
        let side = slot.order.side;
        let level = self.sides[side as usize].at(side.key(slot.order.price))?;
        let mut found = QueuePosition { size: 0, orders: 0 };
        for ahead in queue(&self.slots, level.first).take_while(|&other| other != place) {
            found.size += i128::from(self.slots.get(ahead).shown);
            found.orders += 1;
        }
        Some(found)
    }

    /// What all of `size` would cost a market order of a side, hidden sizes left out: the sum of
    /// price x size in ticks x lots; None where the book does not show enough.
    ///
    /// # Errors
    /// Overflow where the sum has no room in 128 bits.
    pub fn cost(&self, side: Side, size: i64) -> Result<Option<i128>> {
        let no_room = || Error::overflow("cost of an order");
        let (mut rest, mut sum) = (i128::from(size), 0_i128);
        for level in self.levels(side.other()) {
            let here = rest.min(level.size);
            let part = here.checked_mul(level.price.into()).ok_or_else(no_room)?;
            sum = sum.checked_add(part).ok_or_else(no_room)?;
            rest -= here;
            if rest == 0 {
                return Ok(Some(sum));
            }
        }
        Ok(None)
    }

    fn listed(&self, level: &Level) -> impl Iterator<Item = OrderView> + '_ {
        queue(&self.slots, level.first).map(|place| seen(self.slots.get(place)))
    }
}

fn view(side: Side, level: &Level) -> LevelView {
    LevelView {
        price: side.key(level.key),
        size: level.shown,
        count: level.count,
    }
}

fn seen(slot: &Slot) -> OrderView {
    OrderView {
        terms: slot.order,
        shown: slot.shown,
        hidden: slot.hidden,
        foreign: slot.foreign,
        waiting: slot.waiting,
    }
}
