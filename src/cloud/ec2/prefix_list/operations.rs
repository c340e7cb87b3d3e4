//! Making, changing and showing prefix lists.

use super::{AwsList, ListEntry, PrefixList, aws_lists, blocks, check_exists};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::ec2::route_table::Destination;
use crate::ec2::security_group::Peer;
use crate::ec2::select::{FilterRow, Filters, find, new_tags, select, tag_list, wildcard};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    add_prefix_list_entry, create_managed_prefix_list, create_managed_prefix_list_result,
    delete_managed_prefix_list, delete_managed_prefix_list_result, describe_managed_prefix_lists,
    describe_managed_prefix_lists_result, describe_prefix_lists, describe_prefix_lists_result,
    filter, get_managed_prefix_list_associations, get_managed_prefix_list_associations_result,
    get_managed_prefix_list_entries, get_managed_prefix_list_entries_result, managed_prefix_list,
    modify_managed_prefix_list, modify_managed_prefix_list_result, prefix_list,
    prefix_list_association, prefix_list_entry, remove_prefix_list_entry,
    restore_managed_prefix_list_version, restore_managed_prefix_list_version_result,
};
use crate::id::Id;
use crate::region::Region;
use hopwise_net::Prefix;

/// How many entries a list may be made for.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_ENTRIES: i64 = 1_000;
/// How many lists a Region has at most.
const MOST_LISTS: usize = 100;
/// How long a change takes, in seconds.
const CHANGE_SECONDS: u64 = 3;

pub(in crate::ec2) const FILTERS: &[FilterRow<PrefixList>] = &[
    ("owner-id", |scope, _| vec![scope.account.to_owned()]),
    ("prefix-list-id", |_, it| vec![it.id.to_string()]),
    ("prefix-list-name", |_, it| vec![it.name.clone()]),
];

fn family(v4: bool) -> &'static str {
    if v4 { "IPv4" } else { "IPv6" }
}

fn block(text: &str, v4: bool) -> Result<Prefix, Fault> {
    match text.parse::<Prefix>() {
        Ok(block) if block.is_v4() == v4 => Ok(block),
        _ => Err(Fault::value(format!(
            "The CIDR ({text}) is not valid for the {} address family of the prefix list.",
            family(v4)
        ))),
    }
}

fn entry(view: View<'_, AddPrefixListEntry>, v4: bool) -> Result<ListEntry, Fault> {
    let text = view.get(add_prefix_list_entry::CIDR).unwrap_or_default();
    Ok(ListEntry {
        block: block(text, v4)?,
        description: view
            .get(add_prefix_list_entry::DESCRIPTION)
            .map(str::to_owned),
    })
}

/// No block twice, and no more than there is room for.
fn check_entries(entries: &[ListEntry], most: u32) -> Result<(), Fault> {
    for (place, one) in entries.iter().enumerate() {
        let before = entries.iter().take(place);
        if before.into_iter().any(|it| it.block == one.block) {
            return Err(Fault::value(format!(
                "The prefix list has the entry {} more than once.",
                one.block
            )));
        }
    }
    if entries.len() > usize::try_from(most).unwrap_or(usize::MAX) {
        return Err(Fault::new(
            "PrefixListMaxEntriesExceeded",
            format!(
                "You've reached the maximum number of entries for the prefix list. The prefix list has a maximum of {most} entries."
            ),
        ));
    }
    Ok(())
}

fn show(context: &Context<'_>, one: &PrefixList, state: &str) -> Doc<ManagedPrefixList> {
    Doc::new()
        .with(managed_prefix_list::PREFIX_LIST_ID, &one.id)
        .with(managed_prefix_list::ADDRESS_FAMILY, family(one.v4))
        .with(managed_prefix_list::STATE, state)
        .with(
            managed_prefix_list::PREFIX_LIST_ARN,
            context.arn("prefix-list", &one.id),
        )
        .with(managed_prefix_list::PREFIX_LIST_NAME, one.name.as_str())
        .with(managed_prefix_list::MAX_ENTRIES, i64::from(one.max_entries))
        .with(managed_prefix_list::VERSION, i64::from(one.version))
        .with(managed_prefix_list::TAGS, tag_list(&one.tags))
        .with(managed_prefix_list::OWNER_ID, context.account())
}

