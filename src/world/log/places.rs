//! Where things stand on the map: what a step moved.

use super::names::Names;
use crate::world::Places;
use hopwise_cloud::{Map, Value};
use std::rc::Rc;

/// What changed between two maps: a place for what was put somewhere, `null` for what no longer is.
pub(super) fn write(before: &Places, after: &Places, names: &Names) -> Option<Value> {
    let mut moved = Map::new();
    for (id, (x, y)) in after {
        if before.get(id) != Some(&(*x, *y)) {
            let at = [x, y].map(|it| Value::Int(i64::from(*it)));
            moved.insert(names.write(id), Value::List(at.into()));
        }
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        moved.insert(names.write(id), Value::Null);
    }
    (!moved.is_empty()).then_some(Value::Map(moved))
}

/// Nothing stands further away than this: a log may have been written by anyone.
const FARTHEST: i64 = 100_000;

pub(super) fn read(before: &Places, moved: &Value, names: &Names) -> Option<Rc<Places>> {
    let mut places = before.clone();
    for (id, at) in moved.as_map()?.iter() {
        let id = names.read(id);
        if *at == Value::Null {
            places.remove(&id);
            continue;
        }
        let number = |place: usize| {
            let number = at.as_list()?.get(place)?.as_int()?;
            i32::try_from(number.clamp(-FARTHEST, FARTHEST)).ok()
        };
        places.insert(id, (number(0)?, number(1)?));
    }
    Some(Rc::new(places))
}
