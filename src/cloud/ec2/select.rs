//! What all `Describe` operations share: ids, filters, tags, wildcards.

use crate::door::Context;
use crate::ec2::Ec2;
use crate::fault::Fault;
use crate::field::{Doc, Items, Str, Struct};
use crate::fields::ec2::{filter, shape, tag, tag_specification};
use crate::table::{Noun, Resource, Table, Tags};
use std::rc::Rc;

/// A filter of a kind of resource: its name, and the values a resource has for it.
/// A resource passes if one of its values matches one of the filter's.
pub(crate) type FilterRow<T> = (&'static str, Values<T>);

type Values<T> = fn(&Scope<'_>, &T) -> Vec<String>;

/// What a filter can look at besides the resource.
pub(crate) struct Scope<'a> {
    pub(crate) ec2: &'a Ec2,
    pub(crate) account: &'a str,
}

pub(crate) type Ids<'a> = Items<'a, Str>;
pub(crate) type Filters<'a> = Items<'a, Struct<shape::Filter>>;

/// The resources with the wanted ids (all, if none is wanted) that pass all filters, as they
/// were born.
pub(crate) fn select<T: Resource>(
    context: &Context<'_>,
    table: &Table<T>,
    ids: Ids<'_>,
    filters: Filters<'_>,
    rows: &[FilterRow<T>],
) -> Result<Vec<Rc<T>>, Fault> {
    let ids: Vec<&str> = ids.collect();
    check_ids::<T>(table, &ids)?;
    let scope = Scope {
        ec2: context.ec2(),
        account: context.account(),
    };
    let passes = matcher(filters, rows, &scope)?;
    Ok(table
        .by_birth()
        .into_iter()
        .filter(|resource| ids.is_empty() || ids.contains(&resource.id().as_str()))
        .filter(|resource| passes(resource))
        .cloned()
        .collect())
}

/// The test that all filters make together.
fn matcher<'a, T: Resource + 'a>(
    filters: Filters<'a>,
    rows: &'a [FilterRow<T>],
    scope: &'a Scope<'a>,
) -> Result<impl Fn(&T) -> bool + 'a, Fault> {
    enum Look<T> {
        Row(Values<T>),
        Tag(String),
        TagKey,
        TagValue,
    }
    let mut tests: Vec<(Look<T>, Vec<&str>)> = Vec::new();
    for one in filters {
        let name = one.get(filter::NAME).unwrap_or_default();
        let values: Vec<&str> = one.items(filter::VALUES).collect();
        let look = if let Some((_, values)) = rows.iter().find(|(row, _)| *row == name) {
            Look::Row(*values)
        } else if let Some(key) = name.strip_prefix("tag:") {
            Look::Tag(key.to_owned())
        } else if name == "tag-key" {
            Look::TagKey
        } else if name == "tag-value" {
            Look::TagValue
        } else {
            return Err(Fault::value(format!("The filter '{name}' is invalid")));
        };
        tests.push((look, values));
    }
    Ok(move |resource: &T| {
        tests.iter().all(|(look, wanted)| {
            let have: Vec<String> = match look {
                Look::Row(values) => values(scope, resource),
                Look::Tag(key) => resource
                    .tags()
                    .get(key)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                Look::TagKey => resource
                    .tags()
                    .iter()
                    .map(|(key, _)| key.to_owned())
                    .collect(),
                Look::TagValue => resource
                    .tags()
                    .iter()
                    .map(|(_, value)| value.to_owned())
                    .collect(),
            };
            have.iter()
                .any(|have| wanted.iter().any(|wanted| wildcard(wanted, have)))
        })
    })
}

/// Does `text` match `pattern`, in which `*` is any number of characters, `?` is one, and `\`
/// takes the next one as it is? Takes time linear in each but for their product at worst.
pub(crate) fn wildcard(pattern: &str, text: &str) -> bool {
    #[derive(PartialEq)]
    enum Part {
        Any,
        One,
        Exactly(char),
    }
    let mut parts = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::Any,
            '?' => Part::One,
            '\\' => Part::Exactly(letters.next().unwrap_or('\\')),
            letter => Part::Exactly(letter),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and how far the text was matched there.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(t) {
        match parts.get(p) {
            Some(Part::Any) => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some(Part::One) => {
                p += 1;
                t += 1;
                continue;
            }
            Some(Part::Exactly(wanted)) if wanted == letter => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        let Some((place, matched)) = star else {
            return false;
        };
        star = Some((place, matched + 1));
        p = place + 1;
        t = matched + 1;
    }
    parts.iter().skip(p).all(|part| *part == Part::Any)
}

/// Are all ids well-formed and in the table?
pub(crate) fn check_ids<T: Resource>(table: &Table<T>, ids: &[&str]) -> Result<(), Fault> {
    for id in ids {
        well_formed(&T::NOUN, id)?;
    }
    let unknown: Vec<&str> = ids
        .iter()
        .copied()
        .filter(|id| !table.contains(id))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(not_found(&T::NOUN, &unknown))
}

/// The resource that a parameter names.
pub(crate) fn find<'a, T: Resource>(table: &'a Table<T>, id: &str) -> Result<&'a Rc<T>, Fault> {
    well_formed(&T::NOUN, id)?;
    table.get(id).ok_or_else(|| not_found(&T::NOUN, &[id]))
}

/// The same, to change.
pub(crate) fn find_mut<'a, T: Resource>(
    table: &'a mut Table<T>,
    id: &str,
) -> Result<&'a mut T, Fault> {
    well_formed(&T::NOUN, id)?;
    table.get_mut(id).ok_or_else(|| not_found(&T::NOUN, &[id]))
}