fn show_aws(region: &Region, one: &AwsList) -> Doc<ManagedPrefixList> {
    Doc::new()
        .with(managed_prefix_list::PREFIX_LIST_ID, one.id)
        .with(managed_prefix_list::ADDRESS_FAMILY, "IPv4")
        .with(managed_prefix_list::STATE, "create-complete")
        .with(
            managed_prefix_list::PREFIX_LIST_ARN,
            format!("arn:aws:ec2:{}:aws:prefix-list/{}", region.name, one.id),
        )
        .with(managed_prefix_list::PREFIX_LIST_NAME, one.name(region))
        .with(managed_prefix_list::TAGS, vec![])
        .with(managed_prefix_list::OWNER_ID, "AWS")
}

/// `CreateManagedPrefixList`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateManagedPrefixListRequest>,
) -> Result<Doc<CreateManagedPrefixListResult>, Fault> {
    let now = context.now();
    let name = request
        .get(create_managed_prefix_list::PREFIX_LIST_NAME)
        .unwrap_or_default();
    if name.starts_with("com.amazonaws") || name.is_empty() || name.len() > 255 {
        return Err(Fault::value(format!(
            "The prefix list name '{name}' is not valid: it has 1 to 255 characters and can't \
             start with com.amazonaws."
        )));
    }
    let v4 = match request
        .get(create_managed_prefix_list::ADDRESS_FAMILY)
        .unwrap_or_default()
    {
        "IPv4" => true,
        "IPv6" => false,
        other => {
            return Err(Fault::value(format!(
                "Value ({other}) for parameter addressFamily is invalid. Valid values are IPv4 and IPv6."
            )));
        }
    };
    let most = request
        .get(create_managed_prefix_list::MAX_ENTRIES)
        .unwrap_or(0);
    let most = u32::try_from(most)
        .ok()
        .filter(|it| (1..=MOST_ENTRIES).contains(&i64::from(*it)))
        .ok_or_else(|| {
            Fault::value(format!(
                "Value ({most}) for parameter maxEntries is invalid. It must be from 1 to {MOST_ENTRIES}."
            ))
        })?;
    let entries: Vec<ListEntry> = request
        .items(create_managed_prefix_list::ENTRIES)
        .map(|it| entry(it, v4))
        .collect::<Result<_, _>>()?;
    check_entries(&entries, most)?;
    let tags = new_tags(
        request.items(create_managed_prefix_list::TAG_SPECIFICATIONS),
        "prefix-list",
    )?;
    if context.ec2().prefix_lists.len() >= MOST_LISTS {
        return Err(Fault::new(
            "PrefixListLimitExceeded",
            "The maximum number of prefix lists has been reached.",
        ));
    }
    let name = name.to_owned();
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("pl");
    let made = PrefixList {
        id,
        born,
        tags,
        name,
        v4,
        max_entries: most,
        version: 1,
        entries,
        earlier: Vec::new(),
        phase: Phase::until(State::Pending, now.after(CHANGE_SECONDS), State::Available),
    };
    ec2.prefix_lists.insert(made.clone());
    let answer = show(context, &made, "create-in-progress");
    Ok(Doc::new().with(create_managed_prefix_list_result::PREFIX_LIST, answer))
}

/// A list of one's own: nobody changes AWS's.
fn own<'a>(context: &'a Context<'_>, id: &str) -> Result<&'a PrefixList, Fault> {
    if aws_lists(context.region).iter().any(|it| it.id == id) {
        return Err(Fault::new(
            "UnauthorizedOperation",
            format!("The prefix list '{id}' is AWS-managed and can't be changed."),
        ));
    }
    Ok(find(&context.ec2().prefix_lists, id)?)
}

