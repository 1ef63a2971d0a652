//! Nothing to link: the tests of this crate are the crate. See `tests/it`.
