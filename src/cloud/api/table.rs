//! Reading the packed tables: the few operations that the start of the page needs, and the whole,
//! which is read when something else is asked for.

use std::sync::OnceLock;

/// A service with its operations, waiters and shapes. There are two of each name, the core and the
/// whole, and whatever one asks, both answer the same.
#[derive(Debug)]
pub struct Service {
    /// Its name on the command line, e.g. `ec2`.
    pub name: &'static str,
    /// The version of its API.
    pub version: &'static str,
    operations: Vec<OperationRow>,
    waiters: Vec<Waiter>,
    shapes: Vec<ShapeRow>,
    others: Vec<&'static str>,
}

#[derive(Debug)]
struct OperationRow {
    name: &'static str,
    input: Option<usize>,
    output: Option<usize>,
    page: Page,
}

/// How the answers of an operation come in pages; empty lists where they don't.
#[derive(Debug, Default)]
pub struct Page {
    /// Members of the input that carry a token.
    pub input_token: Vec<&'static str>,
    /// Members of the output that carry the next token.
    pub output_token: Vec<&'static str>,
    /// Members of the output that are gathered over pages.
    pub result_key: Vec<&'static str>,
    /// The member of the input that bounds a page.
    pub limit_key: Vec<&'static str>,
    /// The member of the output that says whether more follows.
    pub more_results: Vec<&'static str>,
    /// Members of the output that are taken from the first page.
    pub non_aggregate_keys: Vec<&'static str>,
}

/// What `aws … wait NAME` polls for.
#[derive(Debug)]
pub struct Waiter {
    /// The name, e.g. `InstanceRunning`.
    pub name: &'static str,
    /// The operation it polls.
    pub operation: &'static str,
    /// Seconds between two polls.
    pub delay: u64,
    /// How many polls at most.
    pub max_attempts: u64,
    /// What ends the polling, tried in order.
    pub acceptors: Vec<Acceptor>,
}

/// One way a waiter ends or goes on.
#[derive(Debug)]
pub struct Acceptor {
    /// `path`, `pathAll`, `pathAny`, `error` or `status`.
    pub matcher: &'static str,
    /// The JMESPath expression, for the `path` matchers.
    pub argument: &'static str,
    /// The value, error code or status expected.
    pub expected: &'static str,
    /// `success`, `failure` or `retry`.
    pub state: &'static str,
}

#[derive(Debug)]
struct ShapeRow {
    name: &'static str,
    kind: KindRow,
}

#[derive(Debug)]
enum KindRow {
    Scalar {
        word: u64,
        min: Option<u64>,
        max: Option<u64>,
        values: Vec<&'static str>,
    },
    Structure(Vec<MemberRow>),
    List {
        item: usize,
        min: Option<u64>,
        max: Option<u64>,
    },
    Map {
        key: usize,
        value: usize,
    },
}

#[derive(Debug)]
struct MemberRow {
    name: &'static str,
    shape: usize,
    required: bool,
    token: bool,
    streaming: bool,
}

/// One operation of a service.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    service: &'static Service,
    row: &'static OperationRow,
}

impl Operation {
    /// Its name, e.g. `CreateVpc`.
    pub fn name(self) -> &'static str {
        self.row.name
    }

    /// The service it belongs to.
    pub fn service(self) -> &'static Service {
        self.service
    }

    /// The structure of its parameters.
    pub fn input(self) -> Option<Shape> {
        self.service.shape(self.row.input?)
    }

    /// The structure of its answer.
    pub fn output(self) -> Option<Shape> {
        self.service.shape(self.row.output?)
    }

    /// How its answers come in pages.
    pub fn page(self) -> &'static Page {
        &self.row.page
    }
}

/// A type of the API.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    service: &'static Service,
    row: &'static ShapeRow,
}

/// A member of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name, e.g. `CidrBlock`.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// Must a request have it?
    pub required: bool,
    /// Is it an idempotency token, filled in by the client?
    pub token: bool,
    /// Is it a body of any length, which the command line reads from a file or writes to one?
    pub streaming: bool,
}