fn check_version(one: &PrefixList, told: Option<i64>) -> Result<(), Fault> {
    match told {
        Some(version) if version == i64::from(one.version) => Ok(()),
        Some(_) => Err(Fault::new(
            "PrefixListVersionMismatch",
            "The prefix list has the incorrect version number",
        )),
        None => Err(Fault::missing("CurrentVersion")),
    }
}

/// `ModifyManagedPrefixList`: other entries make a new version; a change of its size is a call of
/// its own.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html>
pub(crate) fn modify(
    context: &mut Context<'_>,
    request: View<'_, ModifyManagedPrefixListRequest>,
) -> Result<Doc<ModifyManagedPrefixListResult>, Fault> {
    let now = context.now();
    let id = request
        .get(modify_managed_prefix_list::PREFIX_LIST_ID)
        .unwrap_or_default();
    let mut one = own(context, id)?.clone();
    let adds: Vec<ListEntry> = request
        .items(modify_managed_prefix_list::ADD_ENTRIES)
        .map(|it| entry(it, one.v4))
        .collect::<Result<_, _>>()?;
    let mut removes = Vec::new();
    for view in request.items(modify_managed_prefix_list::REMOVE_ENTRIES) {
        let text = view.get(remove_prefix_list_entry::CIDR).unwrap_or_default();
        let block = block(text, one.v4)?;
        if !one.entries.iter().any(|it| it.block == block) {
            return Err(Fault::new(
                "InvalidPrefixListModification",
                format!("The entry {block} does not exist in the prefix list."),
            ));
        }
        removes.push(block);
    }
    let size = request.get(modify_managed_prefix_list::MAX_ENTRIES);
    let changes = !adds.is_empty() || !removes.is_empty();
    if size.is_some() && changes {
        return Err(Fault::new(
            "InvalidParameterCombination",
            "You cannot modify the entries of a prefix list and modify the size of a prefix list \
             at the same time.",
        ));
    }
    if changes {
        check_version(
            &one,
            request.get(modify_managed_prefix_list::CURRENT_VERSION),
        )?;
        let mut entries = one.entries.clone();
        entries.retain(|it| !removes.contains(&it.block));
        for add in adds {
            // A block that is there gets the new description.
            entries.retain(|it| it.block != add.block);
            entries.push(add);
        }
        check_entries(&entries, one.max_entries)?;
        one.earlier
            .push(std::mem::replace(&mut one.entries, entries));
        one.version += 1;
    }
    if let Some(size) = size {
        let least = i64::try_from(one.entries.len()).unwrap_or(i64::MAX).max(1);
        let size = u32::try_from(size)
            .ok()
            .filter(|it| (least..=MOST_ENTRIES).contains(&i64::from(*it)));
        one.max_entries = size.ok_or_else(|| {
            Fault::value(format!(
                "The size of the prefix list must be from {least} to {MOST_ENTRIES}."
            ))
        })?;
    }
    if let Some(name) = request.get(modify_managed_prefix_list::PREFIX_LIST_NAME) {
        name.clone_into(&mut one.name);
    }
    one.phase = Phase::until(
        State::Modifying,
        now.after(CHANGE_SECONDS),
        State::Available,
    );
    context.ec2_mut().prefix_lists.insert(one.clone());
    let answer = show(context, &one, "modify-in-progress");
    Ok(Doc::new().with(modify_managed_prefix_list_result::PREFIX_LIST, answer))
}

/// `RestoreManagedPrefixListVersion`: the entries of an earlier version become a new one.
pub(crate) fn restore(
    context: &mut Context<'_>,
    request: View<'_, RestoreManagedPrefixListVersionRequest>,
) -> Result<Doc<RestoreManagedPrefixListVersionResult>, Fault> {
    use restore_managed_prefix_list_version as input;
    let now = context.now();
    let id = request.get(input::PREFIX_LIST_ID).unwrap_or_default();
    let mut one = own(context, id)?.clone();
    check_version(&one, request.get(input::CURRENT_VERSION))?;
    let previous = request.get(input::PREVIOUS_VERSION).unwrap_or(0);
    let entries = usize::try_from(previous - 1)
        .ok()
        .and_then(|place| one.earlier.get(place).cloned())
        .ok_or_else(|| {
            Fault::value(format!(
                "The prefix list has no version {previous} before its current one."
            ))
        })?;
    check_entries(&entries, one.max_entries)?;
    one.earlier
        .push(std::mem::replace(&mut one.entries, entries));
    one.version += 1;
    one.phase = Phase::until(
        State::Modifying,
        now.after(CHANGE_SECONDS),
        State::Available,
    );
    context.ec2_mut().prefix_lists.insert(one.clone());
    let answer = show(context, &one, "restore-in-progress");
    Ok(Doc::new().with(
        restore_managed_prefix_list_version_result::PREFIX_LIST,
        answer,
    ))
}

