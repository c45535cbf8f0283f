//! What goes into an order book and what comes out of it.

use crate::error::{Error, Result};

/// The id that stands for everyone else in a replay: no order of one's own has it.
pub const MARKET: i64 = 0;

/// The owner of orders whose trades with each other nobody minds.
pub const NOBODY: i64 = 0;

/// The most slices that an iceberg may be cut into.
pub const MOST_SLICES: i64 = 10_000;

/// A side of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Bids.
    Buy,
    /// Asks.
    Sell,
}

impl Side {
    /// The side that trades with this one.
    pub fn other(self) -> Self {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// Whose limit is better has the smaller key; a key's key is the price again.
    ///
    /// The complement turns the order round and, unlike the negation, never overflows.
    pub(super) fn key(self, price: i64) -> i64 {
        match self {
            Side::Buy => !price,
            Side::Sell => price,
        }
    }
}

/// Kind of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Trades at its price or better, rests.
    Limit,
    /// Trades at any price, never rests.
    Market,
    /// Becomes a market order when a trade reaches its stop price.
    Stop,
    /// Becomes a limit order when a trade reaches its stop price.
    StopLimit,
}

impl Kind {
    /// Whether it waits for its stop price.
    pub fn waits(self) -> bool {
        matches!(self, Kind::Stop | Kind::StopLimit)
    }

    /// Whether it has a limit price.
    pub fn is_limited(self) -> bool {
        matches!(self, Kind::Limit | Kind::StopLimit)
    }

    /// What it is once its stop price is reached.
    pub(super) fn active(self) -> Self {
        match self {
            Kind::Stop => Kind::Market,
            Kind::StopLimit => Kind::Limit,
            other => other,
        }
    }
}

/// How long an order lives once it is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until it is filled or cancelled; a market order's rest expires all the same.
    Gtc,
    /// What does not trade at once expires.
    Ioc,
    /// All of it trades at once, or none.
    Fok,
}

/// What happens when two orders of one owner would trade with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfTrade {
    /// They trade.
    Allow,
    /// The incoming order's rest is cancelled.
    CancelNewest,
    /// The resting order is cancelled, the incoming one goes on.
    CancelOldest,
    /// Both are cancelled.
    CancelBoth,
}

/// Whose size goes first when a feed shows less at a level and no trade explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedCancels {
    /// What came last: an order of one's own gains no place by guesses.
    Behind,
    /// Each part of the queue in proportion to its size, rounded against one's own orders.
    Proportional,
}

/// An order that comes in. Prices are in ticks, sizes in lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewOrder {
    /// Its id, above zero.
    pub id: i64,
    /// Whose it is; [`NOBODY`] opts out of self-trade prevention.
    pub owner: i64,
    /// Buy or sell.
    pub side: Side,
    /// Limit, market, stop or stop-limit.
    pub kind: Kind,
    /// Limit price; of no meaning to a market or stop order.
    pub price: i64,
    /// Stop price; of no meaning to a limit or market order.
    pub stop: i64,
    /// Size, above zero.
    pub size: i64,
    /// How much of it the book shows at a time; zero for all.
    pub visible: i64,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Whether it is refused rather than traded on entry.
    pub post_only: bool,
}

impl NewOrder {
    /// A limit order that lives until cancelled, all of it shown.
    pub fn limit(id: i64, side: Side, price: i64, size: i64) -> Self {
        NewOrder {
            id,
            owner: NOBODY,
            side,
            kind: Kind::Limit,
            price,
            stop: 0,
            size,
            visible: 0,
            tif: TimeInForce::Gtc,
            post_only: false,
        }
    }

