//! `--generate-cli-skeleton`: a request or an answer with nothing in it.

use hopwise_cloud::api::{Kind, Shape};
use hopwise_cloud::{Map, Value};

/// The deepest nesting written out.
const DEEPEST: usize = 32;

/// A skeleton of `shape`; with `names`, strings are the names of their members, as in the
/// skeleton of an answer.
pub(super) fn skeleton(shape: Option<Shape>, names: bool) -> Value {
    match shape {
        Some(shape) => build(shape, "", names, &mut Vec::new()),
        None => Value::Map(Map::new()),
    }
}

fn build(shape: Shape, name: &str, names: bool, stack: &mut Vec<&'static str>) -> Value {
    stack.push(shape.name());
    let repeated = stack.iter().filter(|known| **known == shape.name()).count() > 1;
    let value = match shape.kind() {
        Kind::Structure if repeated || stack.len() > DEEPEST => Value::Map(Map::new()),
        Kind::Structure => Value::Map(
            shape
                .members()
                .map(|member| {
                    (
                        member.name.into(),
                        build(member.shape, member.name, names, stack),
                    )
                })
                .collect(),
        ),
        Kind::List { item, .. } => {
            let name = if names { item.name() } else { "" };
            Value::List(vec![build(item, name, names, stack)])
        }
        Kind::Map { value, .. } => {
            let inner = build(value, "", names, stack);
            Value::Map(Map::from_iter([("KeyName".into(), inner)]))
        }
        Kind::String { .. } if names => Value::from(name),
        Kind::String { values, .. } => Value::from(values.first().copied().unwrap_or_default()),
        Kind::Integer { .. } => Value::Int(0),
        Kind::Float => Value::Float(0.0),
        Kind::Boolean => Value::Bool(true),
        Kind::Timestamp => Value::from("1970-01-01T00:00:00"),
        Kind::Blob => Value::Null,
    };
    stack.pop();
    value
}
