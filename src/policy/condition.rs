//! Conditions: operators, and whether a request meets them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use crate::number::Decimal;
use crate::template::{ArnPattern, Template};
use crate::{Context, ContextValue, Span, Unsupported, date};
use hopwise_net::Prefix;
use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;

/// How the values of a key that may have several are taken together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetOperator {
    /// `ForAllValues`: each value of the request must do.
    ForAllValues,
    /// `ForAnyValue`: one value of the request must do.
    ForAnyValue,
}

/// A comparison without its negation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// Which orders of the request's value and the policy's value do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Order::Equal => ordering.is_eq(),
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Every operator: its name, what it compares, whether it negates.
#[rustfmt::skip]
const OPERATORS: &[(&str, Comparison, bool)] = &[
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("NumericEquals", Comparison::Numeric(Order::Equal), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equal), true),
    ("NumericLessThan", Comparison::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Order::Equal), false),
    ("DateNotEquals", Comparison::Date(Order::Equal), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Ip, false),
    ("NotIpAddress", Comparison::Ip, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

/// A condition operator, e.g. `ForAnyValue:StringNotLikeIfExists`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operator {
    pub(crate) set: Option<SetOperator>,
    name: &'static str,
    pub(crate) comparison: Comparison,
    negated: bool,
    pub(crate) if_exists: bool,
}

impl Operator {
    /// The operator that is written `text`; `None` if AWS has none of that name.
    pub fn parse(text: &str) -> Option<Self> {
        let (set, rest) = match text.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(SetOperator::ForAllValues), rest),
            Some(("ForAnyValue", rest)) => (Some(SetOperator::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, text),
        };
        let (wanted, if_exists) = match rest.strip_suffix("IfExists") {
            Some(wanted) => (wanted, true),
            None => (rest, false),
        };
        let (name, comparison, negated) = OPERATORS
            .iter()
            .copied()
            .find(|(name, _, _)| *name == wanted)?;
        // Presence can't be tested for if it is there.
        if comparison == Comparison::Null && (if_exists || set.is_some()) {
            return None;
        }
        Some(Operator {
            set,
            name,
            comparison,
            negated,
            if_exists,
        })
    }

    /// Does it hold where the values differ (`StringNotEquals` and the like)?
    pub fn is_negated(self) -> bool {
        self.negated
    }

    /// What it says of a key that the request does not have.
    fn when_absent(self) -> bool {
        if self.if_exists {
            return true;
        }
        match self.set {
            Some(SetOperator::ForAllValues) => true,
            Some(SetOperator::ForAnyValue) => false,
            None => self.negated,
        }
    }

    /// The names of all operators, without prefix and suffix.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.iter().map(|(name, _, _)| *name)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.set {
            Some(SetOperator::ForAllValues) => f.write_str("ForAllValues:")?,
            Some(SetOperator::ForAnyValue) => f.write_str("ForAnyValue:")?,
            None => {}
        }
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

/// A value of a condition, made ready for its operator.
#[derive(Clone, PartialEq, Debug)]
enum Wanted {
    Text(Template),
    Arn(ArnPattern),
    Number(Decimal),
    Date(date::Instant),
    Bool(bool),
    Ip(Prefix),
    Bytes(String),
    /// It is no value for its operator, so that nothing is equal to it.
    Nothing,
}

/// One key under one operator, with its values.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// The operator.
    pub operator: Operator,
    /// The key as it is written.
    pub key: String,
    /// The values as they are written.
    pub values: Vec<String>,
    /// Where the key stands.
    pub span: Span,
    wanted: Vec<Wanted>,
}

impl Condition {
    pub(crate) fn new(
        operator: Operator,
        key: String,
        values: Vec<String>,
        span: Span,
        variables: bool,
    ) -> Self {
        let wanted = values
            .iter()
            .map(|value| prepare(operator.comparison, value, variables))
            .collect();
        Condition {
            operator,
            key,
            values,
            span,
            wanted,
        }
    }

