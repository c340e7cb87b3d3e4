//! Typed handles on the members of requests and answers.
//!
//! The handles themselves ([`crate::fields`]) are generated from the API tables:
//! `ec2::create_vpc::CIDR_BLOCK` is a `Field<CreateVpcRequest, Str>`, so a wrong name or type
//! does not compile, and no operation needs a struct of its own.

use crate::time::Time;
use crate::{Map, Value};
use std::fmt;
use std::marker::PhantomData;

/// The member of a structure `S`, of the kind `K`.
pub struct Field<S, K> {
    name: &'static str,
    marker: PhantomData<fn() -> (S, K)>,
}

impl<S, K> Field<S, K> {
    /// The member called `name`. Only the generated handles call this.
    pub(crate) const fn new(name: &'static str) -> Self {
        Field {
            name,
            marker: PhantomData,
        }
    }

    /// The name of the member.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl<S, K> Clone for Field<S, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, K> Copy for Field<S, K> {}

impl<S, K> fmt::Debug for Field<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// How a kind of member is read and written.
pub trait Kind {
    /// What reading gives.
    type Get<'a>;
    /// What writing takes.
    type Put;
    /// Reads; `None` where the value is of another type.
    fn read(value: &Value) -> Option<Self::Get<'_>>;
    /// Writes.
    fn write(put: Self::Put) -> Value;
}

/// A string.
#[derive(Debug)]
pub enum Str {}
/// A whole number.
#[derive(Debug)]
pub enum Int {}
/// A number with a fraction.
#[derive(Debug)]
pub enum Float {}
/// A boolean.
#[derive(Debug)]
pub enum Bool {}
/// A point in time.
#[derive(Debug)]
pub enum Timestamp {}
/// Bytes.
#[derive(Debug)]
pub enum Blob {}
/// A map with free keys.
#[derive(Debug)]
pub enum AnyMap {}
/// A list of `K`.
#[derive(Debug)]
pub struct List<K>(PhantomData<K>);
/// A structure `S`.
#[derive(Debug)]
pub struct Struct<S>(PhantomData<S>);

macro_rules! scalar {
    ($kind:ident, $get:ty, $put:ty, $value:ident => $read:expr, $new:ident => $write:expr) => {
        impl Kind for $kind {
            type Get<'a> = $get;
            type Put = $put;
            fn read($value: &Value) -> Option<Self::Get<'_>> {
                $read
            }
            fn write($new: Self::Put) -> Value {
                $write
            }
        }
    };
}

scalar!(Str, &'a str, String, value => value.as_str(), new => Value::Str(new));
scalar!(Int, i64, i64, value => value.as_int(), new => Value::Int(new));
scalar!(Bool, bool, bool, value => value.as_bool(), new => Value::Bool(new));
scalar!(AnyMap, &'a Map, Map, value => value.as_map(), new => Value::Map(new));
scalar!(Timestamp, &'a str, Time, value => value.as_str(), new => Value::Str(new.to_string()));
scalar!(Float, f64, f64,
    value => match value { Value::Float(x) => Some(*x), Value::Int(n) => Some(*n as f64), _ => None },
    new => Value::Float(new));
scalar!(Blob, &'a [u8], Vec<u8>,
    value => match value { Value::Bytes(bytes) => Some(bytes), Value::Str(text) => Some(text.as_bytes()), _ => None },
    new => Value::Bytes(new));

impl<S> Kind for Struct<S> {
    type Get<'a> = View<'a, S>;
    type Put = Doc<S>;
    fn read(value: &Value) -> Option<View<'_, S>> {
        value.as_map().map(View::new)
    }
    fn write(put: Doc<S>) -> Value {
        put.into_value()
    }
}

impl<K: Kind> Kind for List<K> {
    type Get<'a> = Items<'a, K>;
    type Put = Vec<K::Put>;
    fn read(value: &Value) -> Option<Items<'_, K>> {
        value.as_list().map(|items| Items {
            rest: items.iter(),
            marker: PhantomData,
        })
    }
    fn write(put: Self::Put) -> Value {
        Value::List(put.into_iter().map(K::write).collect())
    }
}

/// The items of a list of a request.
pub struct Items<'a, K> {
    rest: std::slice::Iter<'a, Value>,
    marker: PhantomData<fn() -> K>,
}