/// What a [`Shape`] is. Bounds are of the length for strings, blobs and lists, else of the value.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A string; `values` are its enumeration, if it has one (not checked by clients).
    String {
        /// Least length.
        min: Option<u64>,
        /// Greatest length.
        max: Option<u64>,
        /// The enumeration; of a very long one only the first value.
        values: &'static [&'static str],
    },
    /// A whole number of 32 bits (`long`: 64).
    Integer {
        /// Is it a `long`?
        long: bool,
        /// Least value.
        min: Option<u64>,
        /// Greatest value.
        max: Option<u64>,
    },
    /// A number with a fraction.
    Float,
    /// True or false.
    Boolean,
    /// A point in time.
    Timestamp,
    /// Bytes.
    Blob,
    /// Named members; see [`Shape::members`].
    Structure,
    /// Any number of one shape.
    List {
        /// The shape of each.
        item: Shape,
        /// Least length.
        min: Option<u64>,
        /// Greatest length.
        max: Option<u64>,
    },
    /// Keys of one shape, values of another.
    Map {
        /// The shape of the keys.
        key: Shape,
        /// The shape of the values.
        value: Shape,
    },
}

impl Shape {
    /// The name in AWS's model, or the word of a primitive (`string`, `boolean`, …).
    pub fn name(self) -> &'static str {
        self.row.name
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match &self.row.kind {
            KindRow::Structure(_) => Kind::Structure,
            KindRow::List { item, min, max } => match self.service.shape(*item) {
                Some(item) => Kind::List {
                    item,
                    min: *min,
                    max: *max,
                },
                None => Kind::Structure,
            },
            KindRow::Map { key, value } => {
                match (self.service.shape(*key), self.service.shape(*value)) {
                    (Some(key), Some(value)) => Kind::Map { key, value },
                    _ => Kind::Structure,
                }
            }
            KindRow::Scalar {
                word,
                min,
                max,
                values,
            } => {
                let (min, max) = (*min, *max);
                match word {
                    1 | 2 => Kind::Integer {
                        long: *word == 2,
                        min,
                        max,
                    },
                    3 => Kind::Boolean,
                    4 | 5 => Kind::Float,
                    6 => Kind::Timestamp,
                    7 => Kind::Blob,
                    _ => Kind::String { min, max, values },
                }
            }
        }
    }

    /// The members of a structure in order; none for any other shape.
    pub fn members(self) -> impl ExactSizeIterator<Item = Member> {
        let rows: &'static [MemberRow] = match &self.row.kind {
            KindRow::Structure(rows) => rows,
            _ => &[],
        };
        let service = self.service;
        rows.iter().map(move |row| Member {
            name: row.name,
            // A table whose shapes point nowhere would show as a structure without members.
            shape: service.shape(row.shape).unwrap_or(self),
            required: row.required,
            token: row.token,
            streaming: row.streaming,
        })
    }

    /// The member called `name`.
    pub fn member(self, name: &str) -> Option<Member> {
        self.members().find(|member| member.name == name)
    }
}

impl Service {
    fn shape(&'static self, place: usize) -> Option<Shape> {
        Some(Shape {
            service: self,
            row: self.shapes.get(place)?,
        })
    }

