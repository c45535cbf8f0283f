//! Orders in slots, and the queues that link them: a price level is a list in order of arrival.

use super::types::NewOrder;
use crate::error::{Error, Result};

/// No slot.
pub(super) const NONE: u32 = u32::MAX;

/// An order in the book.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Its terms; `size` is what it came with.
    pub order: NewOrder,
    /// What the book shows of it.
    pub shown: i64,
    /// What it does not show.
    pub hidden: i64,
    /// Whether it came from a feed.
    pub foreign: bool,
    /// Whether it waits for its stop price.
    pub waiting: bool,
    level: u32,
    /// The one before it in the queue.
    pub before: u32,
    /// The next one in the queue.
    pub after: u32,
}

impl Slot {
    pub fn new(order: NewOrder, size: i64) -> Self {
        let shown = order.slice(size);
        Slot {
            order,
            shown,
            hidden: size - shown,
            foreign: false,
            waiting: false,
            level: NONE,
            before: NONE,
            after: NONE,
        }
    }

    /// What is open of it.
    pub fn open(&self) -> i64 {
        self.shown + self.hidden
    }
}

/// All orders of a book; a place is used again once its order is gone.
#[derive(Debug, Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Slots {
    pub fn get(&self, place: u32) -> &Slot {
        &self.slots[place as usize]
    }

    pub fn get_mut(&mut self, place: u32) -> &mut Slot {
        &mut self.slots[place as usize]
    }

    pub fn insert(&mut self, slot: Slot) -> Result<u32> {
        if let Some(place) = self.free.pop() {
            self.slots[place as usize] = slot;
            return Ok(place);
        }
        let place = u32::try_from(self.slots.len())
            .ok()
            .filter(|&place| place != NONE)
            .ok_or_else(|| Error::overflow("number of open orders"))?;
        self.slots.push(slot);
        Ok(place)
    }

    pub fn remove(&mut self, place: u32) -> Slot {
        self.free.push(place);
        self.slots[place as usize]
    }

    /// How many orders there are.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

/// A price and those who wait there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub key: i64,
    pub first: u32,
    pub last: u32,
    pub count: u32,
    pub shown: i128,
    pub hidden: i128,
}

/// The levels of one side, the best at the end.
#[derive(Debug, Default)]
pub(super) struct Queues {
    ladder: Vec<(i64, u32)>,
    levels: Vec<Level>,
    free: Vec<u32>,
}

impl Queues {
    /// The best level.
    pub fn best(&self) -> Option<&Level> {
        let &(_, level) = self.ladder.last()?;
        Some(&self.levels[level as usize])
    }

    /// The levels, the best first.
    pub fn iter(&self) -> impl Iterator<Item = &Level> {
        let levels = self.ladder.iter().rev();
        levels.map(|&(_, level)| &self.levels[level as usize])
    }

    /// How many levels there are.
    pub fn len(&self) -> usize {
        self.ladder.len()
    }

    /// The level of a key.
    pub fn at(&self, key: i64) -> Option<&Level> {
        let (_, level) = self.ladder[self.rung(key).ok()?];
        Some(&self.levels[level as usize])
    }

    /// Where a key is in the ladder, or belongs: most work is near the best.
    fn rung(&self, key: i64) -> std::result::Result<usize, usize> {
        self.ladder.binary_search_by(|(other, _)| key.cmp(other))
    }

    fn level_for(&mut self, key: i64) -> u32 {
        match self.rung(key) {
            Ok(rung) => self.ladder[rung].1,
            Err(rung) => {
                let level = self.new_level(key);
                self.ladder.insert(rung, (key, level));
                level
            }
        }
    }

    fn new_level(&mut self, key: i64) -> u32 {
        let level = Level {
            key,
            first: NONE,
            last: NONE,
            count: 0,
            shown: 0,
            hidden: 0,
        };
        if let Some(number) = self.free.pop() {
            self.levels[number as usize] = level;
            return number;
        }
        self.levels.push(level);
        // There are never more levels than slots, and those fit.
        (self.levels.len() - 1) as u32
    }

    /// Put an order at the back of its level.
    pub fn push(&mut self, slots: &mut Slots, place: u32, key: i64) {
        let number = self.level_for(key);
        let level = &mut self.levels[number as usize];
        let slot = slots.get_mut(place);
        slot.level = number;
        slot.before = level.last;
        slot.after = NONE;
        level.count += 1;
        level.shown += i128::from(slot.shown);
        level.hidden += i128::from(slot.hidden);
        let last = std::mem::replace(&mut level.last, place);
        if last == NONE {
            level.first = place;
        } else {
            slots.get_mut(last).after = place;
        }
    }

    /// Take an order out of its level, and the level out if it was the last one there.
    pub fn unlink(&mut self, slots: &mut Slots, place: u32) {
        let slot = *slots.get(place);
        let level = &mut self.levels[slot.level as usize];
        level.count -= 1;
        level.shown -= i128::from(slot.shown);
        level.hidden -= i128::from(slot.hidden);
        match slot.before {
            NONE => level.first = slot.after,
            before => slots.get_mut(before).after = slot.after,
        }
        match slot.after {
            NONE => level.last = slot.before,
            after => slots.get_mut(after).before = slot.before,
        }
        if level.count == 0 {
            let key = level.key;
            self.free.push(slot.level);
            if let Ok(rung) = self.rung(key) {
                self.ladder.remove(rung);
            }
        }
    }

    /// Give an order other sizes where it stands.
    pub fn resize(&mut self, slots: &mut Slots, place: u32, shown: i64, hidden: i64) {
        let slot = slots.get_mut(place);
        let level = &mut self.levels[slot.level as usize];
        level.shown += i128::from(shown) - i128::from(slot.shown);
        level.hidden += i128::from(hidden) - i128::from(slot.hidden);
        slot.shown = shown;
        slot.hidden = hidden;
    }
}

/// The places of a level's orders in the order of their queue.
pub(super) fn queue(slots: &Slots, first: u32) -> impl Iterator<Item = u32> + '_ {
    let start = (first != NONE).then_some(first);
    std::iter::successors(start, |&place| {
        let after = slots.get(place).after;
        (after != NONE).then_some(after)
    })
}