/// What refers to a list: route tables and security groups.
fn users(context: &Context<'_>, id: &str) -> Vec<Id> {
    let ec2 = context.ec2();
    let tables = ec2.route_tables.by_birth().into_iter().filter(|table| {
        let mut routes = table.routes.iter();
        routes.any(|it| matches!(&it.destination, Destination::List(own) if own.as_str() == id))
    });
    let groups = ec2.security_groups.by_birth().into_iter().filter(|group| {
        let mut rules = group.rules.iter();
        rules.any(|it| matches!(&it.peer, Peer::List(own) if own.as_str() == id))
    });
    let groups = groups.map(|it| it.id.clone());
    tables.map(|it| it.id.clone()).chain(groups).collect()
}

/// `DeleteManagedPrefixList`: refused while a route or a rule refers to it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteManagedPrefixListRequest>,
) -> Result<Doc<DeleteManagedPrefixListResult>, Fault> {
    let id = request
        .get(delete_managed_prefix_list::PREFIX_LIST_ID)
        .unwrap_or_default();
    let one = own(context, id)?.clone();
    if !users(context, id).is_empty() {
        return Err(Fault::new(
            "DependencyViolation",
            format!("The prefix list '{id}' has dependencies and cannot be deleted."),
        ));
    }
    context.ec2_mut().prefix_lists.remove(id);
    let answer = show(context, &one, "delete-in-progress");
    Ok(Doc::new().with(delete_managed_prefix_list_result::PREFIX_LIST, answer))
}

/// Does a list of AWS's pass all filters? `owner` is empty where lists are not told apart by it.
fn passes(one: &AwsList, region: &Region, owner: &str, mut filters: Filters<'_>) -> bool {
    filters.all(|it| {
        let own = match it.get(filter::NAME).unwrap_or_default() {
            "owner-id" => owner.to_owned(),
            "prefix-list-id" => one.id.to_owned(),
            "prefix-list-name" => one.name(region),
            _ => String::new(),
        };
        let mut values = it.items(filter::VALUES);
        values.any(|value| wildcard(value, &own))
    })
}

/// `DescribeManagedPrefixLists`: AWS's and one's own.
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeManagedPrefixListsRequest>,
) -> Result<Doc<DescribeManagedPrefixListsResult>, Fault> {
    let region = context.region;
    let wanted: Vec<&str> = request
        .items(describe_managed_prefix_lists::PREFIX_LIST_IDS)
        .collect();
    for id in &wanted {
        check_exists(context.ec2(), region, id)?;
    }
    let mut list: Vec<_> = aws_lists(region)
        .iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.id))
        .filter(|it| {
            let filters = request.items(describe_managed_prefix_lists::FILTERS);
            passes(it, region, "AWS", filters)
        })
        .map(|it| show_aws(region, it))
        .collect();
    let found = select(
        context,
        &context.ec2().prefix_lists,
        crate::field::Items::default(),
        request.items(describe_managed_prefix_lists::FILTERS),
        FILTERS,
    )?;
    for one in found {
        if wanted.is_empty() || wanted.contains(&one.id.as_str()) {
            let state = match one.phase.state {
                State::Pending => "create-in-progress",
                State::Modifying => "modify-in-progress",
                _ if one.version > 1 => "modify-complete",
                _ => "create-complete",
            };
            list.push(show(context, &one, state));
        }
    }
    Ok(Doc::new().with(describe_managed_prefix_lists_result::PREFIX_LISTS, list))
}