    /// The service with all there is of it.
    fn whole(&'static self) -> &'static Service {
        // Both files are made of the same tables.
        by_name(whole(), self.name).unwrap_or(self)
    }

    fn rows(&'static self) -> impl ExactSizeIterator<Item = Operation> {
        self.operations
            .iter()
            .map(move |row| Operation { service: self, row })
    }

    /// The first operation that is so.
    pub fn find(&'static self, is: impl Fn(Operation) -> bool) -> Option<Operation> {
        self.rows()
            .find(|it| is(*it))
            .or_else(|| self.whole().rows().find(|it| is(*it)))
    }

    /// The operation called `name`, e.g. `CreateVpc`.
    pub fn operation(&'static self, name: &str) -> Option<Operation> {
        self.find(|operation| operation.name() == name)
    }

    /// Its operations, by name.
    pub fn operations(&'static self) -> impl ExactSizeIterator<Item = Operation> {
        self.whole().rows()
    }

    /// Its waiters, by name.
    pub fn waiters(&'static self) -> &'static [Waiter] {
        &self.whole().waiters
    }

    /// Operations that AWS has and this cloud has not.
    pub fn others(&'static self) -> &'static [&'static str] {
        &self.whole().others
    }
}

/// Every service of the tables, by name.
pub fn services() -> &'static [Service] {
    static CORE: OnceLock<Vec<Service>> = OnceLock::new();
    CORE.get_or_init(|| read(include_bytes!(concat!(env!("OUT_DIR"), "/core.bin"))))
}

/// The same with all their operations. Nothing that a start does comes here, and so its data can
/// be fetched later than the start (ARCHITECTURE.md, "What the page weighs").
fn whole() -> &'static [Service] {
    static WHOLE: OnceLock<Vec<Service>> = OnceLock::new();
    WHOLE.get_or_init(|| read(include_bytes!(concat!(env!("OUT_DIR"), "/api.bin"))))
}

fn read(packed: &'static [u8]) -> Vec<Service> {
    // The bytes are made by the build and read by every test: they are whole.
    Reader::new(packed).services().unwrap_or_default()
}

/// The service called `name`.
pub fn service(name: &str) -> Option<&'static Service> {
    by_name(services(), name)
}

