//! A hash for ids: a multiplication, folded.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// From an id to the place of its order.
pub(super) type Ids = HashMap<i64, u32, BuildHasherDefault<IdHasher>>;

/// 2^64 over the golden ratio, as an odd number: Knuth's multiplicative hashing.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Hashes one whole number; quick, without defence against chosen ids.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * u128::from(FACTOR);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }
}
