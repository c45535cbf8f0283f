//! Which rows one bar holds.

use std::str::FromStr;

use crate::error::{Error, Result};

/// To which bar a row on an edge belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// To the one that ends there: (09:00, 10:00], as RustyBT's own bars are.
    Right,
    /// To the one that begins there: [09:00, 10:00), as the bars of many vendors are.
    Left,
}

impl FromStr for Closed {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "right" => Ok(Closed::Right),
            "left" => Ok(Closed::Left),
            _ => Err(Error::invalid("closed", name, "give right or left")),
        }
    }
}

/// First row and label, the end, of each bar in which there is a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// First rows.
    pub starts: Vec<i64>,
    /// Ends of the bars.
    pub labels: Vec<i64>,
}

impl Groups {
    fn add(&mut self, row: usize, label: i64) {
        if self.labels.last() != Some(&label) {
            self.starts.push(row as i64);
            self.labels.push(label);
        }
    }
}

fn in_order(at: &[i64]) -> Result<()> {
    match at.windows(2).position(|pair| pair[1] < pair[0]) {
        Some(row) => Err(Error::invalid(
            "at",
            format!("{} in row {}", at[row + 1], row + 1),
            "give rows in the order of time",
        )),
        None => Ok(()),
    }
}

/// Bars of one length, counted from an origin.
///
/// # Errors
/// Invalid for a length that is not above zero, and for rows out of order; overflow where a label
/// leaves 64 bits.
pub fn by_length(at: &[i64], length: i64, origin: i64, closed: Closed) -> Result<Groups> {
    if length <= 0 {
        return Err(Error::invalid("length", length, "give a length above zero"));
    }
    in_order(at)?;
    let mut groups = Groups::default();
    let (wide, first) = (i128::from(length), i128::from(origin));
    // The bar of the row before: most rows belong to it as well.
    let (mut since, mut until) = (1_i64, 0_i64);
    for (row, &instant) in at.iter().enumerate() {
        if since <= instant && instant <= until {
            continue;
        }
        let passed = i128::from(instant) - first;
        let number = match closed {
            Closed::Right => -(-passed).div_euclid(wide),
            Closed::Left => passed.div_euclid(wide) + 1,
        };
        let no_room = |_| Error::overflow(format!("label of row {row}"));
        let label = i64::try_from(first + number * wide).map_err(no_room)?;
        // The instants of the bar, both included.
        let shift = i64::from(closed == Closed::Left);
        since = label.saturating_sub(length).saturating_add(1 - shift);
        until = label.saturating_sub(shift);
        groups.add(row, label);
    }
    Ok(groups)
}

/// Bars between edges: each from one edge to the next, labelled by the latter.
///
/// # Errors
/// Invalid for rows out of order, edges that do not ascend, and a row outside of them.
pub fn by_edges(at: &[i64], edges: &[i64], closed: Closed) -> Result<Groups> {
    in_order(at)?;
    if let Some(place) = edges.windows(2).position(|pair| pair[1] <= pair[0]) {
        let value = format!("{} at place {}", edges[place + 1], place + 1);
        return Err(Error::invalid("edges", value, "give ascending edges"));
    }
    let mut groups = Groups::default();
    let mut next = 0;
    for (row, &instant) in at.iter().enumerate() {
        let is_before = |edge: i64| match closed {
            Closed::Right => edge < instant,
            Closed::Left => edge <= instant,
        };
        while next < edges.len() && is_before(edges[next]) {
            next += 1;
        }
        if next == 0 || next == edges.len() {
            let reason = "give edges around all rows, or leave such rows out";
            return Err(Error::invalid(
                "at",
                format!("{instant} in row {row}"),
                reason,
            ));
        }
        groups.add(row, edges[next]);
    }
    Ok(groups)
}