fn by_name(services: &'static [Service], name: &str) -> Option<&'static Service> {
    services.iter().find(|service| service.name == name)
}

const PRIMITIVES: [&str; 8] = [
    "string",
    "integer",
    "long",
    "boolean",
    "float",
    "double",
    "timestamp",
    "blob",
];

struct Reader {
    rest: &'static [u8],
    strings: Vec<&'static str>,
}

impl Reader {
    fn new(packed: &'static [u8]) -> Self {
        Reader {
            rest: packed,
            strings: Vec::new(),
        }
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        let mut shift = 0u32;
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn bound(&mut self) -> Option<Option<u64>> {
        Some(self.number()?.checked_sub(1))
    }

    fn string(&mut self) -> Option<&'static str> {
        let place = self.count()?;
        self.strings.get(place).copied()
    }

    fn many<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| one(self)).collect()
    }

    fn services(mut self) -> Option<Vec<Service>> {
        let count = self.count()?;
        for _ in 0..count {
            let length = self.count()?;
            let (text, rest) = self.rest.split_at_checked(length)?;
            self.strings.push(std::str::from_utf8(text).ok()?);
            self.rest = rest;
        }
        self.many(Self::service)
    }

    fn service(&mut self) -> Option<Service> {
        let name = self.string()?;
        let version = self.string()?;
        let mut shapes: Vec<ShapeRow> = PRIMITIVES
            .iter()
            .zip(0..)
            .map(|(name, word)| ShapeRow {
                name,
                kind: KindRow::Scalar {
                    word,
                    min: None,
                    max: None,
                    values: Vec::new(),
                },
            })
            .collect();
        shapes.extend(self.many(Self::shape)?);
        Some(Service {
            name,
            version,
            shapes,
            operations: self.many(Self::operation)?,
            waiters: self.many(Self::waiter)?,
            others: self.many(Self::string)?,
        })
    }

    fn shape(&mut self) -> Option<ShapeRow> {
        let name = self.string()?;
        let kind = match self.number()? {
            8 => KindRow::Structure(self.many(|reader| {
                let name = reader.string()?;
                let shape = reader.count()?;
                let flags = reader.number()?;
                Some(MemberRow {
                    name,
                    shape,
                    required: flags & 1 != 0,
                    token: flags & 2 != 0,
                    streaming: flags & 4 != 0,
                })
            })?),
            9 => KindRow::List {
                item: self.count()?,
                min: self.bound()?,
                max: self.bound()?,
            },
            10 => KindRow::Map {
                key: self.count()?,
                value: self.count()?,
            },
            word => KindRow::Scalar {
                word,
                min: self.bound()?,
                max: self.bound()?,
                values: self.many(Self::string)?,
            },
        };
        Some(ShapeRow { name, kind })
    }

    fn operation(&mut self) -> Option<OperationRow> {
        Some(OperationRow {
            name: self.string()?,
            input: self.bound()?.and_then(|place| usize::try_from(place).ok()),
            output: self.bound()?.and_then(|place| usize::try_from(place).ok()),
            page: Page {
                input_token: self.many(Self::string)?,
                output_token: self.many(Self::string)?,
                result_key: self.many(Self::string)?,
                limit_key: self.many(Self::string)?,
                more_results: self.many(Self::string)?,
                non_aggregate_keys: self.many(Self::string)?,
            },
        })
    }

    fn waiter(&mut self) -> Option<Waiter> {
        Some(Waiter {
            name: self.string()?,
            operation: self.string()?,
            delay: self.number()?,
            max_attempts: self.number()?,
            acceptors: self.many(|reader| {
                Some(Acceptor {
                    matcher: reader.string()?,
                    argument: reader.string()?,
                    expected: reader.string()?,
                    state: reader.string()?,
                })
            })?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All there is to know of an operation; a shape that was met before isn't told again.
    fn told(operation: Operation) -> String {
        let mut text = format!("{} {:?}\n", operation.name(), operation.page());
        let mut open: Vec<Shape> = operation
            .input()
            .into_iter()
            .chain(operation.output())
            .collect();
        let mut seen = Vec::new();
        while let Some(shape) = open.pop() {
            if seen.contains(&shape.name()) {
                continue;
            }
            seen.push(shape.name());
            text += shape.name();
            match shape.kind() {
                Kind::List { item, min, max } => {
                    text += &format!(" of {} {min:?} {max:?}", item.name());
                    open.push(item);
                }
                Kind::Map { key, value } => {
                    text += &format!(" of {} and {}", key.name(), value.name());
                    open.extend([key, value]);
                }
                Kind::Structure => {}
                scalar => text += &format!(" {scalar:?}"),
            }
            for member in shape.members() {
                let flags = (member.required, member.token, member.streaming);
                text += &format!(" {}: {} {flags:?}", member.name, member.shape.name());
                open.push(member.shape);
            }
            text.push('\n');
        }
        text
    }

    #[test]
    fn the_core_is_a_part_of_the_whole() {
        let names = |services: &'static [Service]| -> Vec<(&str, &str)> {
            services.iter().map(|it| (it.name, it.version)).collect()
        };
        assert_eq!(names(services()), names(whole()));
        let mut both = 0;
        for service in services() {
            for operation in service.rows() {
                let same = service
                    .operations()
                    .find(|it| it.name() == operation.name());
                assert_eq!(told(operation), told(same.unwrap()));
                both += 1;
            }
            assert!(service.rows().len() < service.operations().len());
        }
        assert!(both > 0);
        // What the core has is not looked for elsewhere, and what it hasn't is found all the same.
        let ec2 = service("ec2").unwrap();
        assert!(std::ptr::eq(
            ec2.operation("CreateVpc").unwrap().service(),
            ec2
        ));
        let delete = ec2.operation("DeleteVpc").unwrap();
        assert!(std::ptr::eq(delete.service(), ec2.whole()));
        assert!(ec2.operation("DeleteTheWorld").is_none());
        // The twin: another operation is told otherwise.
        assert_ne!(told(delete), told(ec2.operation("CreateVpc").unwrap()));
    }

    #[test]
    fn the_packed_tables_read_back() {
        let ec2 = service("ec2").unwrap();
        let create = ec2.operation("CreateVpc").unwrap();
        let cidr = create.input().unwrap().member("CidrBlock").unwrap();
        assert!(matches!(cidr.shape.kind(), Kind::String { .. }));
        let output = create.output().unwrap().member("Vpc").unwrap().shape;
        assert_eq!(output.name(), "Vpc");
        assert_eq!(output.members().next().unwrap().name, "OwnerId");
        let run = ec2.operation("RunInstances").unwrap().input().unwrap();
        assert!(run.member("MinCount").unwrap().required);
        assert!(!run.member("ImageId").unwrap().required);
        assert_eq!(
            ec2.operation("DescribeVpcs").unwrap().page().result_key,
            ["Vpcs"]
        );
        assert!(ec2.others().contains(&"CreateClientVpnEndpoint"));
        let waiter = ec2
            .waiters()
            .iter()
            .find(|w| w.name == "InstanceRunning")
            .unwrap();
        assert_eq!((waiter.delay, waiter.max_attempts), (15, 40));
    }
}