impl<K> fmt::Debug for Items<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rest.clone()).finish()
    }
}

impl<K> Clone for Items<'_, K> {
    fn clone(&self) -> Self {
        Items {
            rest: self.rest.clone(),
            marker: PhantomData,
        }
    }
}

impl<K> Default for Items<'_, K> {
    fn default() -> Self {
        Items {
            rest: [].iter(),
            marker: PhantomData,
        }
    }
}

impl<K> Items<'_, K> {
    /// Is nothing left?
    pub fn is_empty(&self) -> bool {
        self.rest.len() == 0
    }
}

impl<'a, K: Kind> Iterator for Items<'a, K> {
    type Item = K::Get<'a>;
    fn next(&mut self) -> Option<Self::Item> {
        self.rest.find_map(K::read)
    }
}

/// A structure `S` of a request, to read.
pub struct View<'a, S> {
    map: &'a Map,
    marker: PhantomData<fn() -> S>,
}

impl<'a, S> View<'a, S> {
    /// Reads `map` as an `S`.
    pub fn new(map: &'a Map) -> Self {
        View {
            map,
            marker: PhantomData,
        }
    }

    /// The member, if it is there.
    pub fn get<K: Kind>(self, field: Field<S, K>) -> Option<K::Get<'a>> {
        self.map.get(field.name).and_then(K::read)
    }

    /// The members as they came, for what several structures have alike.
    pub(crate) fn params(self) -> &'a Map {
        self.map
    }

    /// Is the member there?
    pub fn has<K>(self, field: Field<S, K>) -> bool {
        self.map.contains_key(field.name)
    }

    /// The items of a list; none where it isn't there.
    pub fn items<K: Kind>(self, field: Field<S, List<K>>) -> Items<'a, K> {
        self.get(field).unwrap_or(Items {
            rest: [].iter(),
            marker: PhantomData,
        })
    }
}

impl<S> Clone for View<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for View<'_, S> {}

impl<S> fmt::Debug for View<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

/// A structure `S` of an answer, to write.
pub struct Doc<S> {
    map: Map,
    marker: PhantomData<fn() -> S>,
}

impl<S> Doc<S> {
    /// An empty one.
    pub fn new() -> Self {
        Doc {
            map: Map::new(),
            marker: PhantomData,
        }
    }

    /// What stands in a map already.
    pub(crate) fn of(map: Map) -> Self {
        Doc {
            map,
            marker: PhantomData,
        }
    }

    /// The same with `value` as the member.
    #[must_use]
    pub fn with<K: Kind>(mut self, field: Field<S, K>, value: impl Into<K::Put>) -> Self {
        self.put(field, value);
        self
    }

    /// The same with `value` as the member, where there is one.
    #[must_use]
    pub fn with_some<K: Kind>(
        mut self,
        field: Field<S, K>,
        value: Option<impl Into<K::Put>>,
    ) -> Self {
        if let Some(value) = value {
            self.put(field, value);
        }
        self
    }

    /// The same with a policy document, shown as the JSON it is.
    #[must_use]
    pub(crate) fn with_document(mut self, field: Field<S, Str>, document: &str) -> Self {
        let value = crate::json::parse(document).unwrap_or_else(|_| Value::from(document));
        self.map.insert(field.name, value);
        self
    }

    /// Sets the member.
    pub fn put<K: Kind>(&mut self, field: Field<S, K>, value: impl Into<K::Put>) {
        self.map.insert(field.name, K::write(value.into()));
    }

    /// The value it is.
    pub fn into_value(self) -> Value {
        Value::Map(self.map)
    }
}

impl<S> Default for Doc<S> {
    fn default() -> Self {
        Doc::new()
    }
}

impl<S> Clone for Doc<S> {
    fn clone(&self) -> Self {
        Doc {
            map: self.map.clone(),
            marker: PhantomData,
        }
    }
}

impl<S> fmt::Debug for Doc<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}
