//! What a gesture asks for.

use hopwise_policy::PolicyKind;
use std::collections::BTreeMap;

/// Values of a form by the keys of its fields.
pub type Values = BTreeMap<String, String>;

/// A form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Form {
    /// What it is about.
    pub title: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The key of its value.
    pub key: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What it holds, or the proposal.
    pub value: String,
    /// How it is filled in.
    pub control: Control,
    /// A sentence below it.
    pub help: String,
}

/// How a field is filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Control {
    /// Words.
    Text,
    /// A code: an address, a CIDR block, a port.
    Code,
    /// Several lines of code.
    Lines,
    /// A policy document.
    Document {
        /// What it is attached to.
        kind: PolicyKind,
        /// A valid one to begin with, where there may be none yet.
        start: String,
    },
    /// One of several.
    One(Vec<Choice>),
    /// Any of several; the value is their values with commas between.
    Many(Vec<Choice>),
    /// `yes` or `no`.
    Switch,
}

/// One of several things to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// What it is called.
    pub label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Choice {
            value: value.into(),
            label: label.into(),
        }
    }
}

impl Form {
    /// The values it proposes.
    pub fn values(&self) -> Values {
        self.fields
            .iter()
            .map(|field| (field.key.to_owned(), field.value.clone()))
            .collect()
    }

    pub(crate) fn new(title: impl Into<String>) -> Self {
        Form {
            title: title.into(),
            fields: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn field(
        mut self,
        key: &'static str,
        label: &'static str,
        control: Control,
        value: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        self.fields.push(Field {
            key,
            label,
            value: value.into(),
            control,
            help: help.into(),
        });
        self
    }

    /// The field for the `Name` tag.
    #[must_use]
    pub(crate) fn name(self, value: &str) -> Self {
        self.field(
            "name",
            "Name",
            Control::Text,
            value,
            "The tag Name; AWS gives it no meaning.",
        )
    }

    /// The values, with the proposals where `given` says nothing.
    pub(crate) fn filled(&self, given: &Values) -> Filled {
        let mut values = self.values();
        for (key, value) in given {
            values.insert(key.clone(), value.trim_end().to_owned());
        }
        Filled { values }
    }
}

/// A form with its values.
pub(crate) struct Filled {
    values: Values,
}

impl Filled {
    /// A value; nothing where it is empty.
    pub(crate) fn some(&self, key: &str) -> Option<&str> {
        self.values
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// A value as it is.
    pub(crate) fn raw(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// The values of a choice of many.
    pub(crate) fn many(&self, key: &str) -> Vec<String> {
        split(self.raw(key))
    }
}

/// The values of a choice of many.
pub(crate) fn split(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `yes` or `no`.
pub(crate) fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
