//! A feed's book with one's own orders in it, for backtests on ticks.
//!
//! The feed's venue has matched already: its messages are applied, not matched. One's own orders
//! stand in the same queues. A trade of the feed takes the queue from its front, at better prices
//! first; what it takes of one's own orders fills them at their price. What comes in across one's
//! own resting orders trades with them. The feed knows nothing of one's own orders, so its next
//! message about a level or an order says how much of the market is there.
//!
//! From levels (L2) the place in the queue is an estimate: an order goes behind what is shown;
//! trades take from the front; what else a level loses is taken as [`FeedCancels`] says. From
//! orders (L3) it is exact.

use super::queues::{queue, Slot, NONE};
use super::types::{check_id, check_level, check_size};
use super::{Event, FeedCancels, NewOrder, OrderBook, Reason, Side, MARKET};
use crate::error::Result;
use crate::fixed::{mul_div, narrow, Rounding};

impl OrderBook {
    /// The feed shows this size at a price; zero takes the level away.
    ///
    /// # Errors
    /// Invalid below zero.
    pub fn feed_level(
        &mut self,
        side: Side,
        price: i64,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_level(size)?;
        let shown = self.market_size(side, price);
        let size = i128::from(size);
        if size < shown {
            return self.fade(side, price, shown, size);
        }
        if size > shown {
            let more = narrow(size - shown, "size of a level")?;
            self.grow(side, price, more, at, events)?;
        }
        self.work_reached(at, events)
    }

    /// The feed shows this much more, or less, at a price; a level never goes below zero.
    ///
    /// # Errors
    /// Overflow for a level beyond 64 bits.
    pub fn feed_change(
        &mut self,
        side: Side,
        price: i64,
        change: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let size = (self.market_size(side, price) + i128::from(change)).max(0);
        let size = narrow(size, "size of a level")?;
        self.feed_level(side, price, size, at, events)
    }

    /// The feed shows these levels and no others, as (side, price, size).
    ///
    /// # Errors
    /// As [`OrderBook::feed_level`].
    pub fn feed_snapshot(
        &mut self,
        levels: &[(Side, i64, i64)],
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        for side in [Side::Buy, Side::Sell] {
            let given = levels.iter().filter(|(of, ..)| *of == side);
            let mut prices: Vec<_> = given.map(|&(_, price, _)| price).collect();
            prices.sort_unstable();
            let gone = |price: &i64| prices.binary_search(price).is_err();
            let known = self.levels(side).map(|level| level.price);
            let absent: Vec<_> = known.filter(gone).collect();
            for price in absent {
                self.feed_level(side, price, 0, at, events)?;
            }
        }
        for &(side, price, size) in levels {
            self.feed_level(side, price, size, at, events)?;
        }
        Ok(())
    }

    /// A trade of the feed; `side` is that of who came in (the aggressor).
    ///
    /// # Errors
    /// Invalid for a size that is none.
    pub fn feed_trade(
        &mut self,
        side: Side,
        price: i64,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_size(size)?;
        let maker = side.other();
        let key = maker.key(price);
        let mut rest = self.hit_own(maker, |better| better < key, size, at, events);
        while rest > 0 {
            let Some(level) = self.sides[maker as usize].at(key) else {
                break;
            };
            rest -= self.consume(maker, level.first, price, rest, at, events);
        }
        self.print(price);
        self.work_reached(at, events)
    }

    /// An order of the feed comes to rest.
    ///
    /// # Errors
    /// Invalid for an id or a size that none can have.
    pub fn feed_add(
        &mut self,
        id: i64,
        side: Side,
        price: i64,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_id(id)?;
        check_size(size)?;
        if self.feed_ids.contains_key(&id) {
            events.push(rejected(id, Reason::DuplicateFeedOrder, at));
            return Ok(());
        }
        self.hit_across(side, price, size, at, events);
        self.append(id, side, price, size)?;
        self.work_reached(at, events)
    }