    /// Refuse what no book could mean anything by.
    ///
    /// # Errors
    /// Invalid: names the field.
    pub fn check(&self) -> Result<()> {
        check_id(self.id)?;
        check_size(self.size)?;
        if self.visible < 0 {
            let reason = "an iceberg shows a part above zero; leave it out to show all";
            return Err(Error::invalid("visible", self.visible, reason));
        }
        if self.post_only && !(self.kind.is_limited() && self.tif == TimeInForce::Gtc) {
            let reason = "only a limit order that may rest (GTC) is post-only";
            return Err(Error::invalid("post_only", true, reason));
        }
        Ok(())
    }

    /// Whether the size has too many slices of what is shown.
    pub(super) fn is_too_sliced(&self) -> bool {
        self.visible > 0 && (self.size - 1) / self.visible >= MOST_SLICES
    }

    /// The slice of `rest` that the book shows.
    pub(super) fn slice(&self, rest: i64) -> i64 {
        if self.visible == 0 {
            rest
        } else {
            rest.min(self.visible)
        }
    }
}

/// Refuse ids that stand for something else.
pub(super) fn check_id(id: i64) -> Result<()> {
    if id > 0 {
        return Ok(());
    }
    Err(Error::invalid("order", id, "ids are above zero"))
}

/// Refuse sizes that are none.
pub(super) fn check_size(size: i64) -> Result<()> {
    if size > 0 {
        return Ok(());
    }
    let reason = "a size is above zero; cancel an order to end it";
    Err(Error::invalid("size", size, reason))
}

/// Refuse sizes that no level of a feed has.
pub(super) fn check_level(size: i64) -> Result<()> {
    if size >= 0 {
        return Ok(());
    }
    let reason = "a level's size is zero or above; a change has its own command";
    Err(Error::invalid("size", size, reason))
}

/// Other figures for an open order; None leaves one as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replacement {
    /// Id of the order.
    pub order: i64,
    /// Limit price.
    pub price: Option<i64>,
    /// Size that stays open, shown and hidden together.
    pub size: Option<i64>,
    /// Stop price.
    pub stop: Option<i64>,
}

/// Why something was refused or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An open order has the id.
    DuplicateOrder,
    /// No open order has the id.
    UnknownOrder,
    /// A post-only order would have traded.
    PostOnly,
    /// An iceberg would have more than [`MOST_SLICES`] slices.
    TooManySlices,
    /// A limit price for an order that has none.
    NoLimitPrice,
    /// A stop price for an order that has none.
    NoStopPrice,
    /// Its owner asked for it.
    Requested,
    /// It would have traded with an order of the same owner.
    SelfTrade,
    /// An immediate-or-cancel order met no more at its price.
    IocUnfilled,
    /// A fill-or-kill order could not be filled whole.
    FokUnfilled,
    /// A market order met an empty side.
    NoLiquidity,
    /// An order of the feed that is there has the id.
    DuplicateFeedOrder,
    /// No order of the feed that is there has the id.
    UnknownFeedOrder,
}

/// What happened; times are the command's, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are what they are called
pub enum Event {
    /// The order is in the book, or about to trade.
    Accepted { order: i64, at: i64 },
    /// Nothing changed.
    Rejected { order: i64, reason: Reason, at: i64 },
    /// Two orders traded at the maker's price; the side is the taker's.
    Trade {
        maker: i64,
        taker: i64,
        side: Side,
        price: i64,
        size: i64,
        at: i64,
    },
    /// Nothing of the order is left.
    Filled { order: i64, at: i64 },
    /// The rest was taken out.
    Cancelled {
        order: i64,
        size: i64,
        reason: Reason,
        at: i64,
    },
    /// The rest ended by the order's own terms.
    Expired {
        order: i64,
        size: i64,
        reason: Reason,
        at: i64,
    },
    /// The order has other figures; `price` is the limit, or the stop of an order without one.
    Replaced {
        order: i64,
        price: i64,
        size: i64,
        kept_place: bool,
        at: i64,
    },
    /// A trade at `price` reached the stop.
    Triggered { order: i64, price: i64, at: i64 },
    /// An iceberg shows its next slice, at the back of its level.
    Refilled { order: i64, size: i64, at: i64 },
}
