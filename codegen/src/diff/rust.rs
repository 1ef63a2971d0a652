//! The verdict for Rust callers: both sides as the generator writes them, name by name, and which change is to blame.

mod blame;
mod surface;

pub(super) use blame::blame;
