//! What trades with what.

use super::queues::{queue, Level, Slot};
use super::{Event, NewOrder, OrderBook, Reason, SelfTrade, Side, TimeInForce, MARKET, NOBODY};
use crate::error::Result;

/// How an incoming order left the other side.
enum Taken {
    /// This much of it is left.
    Rest(i64),
    /// Self-trade prevention ended it.
    Ended,
}

impl OrderBook {
    /// Trade an order with what is there, then let it rest or end by its terms.
    pub(super) fn activate(
        &mut self,
        order: &NewOrder,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let order = &NewOrder {
            kind: order.kind.active(),
            ..*order
        };
        if let Some(reason) = self.obstacle(order, size) {
            events.push(expired(order, size, reason, at));
            return Ok(());
        }
        let Taken::Rest(rest) = self.take(order, size, at, events) else {
            return Ok(());
        };
        if rest == 0 {
            let order = order.id;
            events.push(Event::Filled { order, at });
        } else if !order.kind.is_limited() {
            events.push(expired(order, rest, Reason::NoLiquidity, at));
        } else if order.tif == TimeInForce::Gtc {
            self.rest(order, rest)?;
        } else {
            events.push(expired(order, rest, Reason::IocUnfilled, at));
        }
        Ok(())
    }

    /// Why an active order ends before it trades.
    fn obstacle(&self, order: &NewOrder, size: i64) -> Option<Reason> {
        if order.post_only && self.would_trade(order) {
            Some(Reason::PostOnly)
        } else if order.tif == TimeInForce::Fok && !self.can_fill(order, size) {
            Some(Reason::FokUnfilled)
        } else {
            None
        }
    }

    /// Whether the best level of the other side is within an order's limit.
    pub(super) fn would_trade(&self, order: &NewOrder) -> bool {
        self.within(order).next().is_some()
    }

    /// The other side's levels that an order may trade at, the best first.
    fn within(&self, order: &NewOrder) -> impl Iterator<Item = &Level> {
        let side = order.side.other();
        let limit = limit_key(order);
        let levels = self.sides[side as usize].iter();
        levels.take_while(move |level| limit.is_none_or(|limit| level.key <= limit))
    }

    /// Whether all of an order would trade at once.
    fn can_fill(&self, order: &NewOrder, size: i64) -> bool {
        let wanted = i128::from(size);
        let mut found = 0_i128;
        for level in self.within(order) {
            let (here, goes_on) = self.fillable(order, level);
            found += here;
            if found >= wanted || !goes_on {
                break;
            }
        }
        found >= wanted
    }

    /// What an order could take of a level, and whether it could go on from there.
    fn fillable(&self, order: &NewOrder, level: &Level) -> (i128, bool) {
        let all = level.shown + level.hidden;
        if self.self_trade == SelfTrade::Allow || order.owner == NOBODY {
            return (all, true);
        }
        let places = || queue(&self.slots, level.first).map(|place| self.slots.get(place));
        let is_own = |slot: &&Slot| self.is_self_trade(order, slot);
        if self.self_trade == SelfTrade::CancelOldest {
            let own = places().filter(is_own);
            let own: i128 = own.map(|slot| i128::from(slot.open())).sum();
            return (all - own, true);
        }
        if !places().any(|slot| is_own(&slot)) {
            return (all, true);
        }
        // An iceberg's next slice would stand behind the order that ends it all.
        let ahead = places().take_while(|slot| !is_own(slot));
        (ahead.map(|slot| i128::from(slot.shown)).sum(), false)
    }

