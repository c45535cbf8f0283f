//! The smallest and the largest value of a window, by a queue that only holds what may yet count.

use std::collections::VecDeque;

use super::rolling::Window;
use super::{computed, Computed, Decimals};
use crate::error::Result;

/// The smallest value of each window.
///
/// # Errors
/// Overflow for a value of more than 38 digits.
pub fn rolling_minimum(column: Decimals<'_>, window: Window) -> Result<Computed> {
    extremes(column, window, |new, old| new <= old)
}

/// The largest value of each window.
///
/// # Errors
/// As [`rolling_minimum`].
pub fn rolling_maximum(column: Decimals<'_>, window: Window) -> Result<Computed> {
    extremes(column, window, |new, old| new >= old)
}

fn extremes(
    column: Decimals<'_>,
    window: Window,
    replaces: impl Fn(i128, i128) -> bool,
) -> Result<Computed> {
    // Rows that nothing newer replaces, the best one first.
    let mut queue: VecDeque<usize> = VecDeque::with_capacity(window.rows.min(column.len()));
    let mut count = 0_usize;
    computed(column.len(), column.scale, |row| {
        if let Some(old) = window.leaving(row) {
            count -= usize::from(column.get(old).is_some());
            if queue.front() == Some(&old) {
                queue.pop_front();
            }
        }
        if let Some(new) = column.get(row) {
            count += 1;
            while queue
                .back()
                .is_some_and(|&last| replaces(new, column.values[last]))
            {
                queue.pop_back();
            }
            queue.push_back(row);
        }
        let best = queue.front().filter(|_| count >= window.min_periods);
        Some(best.map(|&best| column.values[best]))
    })
}