/// `GetManagedPrefixListEntries`, of the current or an earlier version.
pub(crate) fn entries(
    context: &mut Context<'_>,
    request: View<'_, GetManagedPrefixListEntriesRequest>,
) -> Result<Doc<GetManagedPrefixListEntriesResult>, Fault> {
    let id = request
        .get(get_managed_prefix_list_entries::PREFIX_LIST_ID)
        .unwrap_or_default();
    let show = |block: &Prefix, said: Option<&str>| {
        Doc::new()
            .with(prefix_list_entry::CIDR, block.to_string())
            .with_some(prefix_list_entry::DESCRIPTION, said)
    };
    let list: Vec<Doc<shape::PrefixListEntry>> = match context.ec2().prefix_lists.get(id) {
        Some(one) => {
            let version = request
                .get(get_managed_prefix_list_entries::TARGET_VERSION)
                .unwrap_or(i64::from(one.version));
            let entries = if version == i64::from(one.version) {
                Some(&one.entries)
            } else {
                let place = usize::try_from(version - 1).ok();
                place.and_then(|place| one.earlier.get(place))
            };
            let entries = entries.ok_or_else(|| {
                Fault::value(format!("The prefix list has no version {version}."))
            })?;
            let entries = entries.iter();
            entries
                .map(|it| show(&it.block, it.description.as_deref()))
                .collect()
        }
        None => {
            check_exists(context.ec2(), context.region, id)?;
            let blocks = blocks(context.ec2(), context.region, id).unwrap_or_default();
            blocks.iter().map(|it| show(it, None)).collect()
        }
    };
    Ok(Doc::new().with(get_managed_prefix_list_entries_result::ENTRIES, list))
}

/// `GetManagedPrefixListAssociations`: which tables and groups refer to a list.
pub(crate) fn associations(
    context: &mut Context<'_>,
    request: View<'_, GetManagedPrefixListAssociationsRequest>,
) -> Result<Doc<GetManagedPrefixListAssociationsResult>, Fault> {
    let id = request
        .get(get_managed_prefix_list_associations::PREFIX_LIST_ID)
        .unwrap_or_default();
    check_exists(context.ec2(), context.region, id)?;
    let list: Vec<_> = users(context, id)
        .into_iter()
        .map(|it| {
            Doc::new()
                .with(prefix_list_association::RESOURCE_ID, it)
                .with(prefix_list_association::RESOURCE_OWNER, context.account())
        })
        .collect();
    Ok(Doc::new().with(
        get_managed_prefix_list_associations_result::PREFIX_LIST_ASSOCIATIONS,
        list,
    ))
}

/// `DescribePrefixLists`: the services that gateway endpoints are for.
pub(crate) fn describe_services(
    context: &mut Context<'_>,
    request: View<'_, DescribePrefixListsRequest>,
) -> Result<Doc<DescribePrefixListsResult>, Fault> {
    let region = context.region;
    let wanted: Vec<&str> = request
        .items(describe_prefix_lists::PREFIX_LIST_IDS)
        .collect();
    for id in &wanted {
        check_exists(context.ec2(), region, id)?;
    }
    let list: Vec<_> = aws_lists(region)
        .iter()
        .filter(|it| matches!(it.service, "s3" | "dynamodb"))
        .filter(|it| wanted.is_empty() || wanted.contains(&it.id))
        .filter(|it| {
            passes(
                it,
                region,
                "",
                request.items(describe_prefix_lists::FILTERS),
            )
        })
        .map(|it| {
            let blocks: Vec<String> = it.blocks.iter().map(|it| (*it).to_owned()).collect();
            Doc::new()
                .with(prefix_list::CIDRS, blocks)
                .with(prefix_list::PREFIX_LIST_ID, it.id)
                .with(prefix_list::PREFIX_LIST_NAME, it.name(region))
        })
        .collect();
    Ok(Doc::new().with(describe_prefix_lists_result::PREFIX_LISTS, list))
}