    fn take(&mut self, taker: &NewOrder, size: i64, at: i64, events: &mut Vec<Event>) -> Taken {
        let side = taker.side.other();
        let limit = limit_key(taker);
        let mut rest = size;
        while rest > 0 {
            let Some(level) = self.sides[side as usize].best() else {
                break;
            };
            if limit.is_some_and(|limit| level.key > limit) {
                break;
            }
            let (place, price) = (level.first, side.key(level.key));
            let maker = self.slots.get(place);
            if self.is_self_trade(taker, maker) {
                if self.prevent(taker, rest, place, at, events) {
                    return Taken::Ended;
                }
                continue;
            }
            let size = rest.min(maker.shown);
            events.push(Event::Trade {
                maker: if maker.foreign {
                    MARKET
                } else {
                    maker.order.id
                },
                taker: taker.id,
                side: taker.side,
                price,
                size,
                at,
            });
            rest -= size;
            self.hit(side, place, size, at, events);
            self.print(price);
        }
        Taken::Rest(rest)
    }

    fn is_self_trade(&self, taker: &NewOrder, maker: &Slot) -> bool {
        taker.owner != NOBODY
            && taker.owner == maker.order.owner
            && self.self_trade != SelfTrade::Allow
    }

    /// Cancel one order or both; whether the taker ended.
    fn prevent(
        &mut self,
        taker: &NewOrder,
        rest: i64,
        maker: u32,
        at: i64,
        events: &mut Vec<Event>,
    ) -> bool {
        let mut cancelled = |order: i64, size: i64| {
            events.push(Event::Cancelled {
                order,
                size,
                reason: Reason::SelfTrade,
                at,
            });
        };
        if self.self_trade != SelfTrade::CancelNewest {
            let slot = self.remove(maker);
            cancelled(slot.order.id, slot.open());
        }
        let ends = self.self_trade != SelfTrade::CancelOldest;
        if ends {
            cancelled(taker.id, rest);
        }
        ends
    }

    /// Take a part of what a resting order shows; an iceberg's next slice goes to the back.
    pub(super) fn hit(
        &mut self,
        side: Side,
        place: u32,
        size: i64,
        at: i64,
        events: &mut Vec<Event>,
    ) {
        let slot = *self.slots.get(place);
        if size < slot.shown {
            let queues = &mut self.sides[side as usize];
            queues.resize(&mut self.slots, place, slot.shown - size, slot.hidden);
            return;
        }
        if slot.hidden == 0 {
            self.remove(place);
            if !slot.foreign {
                let order = slot.order.id;
                events.push(Event::Filled { order, at });
            }
            return;
        }
        let queues = &mut self.sides[side as usize];
        queues.unlink(&mut self.slots, place);
        let shown = slot.order.slice(slot.hidden);
        let refilled = self.slots.get_mut(place);
        refilled.shown = shown;
        refilled.hidden = slot.hidden - shown;
        queues.push(&mut self.slots, place, side.key(slot.order.price));
        events.push(Event::Refilled {
            order: slot.order.id,
            size: shown,
            at,
        });
    }

    /// Note a trade's price and take out the stops that it reaches, first buys, then sells.
    pub(super) fn print(&mut self, price: i64) {
        self.last = Some(price);
        for side in [Side::Buy, Side::Sell] {
            let reached = side.other().key(price);
            while let Some(level) = self.stops[side as usize].best() {
                if level.key > reached {
                    break;
                }
                let place = level.first;
                self.stops[side as usize].unlink(&mut self.slots, place);
                self.reached.push_back((place, price));
            }
        }
    }

    /// Let the stops that were reached become active, one after the other, until none is left.
    pub(super) fn work_reached(&mut self, at: i64, events: &mut Vec<Event>) -> Result<()> {
        while let Some((place, price)) = self.reached.pop_front() {
            let slot = self.slots.remove(place);
            self.forget(&slot);
            let order = slot.order.id;
            events.push(Event::Triggered { order, price, at });
            self.activate(&slot.order, slot.open(), at, events)?;
        }
        Ok(())
    }
}

fn limit_key(order: &NewOrder) -> Option<i64> {
    let limited = order.kind.is_limited();
    limited.then(|| order.side.other().key(order.price))
}

fn expired(order: &NewOrder, size: i64, reason: Reason, at: i64) -> Event {
    Event::Expired {
        order: order.id,
        size,
        reason,
        at,
    }
}