/// Does the id begin as ids of its kind do?
fn well_formed(noun: &Noun, id: &str) -> Result<(), Fault> {
    let rest = id
        .strip_prefix(noun.prefix)
        .and_then(|rest| rest.strip_prefix('-'));
    // Of most kinds EC2 checks the prefix only, and calls the rest an id that does not exist.
    let strict = noun.kind == "instance";
    let hexadecimal = |rest: &str| rest.len() >= 8 && rest.chars().all(|c| c.is_ascii_hexdigit());
    if rest.is_some_and(|rest| !strict || hexadecimal(rest)) {
        return Ok(());
    }
    let message = match noun.kind {
        "instance" => format!("Invalid id: \"{id}\""),
        _ => format!("Invalid id: \"{id}\" (expecting \"{}-...\")", noun.prefix),
    };
    Err(Fault::new(format!("{}.Malformed", noun.code), message))
}

fn not_found(noun: &Noun, ids: &[&str]) -> Fault {
    let list = ids.join(", ");
    let message = match (noun.kind, ids) {
        ("security-group", _) => format!("The security group '{list}' does not exist"),
        (_, [_]) => format!("The {} ID '{list}' does not exist", noun.word),
        _ => format!("The {} IDs '{list}' do not exist", noun.word),
    };
    Fault::new(format!("{}.NotFound", noun.code), message)
}

/// The most tags that a resource has.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>
const MOST_TAGS: usize = 50;
/// What `RunInstances` makes, and may tag.
const LAUNCHED: [&str; 3] = ["instance", "volume", "network-interface"];

/// The tags that a request gives to a new resource of `kind`.
pub(crate) fn new_tags(
    specifications: Items<'_, Struct<shape::TagSpecification>>,
    kind: &str,
) -> Result<Tags, Fault> {
    new_tags_of(specifications, kind, &[])
}

/// The tags that `RunInstances` gives to one of the kinds that it makes.
pub(crate) fn launch_tags(
    specifications: Items<'_, Struct<shape::TagSpecification>>,
    kind: &str,
) -> Result<Tags, Fault> {
    new_tags_of(specifications, kind, &LAUNCHED)
}

fn new_tags_of(
    specifications: Items<'_, Struct<shape::TagSpecification>>,
    kind: &str,
    others: &[&str],
) -> Result<Tags, Fault> {
    let mut tags = Tags::default();
    for specification in specifications {
        let wanted = specification
            .get(tag_specification::RESOURCE_TYPE)
            .unwrap_or_default();
        if wanted != kind {
            if others.contains(&wanted) {
                continue;
            }
            return Err(Fault::value(format!(
                "'{wanted}' is not a valid taggable resource type for this operation."
            )));
        }
        set_tags(&mut tags, specification.items(tag_specification::TAGS))?;
    }
    Ok(tags)
}

/// Sets the tags of a request on `tags`.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>
pub(crate) fn set_tags(
    tags: &mut Tags,
    wanted: Items<'_, Struct<shape::Tag>>,
) -> Result<(), Fault> {
    let mut seen: Vec<&str> = Vec::new();
    for one in wanted {
        let key = one.get(tag::KEY).unwrap_or_default();
        let value = one.get(tag::VALUE).unwrap_or_default();
        if key.is_empty() {
            return Err(Fault::value(
                "Tag key cannot be null or empty or contain only whitespace.",
            ));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Fault::value(
                "Tag keys starting with 'aws:' are reserved for internal use",
            ));
        }
        if key.chars().count() > 128 {
            return Err(Fault::value(
                "Tag key exceeds the maximum length of 128 characters",
            ));
        }
        if value.chars().count() > 256 {
            return Err(Fault::value(
                "Tag value exceeds the maximum length of 256 characters",
            ));
        }
        if seen.contains(&key) {
            return Err(Fault::value(format!(
                "Duplicate tag key '{key}' specified."
            )));
        }
        if seen.len() >= MOST_TAGS {
            return Err(too_many_tags());
        }
        seen.push(key);
        tags.set(key, value);
    }
    if tags.len() > MOST_TAGS {
        return Err(too_many_tags());
    }
    Ok(())
}

fn too_many_tags() -> Fault {
    Fault::new(
        "TagLimitExceeded",
        "The maximum number of Tags for a resource has been reached.",
    )
}

/// Tags as answers list them.
pub(crate) fn tag_list(tags: &Tags) -> Vec<Doc<shape::Tag>> {
    tags.iter()
        .map(|(key, value)| Doc::new().with(tag::KEY, key).with(tag::VALUE, value))
        .collect()
}

/// Tags for the answers that leave the member out where there is none.
pub(crate) fn some_tags(tags: &Tags) -> Option<Vec<Doc<shape::Tag>>> {
    (!tags.is_empty()).then(|| tag_list(tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_in_filters() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(wildcard(pattern, text), expected, "{pattern} {text}");
        };
        check("web", "web", true);
        check("web", "Web", false);
        check("w*b", "wb", true);
        check("w?b", "wb", false);
        check("*", "", true);
        check(r"a\*", "a*", true);
        check(r"a\*", "ab", false);
        check("*a*a*a*a*a*b", &"a".repeat(200), false);
    }

    #[test]
    fn tags_are_bounded() {
        let mut tags = Tags::default();
        tags.set("a", "1");
        tags.set("a", "2");
        assert_eq!(tags.len(), 1);
        assert_eq!(tags.get("a"), Some("2"));
    }
}
