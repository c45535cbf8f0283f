//! Other figures for open orders.

use super::types::{check_id, check_size};
use super::{Event, NewOrder, OrderBook, Reason, Replacement};
use crate::error::{Error, Result};

impl OrderBook {
    /// Give an order other figures; a smaller size alone keeps its place in the queue.
    ///
    /// Anything else makes it a new arrival, which may trade at once. A post-only order whose new
    /// price would trade stays as it was.
    ///
    /// # Errors
    /// Invalid for an id or a size that none can have, and where nothing is replaced.
    pub fn replace(&mut self, new: &Replacement, at: i64, events: &mut Vec<Event>) -> Result<()> {
        check_replacement(new)?;
        let Some(&place) = self.ids.get(&new.order) else {
            events.push(rejected(new.order, Reason::UnknownOrder, at));
            return Ok(());
        };
        let slot = *self.slots.get(place);
        let open = slot.open();
        let changed = NewOrder {
            price: new.price.unwrap_or(slot.order.price),
            stop: new.stop.unwrap_or(slot.order.stop),
            size: new.size.unwrap_or(open),
            ..slot.order
        };
        if let Some(reason) = self.objection(new, &changed, slot.waiting) {
            events.push(rejected(new.order, reason, at));
            return Ok(());
        }
        let same_prices = (changed.price, changed.stop) == (slot.order.price, slot.order.stop);
        let kept_place = same_prices && changed.size <= open;
        events.push(Event::Replaced {
            order: new.order,
            price: if changed.kind.is_limited() {
                changed.price
            } else {
                changed.stop
            },
            size: changed.size,
            kept_place,
            at,
        });
        if kept_place {
            self.shrink(place, changed.size);
            return Ok(());
        }
        self.remove(place);
        self.admit(&changed, changed.size, at, events)?;
        self.work_reached(at, events)
    }

    fn objection(&self, new: &Replacement, changed: &NewOrder, waiting: bool) -> Option<Reason> {
        if new.price.is_some() && !changed.kind.is_limited() {
            Some(Reason::NoLimitPrice)
        } else if new.stop.is_some() && !waiting {
            Some(Reason::NoStopPrice)
        } else if changed.is_too_sliced() {
            Some(Reason::TooManySlices)
        } else if changed.post_only && !waiting && self.would_trade(changed) {
            Some(Reason::PostOnly)
        } else {
            None
        }
    }

    /// Less of an order where it stands: what is hidden goes first.
    fn shrink(&mut self, place: u32, size: i64) {
        let slot = self.slots.get(place);
        let shown = slot.shown.min(size);
        let side = slot.order.side as usize;
        let queues = if slot.waiting {
            &mut self.stops[side]
        } else {
            &mut self.sides[side]
        };
        queues.resize(&mut self.slots, place, shown, size - shown);
    }
}

/// Refuse figures that none can have.
pub(super) fn check_replacement(new: &Replacement) -> Result<()> {
    check_id(new.order)?;
    if let Some(size) = new.size {
        check_size(size)?;
    }
    if new.price.is_none() && new.size.is_none() && new.stop.is_none() {
        let reason = "nothing is replaced; give a price, a size or a stop price";
        return Err(Error::invalid("order", new.order, reason));
    }
    Ok(())
}

fn rejected(order: i64, reason: Reason, at: i64) -> Event {
    Event::Rejected { order, reason, at }
}