    /// Does the request meet the condition?
    pub(crate) fn holds(&self, context: &Context) -> Result<bool, Unsupported> {
        let present = context.get(&self.key);
        if self.operator.comparison == Comparison::Null {
            return Ok(self
                .wanted
                .iter()
                .any(|wanted| *wanted == Wanted::Bool(present.is_none())));
        }
        let Some(present) = present else {
            return Ok(self.operator.when_absent());
        };
        let one = |value: &String| self.accepts(value, context) != self.operator.negated;
        match (self.operator.set, present) {
            (Some(SetOperator::ForAllValues), present) => Ok(present.values().iter().all(one)),
            (Some(SetOperator::ForAnyValue), present) => Ok(present.values().iter().any(one)),
            (None, ContextValue::One(value)) => Ok(one(value)),
            (None, ContextValue::Many(values)) => match values.as_slice() {
                [value] => Ok(one(value)),
                _ => Err(Unsupported::ManyValues {
                    operator: self.operator.to_string(),
                    key: self.key.clone(),
                }),
            },
        }
    }

    /// Is `value` equal (in the operator's sense) to one of the wanted values?
    fn accepts(&self, value: &str, context: &Context) -> bool {
        self.wanted
            .iter()
            .any(|wanted| equals(self.operator.comparison, wanted, value, context))
    }

    /// The keys that the condition asks for and the request does not have.
    pub(crate) fn missing_keys<'a>(&'a self, context: &Context) -> Vec<&'a str> {
        let own = context
            .get(&self.key)
            .is_none()
            .then_some(self.key.as_str());
        let variables = self.wanted.iter().flat_map(|wanted| match wanted {
            Wanted::Text(template) => template.unresolved(context),
            Wanted::Arn(pattern) => pattern.unresolved(context),
            _ => Vec::new(),
        });
        own.into_iter().chain(variables).collect()
    }
}

fn prepare(comparison: Comparison, value: &str, variables: bool) -> Wanted {
    let wanted = match comparison {
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike => {
            Some(Wanted::Text(Template::new(value, variables)))
        }
        Comparison::Arn => Some(Wanted::Arn(ArnPattern::new(value, variables))),
        Comparison::Numeric(_) => Decimal::parse(value).map(Wanted::Number),
        Comparison::Date(_) => date::parse(value).map(Wanted::Date),
        Comparison::Bool | Comparison::Null => parse_bool(value).map(Wanted::Bool),
        Comparison::Ip => parse_block(value).map(Wanted::Ip),
        Comparison::Binary => Some(Wanted::Bytes(value.to_owned())),
    };
    wanted.unwrap_or(Wanted::Nothing)
}

fn equals(comparison: Comparison, wanted: &Wanted, value: &str, context: &Context) -> bool {
    match (comparison, wanted) {
        (Comparison::StringEquals, Wanted::Text(text)) => {
            text.resolve_text(context).as_deref() == Some(value)
        }
        (Comparison::StringEqualsIgnoreCase, Wanted::Text(text)) => text
            .resolve_text(context)
            .is_some_and(|text| text.to_lowercase() == value.to_lowercase()),
        (Comparison::StringLike, Wanted::Text(text)) => text.matches(value, context),
        (Comparison::Arn, Wanted::Arn(pattern)) => pattern.matches(value, context),
        (Comparison::Numeric(order), Wanted::Number(wanted)) => {
            Decimal::parse(value).is_some_and(|value| order.accepts(value.compare(wanted)))
        }
        (Comparison::Date(order), Wanted::Date(wanted)) => {
            date::parse(value).is_some_and(|value| order.accepts(value.cmp(wanted)))
        }
        (Comparison::Bool, Wanted::Bool(wanted)) => parse_bool(value) == Some(*wanted),
        (Comparison::Ip, Wanted::Ip(block)) => value
            .parse()
            .is_ok_and(|address: IpAddr| block.contains(address)),
        (Comparison::Binary, Wanted::Bytes(wanted)) => wanted == value,
        _ => false,
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A CIDR block, or an address alone.
pub(crate) fn parse_block(text: &str) -> Option<Prefix> {
    match text.parse() {
        Ok(address) => Some(Prefix::host(address)),
        Err(_) => text.parse().ok(),
    }
}
