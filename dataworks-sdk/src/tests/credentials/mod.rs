//! Where credentials come from, and when they are asked for.

mod cache;
