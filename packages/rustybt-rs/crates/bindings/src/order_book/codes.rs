//! Numbers of Python's enumerations as the kernel's terms.

use rustybt_kernels::error::{Error, Result};
use rustybt_kernels::order_book::{FeedCancels, Kind, SelfTrade, Side, TimeInForce};

fn unknown<T>(field: &str, code: i64, choices: &str) -> Result<T> {
    Err(Error::invalid(field, code, format!("give {choices}")))
}

pub fn side(code: i64) -> Result<Side> {
    match code {
        1 => Ok(Side::Buy),
        -1 => Ok(Side::Sell),
        _ => unknown("side", code, "Side.BUY (1) or Side.SELL (-1)"),
    }
}

pub fn kind(code: i64) -> Result<Kind> {
    match code {
        0 => Ok(Kind::Limit),
        1 => Ok(Kind::Market),
        2 => Ok(Kind::Stop),
        3 => Ok(Kind::StopLimit),
        _ => unknown("kind", code, "a member of OrderKind (0 to 3)"),
    }
}

pub fn time_in_force(code: i64) -> Result<TimeInForce> {
    match code {
        0 => Ok(TimeInForce::Gtc),
        1 => Ok(TimeInForce::Ioc),
        2 => Ok(TimeInForce::Fok),
        _ => unknown("time_in_force", code, "a member of TimeInForce (0 to 2)"),
    }
}

pub fn self_trade(code: i64) -> Result<SelfTrade> {
    match code {
        0 => Ok(SelfTrade::Allow),
        1 => Ok(SelfTrade::CancelNewest),
        2 => Ok(SelfTrade::CancelOldest),
        3 => Ok(SelfTrade::CancelBoth),
        _ => unknown("self_trade", code, "a member of SelfTrade (0 to 3)"),
    }
}

pub fn feed_cancels(code: i64) -> Result<FeedCancels> {
    match code {
        0 => Ok(FeedCancels::Behind),
        1 => Ok(FeedCancels::Proportional),
        _ => unknown("feed_cancels", code, "a member of FeedCancels (0 or 1)"),
    }
}
