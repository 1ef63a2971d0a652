//! The environment as a value, so that a program or a test can give another.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Environment variables: those of the process, or others.
///
/// ```
/// use dataworks_sdk::Environment;
///
/// let environment = Environment::from_iter([("ALIBABA_CLOUD_REGION_ID", "cn-shanghai")]);
/// assert_eq!(environment.get("ALIBABA_CLOUD_REGION_ID").as_deref(), Some("cn-shanghai"));
/// ```
#[derive(Clone, Default)]
pub struct Environment(Option<Arc<BTreeMap<String, String>>>);

impl Environment {
    /// The variables of the process, read when they are asked for.
    #[must_use]
    pub fn process() -> Self {
        Self(None)
    }

    /// The variable of this name. One that is empty or no Unicode counts as not set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match &self.0 {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The variables, unless they are those of the process.
    #[cfg(feature = "client")]
    pub(crate) fn given(&self) -> Option<&BTreeMap<String, String>> {
        self.0.as_deref()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Some(Arc::new(variables.collect())))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets.
        match &self.0 {
            Some(variables) => f.debug_set().entries(variables.keys()).finish(),
            None => f.write_str("process"),
        }
    }
}
