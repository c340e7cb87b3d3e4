//! The request context: what AWS knows about a request besides who, what and on which resource.

use std::collections::BTreeMap;

/// The values of one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ContextValue {
    /// Of a key that has one value, e.g. `aws:SourceIp`.
    One(String),
    /// Of a key that may have several, e.g. `aws:TagKeys`; not a policy variable.
    Many(Vec<String>),
}

impl ContextValue {
    /// The values in order.
    pub fn values(&self) -> &[String] {
        match self {
            ContextValue::One(value) => std::slice::from_ref(value),
            ContextValue::Many(values) => values,
        }
    }
}

/// The keys that a request carries. A key that is not here is absent from the request, which
/// is not the same as empty. Key names do not distinguish case, the tag key part included.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Context(BTreeMap<String, ContextValue>);

impl Context {
    /// A request without keys.
    pub fn new() -> Self {
        Context::default()
    }

    /// Sets a key that has one value.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0
            .insert(key.to_lowercase(), ContextValue::One(value.into()));
    }

    /// Sets a key that may have several values.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.0
            .insert(key.to_lowercase(), ContextValue::Many(values));
    }

    /// The same with one more key that has one value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(&key.to_lowercase());
    }

    /// What the request says under `key`; `None` if the key is absent. A key with an empty list
    /// is as good as absent.
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        self.0
            .get(&key.to_lowercase())
            .filter(|value| !value.values().is_empty())
    }

    /// The value of a key that has exactly one.
    pub fn one(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            ContextValue::One(value) => Some(value),
            ContextValue::Many(_) => None,
        }
    }
}
