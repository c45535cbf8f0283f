//! An order book with price-time priority.
//!
//! Prices are whole ticks, sizes whole lots. Who came first at a price trades first; a trade has
//! the resting order's price. Every command says its time and gets its events in the order in
//! which they happened; the same commands give the same events.
//!
//! Sums of sizes have 128 bits: no number of orders overflows them. A price level is a list
//! through slots, so that an order leaves it without a search.

mod amend;
mod batch;
mod depth;
mod feed;
mod hash;
mod matching;
mod queues;
mod types;
mod units;

pub use batch::{Applied, Command};
pub use depth::{LevelView, OrderView, QueuePosition};
pub use types::{
    Event, FeedCancels, Kind, NewOrder, Reason, Replacement, SelfTrade, Side, TimeInForce, MARKET,
    MOST_SLICES, NOBODY,
};
pub use units::Unit;

use std::collections::VecDeque;

use crate::error::Result;
use hash::Ids;
use queues::{Queues, Slot, Slots};
use types::check_id;

/// A book of orders.
#[derive(Debug)]
pub struct OrderBook {
    slots: Slots,
    sides: [Queues; 2],
    stops: [Queues; 2],
    ids: Ids,
    feed_ids: Ids,
    last: Option<i64>,
    /// Stops that were reached and wait for their turn, with the price that reached them.
    reached: VecDeque<(u32, i64)>,
    self_trade: SelfTrade,
    feed_cancels: FeedCancels,
}

impl OrderBook {
    /// An empty book.
    pub fn new(self_trade: SelfTrade, feed_cancels: FeedCancels) -> Self {
        OrderBook {
            slots: Slots::default(),
            sides: Default::default(),
            stops: Default::default(),
            ids: Ids::default(),
            feed_ids: Ids::default(),
            last: None,
            reached: VecDeque::new(),
            self_trade,
            feed_cancels,
        }
    }

    /// Take in an order: it trades with what is there, then rests or ends by its terms.
    ///
    /// # Errors
    /// Invalid for an order that no book could mean anything by; the book is as it was.
    pub fn submit(&mut self, order: &NewOrder, at: i64, events: &mut Vec<Event>) -> Result<()> {
        order.check()?;
        if let Some(reason) = self.refusal(order) {
            let order = order.id;
            events.push(Event::Rejected { order, reason, at });
            return Ok(());
        }
        events.push(Event::Accepted {
            order: order.id,
            at,
        });
        self.admit(order, order.size, at, events)?;
        self.work_reached(at, events)
    }

    /// Take an order out.
    ///
    /// # Errors
    /// Invalid for an id that no order can have.
    pub fn cancel(&mut self, id: i64, at: i64, events: &mut Vec<Event>) -> Result<()> {
        check_id(id)?;
        let event = match self.ids.get(&id) {
            None => Event::Rejected {
                order: id,
                reason: Reason::UnknownOrder,
                at,
            },
            Some(&place) => Event::Cancelled {
                order: id,
                size: self.remove(place).open(),
                reason: Reason::Requested,
                at,
            },
        };
        events.push(event);
        Ok(())
    }

    /// Price of the last trade.
    pub fn last_price(&self) -> Option<i64> {
        self.last
    }

    /// How many orders are open, with those of a feed.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no order is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn refusal(&self, order: &NewOrder) -> Option<Reason> {
        if self.ids.contains_key(&order.id) {
            Some(Reason::DuplicateOrder)
        } else if order.is_too_sliced() {
            Some(Reason::TooManySlices)
        } else if order.post_only && !order.kind.waits() && self.would_trade(order) {
            Some(Reason::PostOnly)
        } else {
            None
        }
    }

    /// Let an order wait for its stop price, or become active.
    fn admit(
        &mut self,
        order: &NewOrder,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        if !order.kind.waits() {
            return self.activate(order, size, at, events);
        }
        let place = self.place(order, size)?;
        self.slots.get_mut(place).waiting = true;
        let key = order.side.other().key(order.stop);
        match self.last {
            Some(last) if key <= order.side.other().key(last) => {
                self.reached.push_back((place, last));
            }
            _ => self.stops[order.side as usize].push(&mut self.slots, place, key),
        }
        Ok(())
    }

    /// Put an order at the back of its price.
    fn rest(&mut self, order: &NewOrder, size: i64) -> Result<()> {
        let place = self.place(order, size)?;
        let key = order.side.key(order.price);
        self.sides[order.side as usize].push(&mut self.slots, place, key);
        Ok(())
    }

    fn place(&mut self, order: &NewOrder, size: i64) -> Result<u32> {
        let place = self.slots.insert(Slot::new(*order, size))?;
        self.ids.insert(order.id, place);
        Ok(place)
    }

    /// Take an order out of its queue and forget it.
    fn remove(&mut self, place: u32) -> Slot {
        let slot = *self.slots.get(place);
        let side = slot.order.side as usize;
        let queues = if slot.waiting {
            &mut self.stops[side]
        } else {
            &mut self.sides[side]
        };
        queues.unlink(&mut self.slots, place);
        self.forget(&slot);
        self.slots.remove(place)
    }

    fn forget(&mut self, slot: &Slot) {
        if !slot.foreign {
            self.ids.remove(&slot.order.id);
        } else if slot.order.id != MARKET {
            self.feed_ids.remove(&slot.order.id);
        }
    }
}

#[cfg(test)]
mod tests;
