//! Rules that say from lines when to hold what.

use super::given::narrowed;
use super::lines::{Extremes, Line};
use super::{Event, Marker};
use crate::error::Result;
use crate::sweep::decimal::Dec;
use crate::sweep::market::{Market, MISSING};

const WORD: usize = 64;

/// What is held while a rule says yes, and while it says no.
#[derive(Debug, Clone, Copy)]
pub struct Side {
    yes: (i64, u32),
    no: (i64, u32),
}

impl Side {
    /// Targets for yes and for no; `units` says that they are units.
    ///
    /// # Errors
    /// Overflow beyond 64 bits.
    pub fn new(yes: Dec, no: Dec, units: bool) -> Result<Self> {
        Ok(Side {
            yes: narrowed(yes, units)?,
            no: narrowed(no, units)?,
        })
    }

    #[inline]
    fn event(&self, bar: usize, asset: usize, says: bool) -> Event {
        let (coefficient, scale) = if says { self.yes } else { self.no };
        Event {
            bar: bar as u32,
            asset: asset as u32,
            scale,
            coefficient,
        }
    }

    /// What a rule says first is ordered where it is something.
    #[inline]
    fn begin(&self, events: &mut Vec<Event>, bar: usize, asset: usize, says: bool) {
        let event = self.event(bar, asset, says);
        if event.coefficient != 0 {
            events.push(event);
        }
    }
}

/// Holds one side while a line is above another.
#[derive(Debug)]
pub struct Cross {
    /// The lines of each asset.
    pub lines: Vec<Vec<Line>>,
    /// Of each set the numbers of the two lines.
    pub sets: Vec<(u32, u32)>,
    /// What is held.
    pub side: Side,
}

impl Cross {
    pub(super) fn events(
        &self,
        market: &Market,
        set: usize,
        marker: &mut Marker,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let (fast, slow) = self.sets[set];
        for (asset, lines) in self.lines.iter().enumerate() {
            let (fast, slow) = (&lines[fast as usize], &lines[slow as usize]);
            let first = fast.first.max(slow.first);
            if first < market.bars {
                mark_above(fast, slow, first, market.bars, marker);
                self.collect(&marker.words, first, market.bars, asset, events);
            }
        }
        Ok(())
    }

    /// An event wherever the marks change.
    fn collect(
        &self,
        words: &[u64],
        first: usize,
        bars: usize,
        asset: usize,
        events: &mut Vec<Event>,
    ) {
        let begins = words[0] & 1 == 1;
        self.side.begin(events, first, asset, begins);
        let mut last = u64::from(begins);
        for (number, &word) in words.iter().enumerate() {
            let mut changes = word ^ (word << 1 | last);
            last = word >> (WORD - 1);
            let base = first + number * WORD;
            while changes != 0 {
                let bit = changes.trailing_zeros() as usize;
                changes &= changes - 1;
                if base + bit >= bars {
                    break;
                }
                let says = word >> bit & 1 == 1;
                events.push(self.side.event(base + bit, asset, says));
            }
        }
    }
}

/// A bit for each bar from the first on: whether one line is above the other.
fn mark_above(fast: &Line, slow: &Line, first: usize, bars: usize, marker: &mut Marker) {
    let (left, right) = (&fast.values[first..bars], &slow.values[first..bars]);
    marker.words.clear();
    let blocks = left.chunks(WORD).zip(right.chunks(WORD));
    for (number, (left, right)) in blocks.enumerate() {
        let (mut word, ties) = compared(left, right);
        if ties {
            for (bit, (a, b)) in left.iter().zip(right).enumerate() {
                let bar = first + number * WORD + bit;
                word |= u64::from(a == b && fast.is_above(slow, bar)) << bit;
            }
        }
        marker.words.push(word);
    }
}

/// The bits of up to 64 comparisons, and whether two values are equal.
#[inline]
fn compared(left: &[f64], right: &[f64]) -> (u64, bool) {
    let (mut bytes, mut ties) = ([0_u8; WORD], 0_u8);
    for (byte, (a, b)) in bytes.iter_mut().zip(left.iter().zip(right)) {
        *byte = u8::from(a > b);
        ties |= u8::from(a == b);
    }
    let mut word = 0_u64;
    for (number, eight) in bytes.chunks_exact(8).enumerate() {
        let mut packed = [0_u8; 8];
        packed.copy_from_slice(eight);
        // The lowest bits of eight bytes come together in the highest byte.
        let spread = u64::from_le_bytes(packed).wrapping_mul(0x0102_0408_1020_4080);
        word |= (spread >> 56) << (8 * number);
    }
    (word, ties != 0)
}

/// Holds one side from where a line is below a level until it is above another.
#[derive(Debug)]
pub struct Levels {
    /// The lines of each asset.
    pub lines: Vec<Vec<Line>>,
    /// Of each set the number of the line, the lower and the upper level.
    pub sets: Vec<(u32, f64, f64)>,
    /// What is held: yes below the lower level, no above the upper one.
    pub side: Side,
}

impl Levels {
    pub(super) fn events(
        &self,
        market: &Market,
        set: usize,
        _: &mut Marker,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let (line, lower, upper) = self.sets[set];
        for (asset, lines) in self.lines.iter().enumerate() {
            let line = &lines[line as usize];
            let mut says = None;
            for bar in line.first..market.bars {
                let value = line.values[bar];
                let now = switched(value < lower, value > upper);
                follow(&self.side, &mut says, now, bar, asset, events);
            }
        }
        Ok(())
    }
}

/// Holds one side from where a close is above the highs before it until it is below the lows.
#[derive(Debug)]
pub struct Breakout {
    /// The highest highs of each asset, for each distinct window.
    pub highs: Vec<Vec<Extremes>>,
    /// The lowest lows of each asset, for each distinct window.
    pub lows: Vec<Vec<Extremes>>,
    /// Of each set the numbers of the highs and of the lows.
    pub sets: Vec<(u32, u32)>,
    /// What is held.
    pub side: Side,
}

impl Breakout {
    pub(super) fn events(
        &self,
        market: &Market,
        set: usize,
        _: &mut Marker,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        let (high, low) = self.sets[set];
        for (number, asset) in market.assets.iter().enumerate() {
            let highs = &self.highs[number][high as usize];
            let lows = &self.lows[number][low as usize];
            let mut says = None;
            for bar in highs.first.max(lows.first)..market.bars {
                let (close, top, bottom) = (asset.known[bar], highs.values[bar], lows.values[bar]);
                let is_above = top != MISSING && close > top;
                let is_below = bottom != MISSING && close < bottom;
                let now = switched(is_above, is_below);
                follow(&self.side, &mut says, now, bar, number, events);
            }
        }
        Ok(())
    }
}

#[inline]
pub(super) fn switched(on: bool, off: bool) -> Option<bool> {
    match (on, off) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Order what a switch says where it says something new.
#[inline]
pub(super) fn follow(
    side: &Side,
    says: &mut Option<bool>,
    now: Option<bool>,
    bar: usize,
    asset: usize,
    events: &mut Vec<Event>,
) {
    match (*says, now) {
        (None, Some(first)) => side.begin(events, bar, asset, first),
        (Some(before), Some(new)) if before != new => events.push(side.event(bar, asset, new)),
        _ => return,
    }
    *says = now;
}