    /// An order of the feed has another size or price; less at its price keeps its place.
    ///
    /// # Errors
    /// As [`OrderBook::feed_add`].
    pub fn feed_modify(
        &mut self,
        id: i64,
        price: Option<i64>,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_size(size)?;
        let Some(place) = self.fed(id, at, events)? else {
            return Ok(());
        };
        let slot = *self.slots.get(place);
        let NewOrder {
            side, price: was, ..
        } = slot.order;
        let price = price.unwrap_or(was);
        if price == was && size <= slot.shown {
            self.sides[side as usize].resize(&mut self.slots, place, size, 0);
            return Ok(());
        }
        let more = if price == was {
            size - slot.shown
        } else {
            size
        };
        self.remove(place);
        self.hit_across(side, price, more, at, events);
        self.append(id, side, price, size)?;
        self.work_reached(at, events)
    }

    /// An order of the feed is cancelled, or a part of it.
    ///
    /// # Errors
    /// Invalid for an id or a size that none can have.
    pub fn feed_cancel(
        &mut self,
        id: i64,
        size: Option<i64>,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_size(size.unwrap_or(1))?;
        let Some(place) = self.fed(id, at, events)? else {
            return Ok(());
        };
        self.reduce(place, size.unwrap_or(i64::MAX));
        Ok(())
    }

    /// An order of the feed traded: one's own orders before it in the queue trade first.
    ///
    /// # Errors
    /// Invalid for an id or a size that none can have.
    pub fn feed_execute(
        &mut self,
        id: i64,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        check_size(size)?;
        let Some(place) = self.fed(id, at, events)? else {
            return Ok(());
        };
        let NewOrder { side, price, .. } = self.slots.get(place).order;
        let key = side.key(price);
        let mut rest = self.hit_own(side, |better| better < key, size, at, events);
        while let Some(own) = self.own_before(place).filter(|_| rest > 0) {
            rest -= self.consume(side, own, price, rest, at, events);
        }
        self.reduce(place, size);
        self.print(price);
        self.work_reached(at, events)
    }

    /// The feed's order of an id; an event where there is none.
    fn fed(&self, id: i64, at: i64, events: &mut Vec<Event>) -> Result<Option<u32>> {
        check_id(id)?;
        let found = self.feed_ids.get(&id).copied();
        if found.is_none() {
            events.push(rejected(id, Reason::UnknownFeedOrder, at));
        }
        Ok(found)
    }

    /// What the market has at a price, without one's own orders.
    fn market_size(&self, side: Side, price: i64) -> i128 {
        let places = self.market_places(side, price);
        let sizes = places.map(|place| i128::from(self.slots.get(place).shown));
        sizes.sum()
    }

