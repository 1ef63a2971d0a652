//! What came in: for the assertions of a test.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::request::Received;

/// A request that the emulator received, whether it was answered, refused or cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The `Action` it named, empty when it named none; of a published Data Service API its path, `/orders`.
    pub action: String,
    /// The `Version` it named.
    pub version: String,
    /// The HTTP method.
    pub method: String,
    /// The path of the URL, `/` for every action.
    pub path: String,
    /// The query's parameters, decoded, in the order they came.
    pub query: Vec<(String, String)>,
    /// The form's parameters, decoded, in the order they came.
    pub form: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Parameters that came in the query and belong in the form, or the other way round: taken, as the service takes them.
    pub misplaced: Vec<String>,
    /// The HTTP status that was answered; none when the connection was closed instead.
    pub status: Option<u16>,
    /// The error code that was answered, if any.
    pub code: Option<String>,
}

impl Request {
    /// The value of a parameter, in the query or in the form.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().chain(&self.form).find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// So many different actions are counted: more than there are.
const MOST_ACTIONS: usize = 4_096;

/// The latest requests, and how many there were of each action.
#[derive(Debug)]
pub(crate) struct Journal {
    capacity: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The number of the oldest request kept.
    first: usize,
    kept: VecDeque<Request>,
    counts: HashMap<String, usize>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, inner: Mutex::default() }
    }

    /// Notes a request; the number names it later.
    pub(crate) fn note(&self, received: &Received) -> usize {
        let action = received.action().unwrap_or_default();
        let mut inner = self.lock();
        let full = inner.counts.len() >= MOST_ACTIONS;
        match inner.counts.get_mut(action) {
            Some(count) => *count += 1,
            // Names are the caller's: a flood of made-up ones must not fill the memory.
            None if full => {}
            None => {
                inner.counts.insert(action.to_owned(), 1);
            }
        }
        if self.capacity == 0 {
            return 0;
        }
        if inner.kept.len() == self.capacity {
            inner.kept.pop_front();
            inner.first += 1;
        }
        inner.kept.push_back(Request {
            action: action.to_owned(),
            version: received.version().unwrap_or_default().to_owned(),
            method: received.method.clone(),
            path: received.path.clone(),
            query: received.query.clone(),
            form: received.form.clone(),
            headers: received.headers.clone(),
            ..Request::default()
        });
        inner.first + inner.kept.len() - 1
    }

    /// Adds to a request that was noted, unless it is forgotten already.
    pub(crate) fn amend(&self, number: usize, change: impl FnOnce(&mut Request)) {
        let mut inner = self.lock();
        let place = number.checked_sub(inner.first);
        if let Some(request) = place.and_then(|place| inner.kept.get_mut(place)) {
            change(request);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.lock().kept.iter().cloned().collect()
    }

    pub(crate) fn count(&self, action: &str) -> usize {
        self.lock().counts.get(action).copied().unwrap_or_default()
    }

    pub(crate) fn clear(&self) {
        let mut inner = self.lock();
        inner.first += inner.kept.len();
        inner.kept.clear();
        inner.counts.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(action: &str) -> Received {
        Received { query: vec![("Action".into(), action.into())], ..Received::default() }
    }

    #[test]
    fn the_oldest_is_forgotten_and_still_counted() {
        let journal = Journal::new(2);
        let numbers: Vec<_> = ["A", "B", "A"].iter().map(|action| journal.note(&named(action))).collect();
        assert_eq!(numbers, [0, 1, 2]);
        journal.amend(0, |request| request.status = Some(500));
        journal.amend(2, |request| request.status = Some(200));
        let kept: Vec<_> = journal.requests().into_iter().map(|r| (r.action, r.status)).collect();
        assert_eq!(kept, [("B".to_owned(), None), ("A".to_owned(), Some(200))]);
        assert_eq!(journal.count("A"), 2);
        journal.clear();
        assert_eq!((journal.count("A"), journal.requests().len(), journal.note(&named("A"))), (0, 0, 3));
    }
}
