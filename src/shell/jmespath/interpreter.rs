//! A tree searched over a value.

use std::borrow::Cow;
use std::cmp::Ordering;

use hopwise_cloud::{Map, Value};

use super::Error;
use super::functions;
use super::parser::{Comparator, Node};

/// How many values one search may visit or copy.
const STEPS: usize = 2_000_000;

pub(crate) fn search(root: &Node, value: &Value) -> Result<Value, Error> {
    let mut search = Search { left: STEPS };
    let found = search.visit(root, Cow::Borrowed(value))?;
    search.own(found)
}

pub(crate) struct Search {
    left: usize,
}

type Found<'v> = Cow<'v, Value>;

impl Search {
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Error> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::new("The query does too much work for this sandbox.")),
        }
    }

    /// An own copy, paid for by its size: copies of copies are how a query explodes.
    pub(crate) fn own(&mut self, value: Found<'_>) -> Result<Value, Error> {
        match value {
            Cow::Owned(value) => Ok(value),
            Cow::Borrowed(value) => {
                self.spend(weight(value))?;
                Ok(value.clone())
            }
        }
    }

    pub(crate) fn visit<'v>(&mut self, node: &Node, value: Found<'v>) -> Result<Found<'v>, Error> {
        self.spend(1)?;
        Ok(match node {
            Node::Current => value,
            Node::Field(name) => match value {
                Cow::Borrowed(value) => value.get(name).map_or(NULL, Cow::Borrowed),
                Cow::Owned(Value::Map(mut map)) => map.remove(name).map_or(NULL, Cow::Owned),
                Cow::Owned(_) => NULL,
            },
            Node::Literal(literal) => {
                self.spend(weight(literal))?;
                Cow::Owned(literal.clone())
            }
            Node::Index(index) => {
                let length = value.as_list().map_or(0, <[Value]>::len);
                match place(*index, length) {
                    None => NULL,
                    Some(at) => match value {
                        Cow::Borrowed(value) => value
                            .as_list()
                            .and_then(|items| items.get(at))
                            .map_or(NULL, Cow::Borrowed),
                        Cow::Owned(Value::List(mut items)) if at < items.len() => {
                            Cow::Owned(items.swap_remove(at))
                        }
                        Cow::Owned(_) => NULL,
                    },
                }
            }
            Node::Slice(start, stop, step) => {
                let Some(items) = value.as_list() else {
                    return Ok(NULL);
                };
                let mut picked = Vec::new();
                for at in slice(*start, *stop, *step, items.len())? {
                    if let Some(item) = items.get(at) {
                        picked.push(self.own(Cow::Borrowed(item))?);
                    }
                }
                Cow::Owned(Value::List(picked))
            }
            Node::Chain(nodes) => {
                let mut value = value;
                for node in nodes {
                    value = self.visit(node, value)?;
                }
                value
            }
            Node::Flatten(base) => {
                let base = self.visit(base, value)?;
                let Some(items) = base.as_list() else {
                    return Ok(NULL);
                };
                let mut flat = Vec::new();
                for item in items {
                    match item {
                        Value::List(inner) => {
                            for item in inner {
                                flat.push(self.own(Cow::Borrowed(item))?);
                            }
                        }
                        item => flat.push(self.own(Cow::Borrowed(item))?),
                    }
                }
                Cow::Owned(Value::List(flat))
            }
            Node::Projection(base, right) => {
                let base = self.visit(base, value)?;
                let Some(items) = base.as_list() else {
                    return Ok(NULL);
                };
                Cow::Owned(self.project(right, items.iter())?)
            }
            Node::ValueProjection(base, right) => {
                let base = self.visit(base, value)?;
                let Some(map) = base.as_map() else {
                    return Ok(NULL);
                };
                Cow::Owned(self.project(right, map.iter().map(|(_, item)| item))?)
            }
            Node::Filter {
                base,
                condition,
                right,
            } => {
                let base = self.visit(base, value)?;
                let Some(items) = base.as_list() else {
                    return Ok(NULL);
                };
                let mut passed = Vec::new();
                for item in items {
                    if truth(&*self.visit(condition, Cow::Borrowed(item))?) {
                        passed.push(item);
                    }
                }
                Cow::Owned(self.project(right, passed.into_iter())?)
            }
            Node::Compare(comparator, left, right) => {
                let left = self.visit(left, Cow::Borrowed(&*value))?;
                let right = self.visit(right, Cow::Borrowed(&*value))?;
                self.spend(weight(&left).min(weight(&right)))?;
                Cow::Owned(compare(*comparator, &left, &right))
            }
            Node::Or(nodes) => {
                let mut last = Value::Null;
                for node in nodes {
                    let found = self.visit(node, Cow::Borrowed(&*value))?;
                    last = self.own(found)?;
                    if truth(&last) {
                        break;
                    }
                }
                Cow::Owned(last)
            }
            Node::And(nodes) => {
                let mut last = Value::Null;
                for node in nodes {
                    let found = self.visit(node, Cow::Borrowed(&*value))?;
                    last = self.own(found)?;
                    if !truth(&last) {
                        break;
                    }
                }
                Cow::Owned(last)
            }
            Node::Not(inner) => {
                let found = self.visit(inner, value)?;
                Cow::Owned(Value::Bool(!truth(&found)))
            }
            Node::List(nodes) => {
                if *value == Value::Null {
                    return Ok(NULL);
                }
                let mut items = Vec::new();
                for node in nodes {
                    let found = self.visit(node, Cow::Borrowed(&*value))?;
                    items.push(self.own(found)?);
                }
                Cow::Owned(Value::List(items))
            }
            Node::Hash(pairs) => {
                if *value == Value::Null {
                    return Ok(NULL);
                }
                let mut map = Map::new();
                for (key, node) in pairs {
                    let found = self.visit(node, Cow::Borrowed(&*value))?;
                    map.insert(key.clone(), self.own(found)?);
                }
                Cow::Owned(Value::Map(map))
            }
            Node::Call(name, arguments) => {
                Cow::Owned(functions::call(self, name, arguments, &value)?)
            }
            Node::Expref(_) => {
                return Err(Error::new(
                    "An expression (&…) may only stand as the argument of a function.",
                ));
            }
        })
    }

    fn project<'v>(
        &mut self,
        right: &Node,
        items: impl Iterator<Item = &'v Value>,
    ) -> Result<Value, Error> {
        let mut collected = Vec::new();
        for item in items {
            let found = self.visit(right, Cow::Borrowed(item))?;
            if *found != Value::Null {
                collected.push(self.own(found)?);
            }
        }
        Ok(Value::List(collected))
    }
}