    fn market_places(&self, side: Side, price: i64) -> impl Iterator<Item = u32> + '_ {
        let level = self.sides[side as usize].at(side.key(price));
        let places = queue(&self.slots, level.map_or(NONE, |level| level.first));
        places.filter(|&place| self.slots.get(place).foreign)
    }

    /// More of the market at the back of a level.
    fn grow(
        &mut self,
        side: Side,
        price: i64,
        more: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        self.hit_across(side, price, more, at, events);
        if let Some(level) = self.sides[side as usize].at(side.key(price)) {
            let (place, slot) = (level.last, self.slots.get(level.last));
            let room = slot.shown.checked_add(more);
            if let Some(size) = room.filter(|_| slot.foreign && slot.order.id == MARKET) {
                self.sides[side as usize].resize(&mut self.slots, place, size, 0);
                return Ok(());
            }
        }
        self.append(MARKET, side, price, more)
    }

    /// Less of the market at a level, where no trade says who went.
    fn fade(&mut self, side: Side, price: i64, from: i128, to: i128) -> Result<()> {
        let places: Vec<_> = self.market_places(side, price).collect();
        match self.feed_cancels {
            FeedCancels::Behind => {
                let mut less = from - to;
                for place in places.into_iter().rev() {
                    let size = less.min(self.slots.get(place).shown.into());
                    less -= size;
                    self.reduce(place, size as i64); // at most an i64, see above
                }
            }
            FeedCancels::Proportional => {
                let (mut ahead, mut kept) = (0_i128, 0_i128);
                for place in places {
                    let shown = self.slots.get(place).shown;
                    ahead += i128::from(shown);
                    let keep = mul_div(ahead, to, from, Rounding::Ceiling)?;
                    let stays = narrow(keep - kept, "size in a queue")?;
                    kept = keep;
                    self.reduce(place, shown.saturating_sub(stays));
                }
            }
        }
        Ok(())
    }

    /// Take a part of an order of the feed away; all of it where there is no more.
    fn reduce(&mut self, place: u32, size: i64) {
        let slot = *self.slots.get(place);
        if size >= slot.shown {
            self.remove(place);
        } else if size > 0 {
            let queues = &mut self.sides[slot.order.side as usize];
            queues.resize(&mut self.slots, place, slot.shown - size, 0);
        }
    }

    /// An order of the feed at the back of a level.
    fn append(&mut self, id: i64, side: Side, price: i64, size: i64) -> Result<()> {
        let mut slot = Slot::new(NewOrder::limit(id, side, price, size), size);
        slot.foreign = true;
        let place = self.slots.insert(slot)?;
        if id != MARKET {
            self.feed_ids.insert(id, place);
        }
        self.sides[side as usize].push(&mut self.slots, place, side.key(price));
        Ok(())
    }

    /// What comes in across one's own orders trades with them.
    fn hit_across(&mut self, side: Side, price: i64, size: i64, at: i64, events: &mut Vec<Event>) {
        let maker = side.other();
        let limit = maker.key(price);
        let quiet = events.len();
        self.hit_own(maker, |key| key <= limit, size, at, events);
        let price_of = |event: &Event| match *event {
            Event::Trade { price, .. } => Some(price),
            _ => None,
        };
        if let Some(price) = events[quiet..].iter().rev().find_map(price_of) {
            self.print(price);
        }
    }

    /// Trade with one's own orders at levels within a limit; what is left of the size.
    fn hit_own(
        &mut self,
        side: Side,
        within: impl Fn(i64) -> bool,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> i64 {
        let mut rest = size;
        while rest > 0 {
            let Some(place) = self.first_own(side, &within) else {
                break;
            };
            let price = self.slots.get(place).order.price;
            rest -= self.consume(side, place, price, rest, at, events);
        }
        rest
    }

    /// The first of one's own orders at levels within a limit.
    fn first_own(&self, side: Side, within: impl Fn(i64) -> bool) -> Option<u32> {
        if self.ids.is_empty() {
            return None;
        }
        let levels = self.sides[side as usize].iter();
        levels
            .take_while(|level| within(level.key))
            .flat_map(|level| queue(&self.slots, level.first))
            .find(|&place| !self.slots.get(place).foreign)
    }

    /// Take from one order of the queue, one's own or the market's; how much.
    fn consume(
        &mut self,
        side: Side,
        place: u32,
        price: i64,
        most: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> i64 {
        let slot = *self.slots.get(place);
        let size = most.min(slot.shown);
        if !slot.foreign {
            events.push(Event::Trade {
                maker: slot.order.id,
                taker: MARKET,
                side: side.other(),
                price,
                size,
                at,
            });
        }
        self.hit(side, place, size, at, events);
        size
    }

    /// The first of one's own orders before a place in its queue.
    fn own_before(&self, place: u32) -> Option<u32> {
        let order = &self.slots.get(place).order;
        let level = self.sides[order.side as usize].at(order.side.key(order.price))?;
        queue(&self.slots, level.first)
            .take_while(|&other| other != place)
            .find(|&other| !self.slots.get(other).foreign)
    }
}

fn rejected(order: i64, reason: Reason, at: i64) -> Event {
    Event::Rejected { order, reason, at }
}