const NULL: Cow<'static, Value> = Cow::Owned(Value::Null);

/// How many values a value is made of.
fn weight(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Map(map) => 1 + map.iter().map(|(_, item)| weight(item)).sum::<usize>(),
        Value::Str(text) => 1 + text.len() / 64,
        Value::Bytes(bytes) => 1 + bytes.len() / 64,
        _ => 1,
    }
}

/// JMESPath's truth: everything but empty things, `null` and `false`; 0 is true.
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Str(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    }
}

/// Equal as in Python, where 1 is 1.0.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            order(left, right) == Some(Ordering::Equal)
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equal(l, r))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, l)| right.get(key).is_some_and(|r| equal(l, r)))
        }
        _ => left == right,
    }
}

/// The order of two numbers or two strings.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Str(left), Value::Str(right)) => Some(left.cmp(right)),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

/// A number as a float; exact below 2^53.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn compare(comparator: Comparator, left: &Value, right: &Value) -> Value {
    let by_order = |test: fn(Ordering) -> bool| match order(left, right) {
        Some(order) => Value::Bool(test(order)),
        None => Value::Null,
    };
    match comparator {
        Comparator::Eq => Value::Bool(equal(left, right)),
        Comparator::Ne => Value::Bool(!equal(left, right)),
        Comparator::Lt => by_order(Ordering::is_lt),
        Comparator::Lte => by_order(Ordering::is_le),
        Comparator::Gt => by_order(Ordering::is_gt),
        Comparator::Gte => by_order(Ordering::is_ge),
    }
}

/// The place of an index that may count from the end.
fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let at = if index < 0 {
        index.checked_add(length)?
    } else {
        index
    };
    usize::try_from(at).ok().filter(|_| at < length)
}

/// The places a Python slice takes.
fn slice(
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
    length: usize,
) -> Result<Vec<usize>, Error> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Error::new("slice step cannot be zero"));
    }
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (low, high) = if step > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let clamp = |bound: i64| {
        let bound = if bound < 0 {
            bound.saturating_add(length)
        } else {
            bound
        };
        bound.clamp(low, high)
    };
    let mut at = start.map_or(if step > 0 { low } else { high }, clamp);
    let stop = stop.map_or(if step > 0 { high } else { low }, clamp);
    let mut places = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        places.extend(usize::try_from(at).ok());
        at = at.saturating_add(step);
    }
    Ok(places)
}
