//! The same again: new ids, free CIDR blocks, and references led to what was copied along.

use crate::access;
use crate::apply;
use crate::blocks;
use crate::create::Launch;
use crate::desk::Desk;
use crate::intent::{Kind, Plan, Refusal};
use crate::join;
use crate::rules;
use crate::trial::{Trial, id_at};
use hopwise_cloud::ec2::instance::State;
use hopwise_cloud::ec2::route_table::Target;
use hopwise_cloud::ec2::{NetworkInterface, Vpc};
use hopwise_cloud::field::Doc;
use hopwise_cloud::fields::ec2::shape::CreateInternetGatewayRequest;
use hopwise_cloud::fields::ec2::{
    allocate_address, attach_internet_gateway, attach_network_interface, attribute_boolean_value,
    attribute_value, create_network_acl, create_network_interface, create_route_table,
    create_security_group, create_subnet, create_tags, create_vpc,
    modify_network_interface_attribute as modify_interface, modify_subnet_attribute,
    modify_vpc_attribute, network_interface_attachment_changes as changes,
};
use hopwise_net::Prefix;
use std::collections::BTreeMap;

pub(crate) fn copy(desk: &Desk<'_>, ids: &[String], into: Option<&str>) -> Result<Plan, Refusal> {
    let label = match ids {
        [id] => format!("Copy {}", desk.called(id)),
        _ => format!("Copy {} things", ids.len()),
    };
    let mut copier = Copier {
        source: desk,
        trial: Trial::new(desk, label),
        new: BTreeMap::new(),
        launched: Vec::new(),
    };
    // What is copied with its subnet or its VPC isn't copied once more.
    let within = |id: &String| {
        let around = [desk.subnet_of(id), desk.vpc_of(id)];
        let mut around = around.into_iter().flatten();
        around.any(|outer| outer != *id && ids.contains(&outer))
    };
    for id in ids.iter().filter(|id| !within(id)) {
        let made = copier.copy(id, into)?;
        copier.trial.made(&made);
    }
    copier.seconds()?;
    copier.trial.done()
}

struct Copier<'a> {
    source: &'a Desk<'a>,
    trial: Trial<'a>,
    /// What each copied thing became.
    new: BTreeMap<String, String>,
    /// Copied instances whose further interfaces are still to be copied, each with its copy.
    launched: Vec<(String, String)>,
}

impl Copier<'_> {
    fn copy(&mut self, id: &str, into: Option<&str>) -> Result<String, Refusal> {
        let gone = || Refusal::gone(id);
        let kind = Kind::of_id(id).ok_or_else(gone)?;
        if self.source.node(id).is_none() {
            return Err(gone());
        }
        if kind.is_access() {
            return access::copy(&mut self.trial, self.source, id, into);
        }
        let vpc = into
            .and_then(|into| self.trial.desk().vpc_of(into))
            .or_else(|| self.source.vpc_of(id))
            .unwrap_or_default();
        let made = match kind {
            Kind::Vpc => self.vpc(id)?,
            Kind::Subnet => self.subnet(id, &vpc, None)?,
            Kind::Instance | Kind::NetworkInterface => {
                let subnet = match into.map(|into| self.trial.desk().subnet_of(into)) {
                    Some(Some(subnet)) => Some(subnet),
                    Some(None) => self.first_subnet(&vpc),
                    None => self.source.subnet_of(id),
                };
                let subnet = subnet
                    .ok_or_else(|| Refusal::own("There is no subnet to put the copy into."))?;
                match kind {
                    Kind::Instance => self.instance(id, &subnet)?,
                    _ => self.interface(id, &subnet)?,
                }
            }
            Kind::SecurityGroup => {
                let made = self.group(id, &vpc)?;
                self.group_rules(id)?;
                made
            }
            Kind::RouteTable => {
                let made = self.table(id, &vpc)?;
                self.routes(id)?;
                made
            }
            Kind::NetworkAcl => self.acl(id, &vpc)?,
            Kind::InternetGateway => self.gateway(id)?,
            _ => {
                let request = Doc::new().with(allocate_address::DOMAIN, "vpc");
                let answer = self.trial.ec2("AllocateAddress", request)?;
                self.note(id, id_at(&answer, &["AllocationId"]))?
            }
        };
        Ok(made)
    }

    /// Remembers what a thing became, and gives the copy its tags.
    fn note(&mut self, old: &str, new: String) -> Result<String, Refusal> {
        self.new.insert(old.to_owned(), new.clone());
        self.retag(old, &new)?;
        Ok(new)
    }

    /// The tags for the copy of a thing: the same, and a name that counts on.
    fn tags(&self, old: &str) -> Vec<(String, String)> {
        let tags = crate::tags::of(self.source, old);
        tags.into_iter()
            .flat_map(|tags| tags.iter())
            .map(|(key, value)| match key {
                "Name" => (key.to_owned(), again(value)),
                _ => (key.to_owned(), value.to_owned()),
            })
            .collect()
    }

    fn retag(&mut self, old: &str, new: &str) -> Result<(), Refusal> {
        let tags = self.tags(old);
        if tags.is_empty() {
            return Ok(());
        }
        let request = Doc::new()
            .with(create_tags::RESOURCES, vec![new.to_owned()])
            .with(create_tags::TAGS, crate::tags::docs(&tags));
        self.trial.ec2("CreateTags", request).map(drop)
    }

    fn now(&self, old: &str) -> Option<String> {
        self.new.get(old).cloned()
    }

    fn first_subnet(&self, vpc: &str) -> Option<String> {
        let desk = self.trial.desk();
        let subnets = desk.ec2()?.subnets.by_birth();
        let mut here = subnets.into_iter().filter(|it| it.vpc.as_str() == vpc);
        here.next().map(|it| it.id.to_string())
    }

    fn vpc(&mut self, id: &str) -> Result<String, Refusal> {
        let (Some(ec2), Some(old)) = (self.source.ec2(), self.source.vpc(id)) else {
            return Err(Refusal::gone(id));
        };
        let (old, from) = (old.clone(), old.primary());
        let block = blocks::vpc_proposal(&self.trial.desk())
            .zip(from)
            .and_then(|(free, from)| Prefix::new(free.first(), from.length()))
            .ok_or_else(|| Refusal::own("There is no free range for another VPC."))?;
        let dedicated = (old.tenancy != "default").then_some(old.tenancy.as_str());
        let request = Doc::new()
            .with(create_vpc::CIDR_BLOCK, block.to_string())
            .with_some(create_vpc::INSTANCE_TENANCY, dedicated);
        let answer = self.trial.ec2("CreateVpc", request)?;
        let made = self.note(id, id_at(&answer, &["Vpc", "VpcId"]))?;
        self.dns(&old, &made)?;
        // What the new VPC was born with stands for what the old one was born with.
        let twins: Vec<(String, String)> = {
            let desk = self.trial.desk();
            let born = |ids: &dyn Fn(&Desk<'_>, &str) -> Vec<String>| {
                let (old, new) = (ids(self.source, id), ids(&desk, &made));
                old.into_iter().zip(new).collect::<Vec<_>>()
            };
            born(&born_with).into_iter().collect()
        };
        self.new.extend(twins.iter().cloned());
        for (old, new) in &twins {
            self.retag(old, new)?;
        }
        for group in ec2.security_groups.by_birth() {
            if group.vpc == old.id && !group.is_default() {
                self.group(group.id.as_str(), &made)?;
            }
        }
        for group in ec2.security_groups.by_birth() {
            if group.vpc == old.id {
                self.group_rules(group.id.as_str())?;
            }
        }
        if let Some(gateway) = ec2.internet_gateway_of(&old.id) {
            let gateway = self.gateway(gateway.id.as_str())?;
            let request = Doc::new()
                .with(attach_internet_gateway::INTERNET_GATEWAY_ID, gateway)
                .with(attach_internet_gateway::VPC_ID, made.as_str());
            self.trial.ec2("AttachInternetGateway", request)?;
        }
        for table in ec2.route_tables.by_birth() {
            if table.vpc == old.id && !table.is_main() {
                self.table(table.id.as_str(), &made)?;
            }
        }
        for acl in ec2.network_acls.by_birth() {
            if acl.vpc == old.id && acl.is_default {
                self.acl_rules(acl.id.as_str())?;
            } else if acl.vpc == old.id {
                self.acl(acl.id.as_str(), &made)?;
            }
        }
        for subnet in ec2.subnets.by_birth() {
            if subnet.vpc == old.id {
                let offset = from.and_then(|from| shifted(from, subnet.block, block));
                self.subnet(subnet.id.as_str(), &made, offset)?;
            }
        }
        self.seconds()?;
        let mut interfaces = ec2.network_interfaces.iter();
        let elastic = interfaces.any(|it| {
            let mut addresses = it.addresses.iter();
            it.vpc == old.id && addresses.any(|at| ec2.elastic_of(&it.id, at.private).is_some())
        });
        if elastic {
            self.trial
                .note("Elastic IP addresses stay with the original: the copy has none.");
        }
        // Routes come last: some lead to network interfaces.
        for table in ec2.route_tables.by_birth() {
            if table.vpc == old.id {
                self.routes(table.id.as_str())?;
            }
        }
        Ok(made)
    }

    /// DNS settings, where the copy was not made with them.
    fn dns(&mut self, old: &Vpc, made: &str) -> Result<(), Refusal> {
        let flag = |on| Doc::new().with(attribute_boolean_value::VALUE, on);
        let desk = self.trial.desk();
        let new = desk.vpc(made).ok_or_else(|| Refusal::gone(made))?.clone();
        if new.dns_support != old.dns_support {
            let request = Doc::new().with(modify_vpc_attribute::VPC_ID, made).with(
                modify_vpc_attribute::ENABLE_DNS_SUPPORT,
                flag(old.dns_support),
            );
            self.trial.ec2("ModifyVpcAttribute", request)?;
        }
        if new.dns_hostnames != old.dns_hostnames {
            let request = Doc::new().with(modify_vpc_attribute::VPC_ID, made).with(
                modify_vpc_attribute::ENABLE_DNS_HOSTNAMES,
                flag(old.dns_hostnames),
            );
            self.trial.ec2("ModifyVpcAttribute", request)?;
        }
        Ok(())
    }

    fn subnet(&mut self, id: &str, vpc: &str, block: Option<Prefix>) -> Result<String, Refusal> {
        let (Some(ec2), Some(old)) = (self.source.ec2(), self.source.subnet(id)) else {
            return Err(Refusal::gone(id));
        };
        let old = old.clone();
        let block = block
            .or_else(|| blocks::free_block(&self.trial.desk(), vpc, old.block.length()))
            .or_else(|| blocks::subnet_proposal(&self.trial.desk(), vpc))
            .ok_or_else(|| Refusal::own("The VPC has no free range for another subnet."))?;
        let request = Doc::new()
            .with(create_subnet::VPC_ID, vpc)
            .with(create_subnet::CIDR_BLOCK, block.to_string())
            .with(create_subnet::AVAILABILITY_ZONE, old.zone.as_str());
        let answer = self.trial.ec2("CreateSubnet", request)?;
        let made = self.note(id, id_at(&answer, &["Subnet", "SubnetId"]))?;
        if old.map_public_ip {
            let flag = Doc::new().with(attribute_boolean_value::VALUE, true);
            let request = Doc::new()
                .with(modify_subnet_attribute::SUBNET_ID, made.as_str())
                .with(modify_subnet_attribute::MAP_PUBLIC_IP_ON_LAUNCH, flag);
            self.trial.ec2("ModifySubnetAttribute", request)?;
        }
        let same = old.vpc.as_str() == vpc;
        let here = |copier: &Self, id: &str| copier.now(id).or_else(|| same.then(|| id.to_owned()));
        let own = ec2
            .route_table_of(&old)
            .filter(|table| table.subnets().any(|it| *it == old.id));
        if let Some(table) = own.and_then(|table| here(self, table.id.as_str())) {
            join::associate_table(&mut self.trial, &table, &made)?;
        }
        let acl = ec2.network_acl_of(&old.id).filter(|acl| !acl.is_default);
        if let Some(acl) = acl.and_then(|acl| here(self, acl.id.as_str())) {
            join::associate_acl(&mut self.trial, &acl, &made)?;
        }
        for instance in ec2.instances.by_birth() {
            if instance.subnet == old.id && instance.state.is_alive() {
                self.instance(instance.id.as_str(), &made)?;
            }
        }
        for interface in ec2.network_interfaces.by_birth() {
            if interface.subnet == old.id && interface.attachment.is_none() {
                self.interface(interface.id.as_str(), &made)?;
            }
        }
        Ok(made)
    }

    fn groups(&self, groups: &[hopwise_cloud::Id], subnet: &str) -> Vec<String> {
        let desk = self.trial.desk();
        let vpc = desk.vpc_of(subnet);
        groups
            .iter()
            .map(|id| self.now(id.as_str()).unwrap_or_else(|| id.to_string()))
            .filter(|id| desk.vpc_of(id) == vpc)
            .collect()
    }

    fn instance(&mut self, id: &str, subnet: &str) -> Result<String, Refusal> {
        let (Some(old), Some(interface)) = (self.source.instance(id), self.source.interface(id))
        else {
            return Err(Refusal::gone(id));
        };
        let groups = self.groups(&interface.groups, subnet);
        self.left_out(&interface.groups, &groups);
        if matches!(old.state, State::Stopping { .. } | State::Stopped) {
            let called = self.source.called(id);
            self.trial
                .note(format!("{called} is stopped; its copy starts."));
        }
        let maps = self
            .trial
            .desk()
            .subnet(subnet)
            .is_some_and(|it| it.map_public_ip);
        let launch = Launch {
            subnet: subnet.to_owned(),
            image: old.image.clone(),
            kind: old.kind.clone(),
            groups,
            public: (old.auto_public != maps).then_some(old.auto_public),
            key: old.key_name.clone(),
            user_data: old.user_data.clone(),
            protected: old.protected,
            tags: self.tags(id),
        };
        let made = launch.run(&mut self.trial)?;
        self.new.insert(id.to_owned(), made.clone());
        let twin = self
            .trial
            .desk()
            .interface(&made)
            .map(|it| it.id.to_string());
        if let Some(twin) = twin {
            self.note(interface.id.as_str(), twin.clone())?;
            self.guard(interface, &twin)?;
        }
        self.launched.push((id.to_owned(), made.clone()));
        Ok(made)
    }

    /// What a launch or a new interface can't be told.
    fn guard(&mut self, old: &NetworkInterface, made: &str) -> Result<(), Refusal> {
        let desk = self.trial.desk();
        let new = desk.interface(made).ok_or_else(|| Refusal::gone(made))?;
        let (check, said) = (new.source_dest_check, new.description.clone());
        let change = || Doc::new().with(modify_interface::NETWORK_INTERFACE_ID, made);
        if check != old.source_dest_check {
            let flag = Doc::new().with(attribute_boolean_value::VALUE, old.source_dest_check);
            let request = change().with(modify_interface::SOURCE_DEST_CHECK, flag);
            self.trial.ec2("ModifyNetworkInterfaceAttribute", request)?;
        }
        if said != old.description {
            let text = Doc::new().with(attribute_value::VALUE, old.description.as_str());
            let request = change().with(modify_interface::DESCRIPTION, text);
            self.trial.ec2("ModifyNetworkInterfaceAttribute", request)?;
        }
        Ok(())
    }

    /// Says so where a copy can't have all groups of its original.
    fn left_out(&mut self, before: &[hopwise_cloud::Id], after: &[String]) {
        if after.len() < before.len() {
            self.trial.note(match after.is_empty() {
                true => {
                    "Its security groups are of the other VPC: the copy has the default group of \
                     this one."
                }
                false => "Security groups of the other VPC are left out.",
            });
        }
    }

    /// The further interfaces of the instances that were copied, once all subnets are there.
    fn seconds(&mut self) -> Result<(), Refusal> {
        let Some(ec2) = self.source.ec2() else {
            return Ok(());
        };
        for (old, made) in std::mem::take(&mut self.launched) {
            let Some(instance) = ec2.instances.get(&old) else {
                continue;
            };
            for interface in ec2.interfaces_of(&instance.id).into_iter().skip(1) {
                let Some(attachment) = &interface.attachment else {
                    continue;
                };
                let subnet = self.beside(interface.subnet.as_str(), &made);
                let Some(subnet) = subnet else {
                    let called = self.source.called(interface.id.as_str());
                    self.trial.note(format!(
                        "{called} is left out: its subnet can't be used by the copy."
                    ));
                    continue;
                };
                let twin = self.interface(interface.id.as_str(), &subnet)?;
                let request = Doc::new()
                    .with(
                        attach_network_interface::NETWORK_INTERFACE_ID,
                        twin.as_str(),
                    )
                    .with(attach_network_interface::INSTANCE_ID, made.as_str())
                    .with(attach_network_interface::DEVICE_INDEX, attachment.device);
                let answer = self.trial.ec2("AttachNetworkInterface", request)?;
                if attachment.delete_on_termination {
                    let change = Doc::new()
                        .with(changes::ATTACHMENT_ID, id_at(&answer, &["AttachmentId"]))
                        .with(changes::DELETE_ON_TERMINATION, true);
                    let request = Doc::new()
                        .with(modify_interface::NETWORK_INTERFACE_ID, twin)
                        .with(modify_interface::ATTACHMENT, change);
                    self.trial.ec2("ModifyNetworkInterfaceAttribute", request)?;
                }
            }
        }
        Ok(())
    }

    /// Where the copy of an interface of `subnet` can be attached to an instance: the subnet's
    /// copy, else the subnet itself, if it is of the same VPC and zone.
    fn beside(&self, subnet: &str, instance: &str) -> Option<String> {
        let desk = self.trial.desk();
        let subnet = self.now(subnet).unwrap_or_else(|| subnet.to_owned());
        let there = desk.subnet(&subnet)?;
        let here = desk.subnet(&desk.subnet_of(instance)?)?;
        (there.vpc == here.vpc && there.zone == here.zone).then_some(subnet)
    }

    fn interface(&mut self, id: &str, subnet: &str) -> Result<String, Refusal> {
        let old = self.source.interface(id).ok_or_else(|| Refusal::gone(id))?;
        let groups = self.groups(&old.groups, subnet);
        self.left_out(&old.groups, &groups);
        let said = Some(old.description.as_str()).filter(|text| !text.is_empty());
        let request = Doc::new()
            .with(create_network_interface::SUBNET_ID, subnet)
            .with_some(create_network_interface::DESCRIPTION, said)
            .with_some(
                create_network_interface::GROUPS,
                (!groups.is_empty()).then_some(groups),
            );
        let answer = self.trial.ec2("CreateNetworkInterface", request)?;
        let made = self.note(
            id,
            id_at(&answer, &["NetworkInterface", "NetworkInterfaceId"]),
        )?;
        self.guard(old, &made)?;
        Ok(made)
    }

    fn gateway(&mut self, id: &str) -> Result<String, Refusal> {
        let request = Doc::<CreateInternetGatewayRequest>::new();
        let answer = self.trial.ec2("CreateInternetGateway", request)?;
        self.note(
            id,
            id_at(&answer, &["InternetGateway", "InternetGatewayId"]),
        )
    }

    fn group(&mut self, id: &str, vpc: &str) -> Result<String, Refusal> {
        let ec2 = self.source.ec2().ok_or_else(|| Refusal::gone(id))?;
        let old = ec2
            .security_groups
            .get(id)
            .ok_or_else(|| Refusal::gone(id))?;
        let taken = |name: &str| {
            let desk = self.trial.desk();
            let Some(ec2) = desk.ec2() else {
                return false;
            };
            let mut groups = ec2.security_groups.iter();
            groups.any(|group| group.vpc.as_str() == vpc && group.name == name)
        };
        let mut name = old.name.clone();
        while name == "default" || taken(&name) {
            name = again(&name);
        }
        let request = Doc::new()
            .with(create_security_group::GROUP_NAME, name)
            .with(create_security_group::DESCRIPTION, old.description.as_str())
            .with(create_security_group::VPC_ID, vpc);
        let answer = self.trial.ec2("CreateSecurityGroup", request)?;
        self.note(id, id_at(&answer, &["GroupId"]))
    }

    /// The rules of a copied group.
    fn group_rules(&mut self, id: &str) -> Result<(), Refusal> {
        let Some(made) = self.now(id) else {
            return Ok(());
        };
        let vpc = self.trial.desk().vpc_of(&made);
        for table in [rules::RuleTable::Inbound, rules::RuleTable::Outbound] {
            let Some(sheet) = rules::rules(self.source, id, table) else {
                continue;
            };
            let mut lost = false;
            let mut rows = Vec::new();
            for row in sheet.rows {
                let mut draft = row.draft();
                draft.key = None;
                if let Some(peer) = draft.cells.get_mut(2)
                    && Kind::of_id(peer) == Some(Kind::SecurityGroup)
                {
                    let there = self.new.get(peer.as_str()).unwrap_or(peer).clone();
                    if self.trial.desk().vpc_of(&there) != vpc {
                        lost = true;
                        continue;
                    }
                    *peer = there;
                }
                rows.push(draft);
            }
            if lost {
                self.trial
                    .note("Rules that refer to a security group of the other VPC are left out.");
            }
            apply::onto(&mut self.trial, &made, table, &rows)?;
        }
        Ok(())
    }

    fn table(&mut self, id: &str, vpc: &str) -> Result<String, Refusal> {
        let request = Doc::new().with(create_route_table::VPC_ID, vpc);
        let answer = self.trial.ec2("CreateRouteTable", request)?;
        self.note(id, id_at(&answer, &["RouteTable", "RouteTableId"]))
    }

    /// The routes of a copied table.
    fn routes(&mut self, id: &str) -> Result<(), Refusal> {
        let Some(made) = self.now(id) else {
            return Ok(());
        };
        let old = self.source.ec2().and_then(|ec2| ec2.route_tables.get(id));
        let same = self.source.vpc_of(id) == self.trial.desk().vpc_of(&made);
        for route in old.map(|it| it.routes.clone()).unwrap_or_default() {
            let target = match &route.target {
                Target::Local => continue,
                other => other.to_string(),
            };
            let there = self.now(&target);
            let Some(there) = there.or_else(|| same.then_some(target)) else {
                self.trial.note(format!(
                    "The route for {} is left out: its target belongs to the other VPC.",
                    route.destination
                ));
                continue;
            };
            let destination = route.destination.to_string();
            join::set_route(&mut self.trial, &made, &destination, &there, false)?;
        }
        Ok(())
    }

    fn acl(&mut self, id: &str, vpc: &str) -> Result<String, Refusal> {
        let request = Doc::new().with(create_network_acl::VPC_ID, vpc);
        let answer = self.trial.ec2("CreateNetworkAcl", request)?;
        let made = self.note(id, id_at(&answer, &["NetworkAcl", "NetworkAclId"]))?;
        self.acl_rules(id)?;
        Ok(made)
    }

    /// The entries of a copied network ACL.
    fn acl_rules(&mut self, id: &str) -> Result<(), Refusal> {
        let Some(made) = self.now(id) else {
            return Ok(());
        };
        for table in [rules::RuleTable::Inbound, rules::RuleTable::Outbound] {
            if let Some(sheet) = rules::rules(self.source, id, table) {
                let rows: Vec<_> = sheet
                    .rows
                    .into_iter()
                    .filter(|row| row.fixed.is_none())
                    .map(|row| row.draft())
                    .collect();
                apply::onto(&mut self.trial, &made, table, &rows)?;
            }
        }
        Ok(())
    }
}

/// What a VPC was born with: its main route table, its default network ACL, its default group.
fn born_with(desk: &Desk<'_>, vpc: &str) -> Vec<String> {
    let Some((ec2, it)) = desk.ec2().zip(desk.vpc(vpc)) else {
        return Vec::new();
    };
    let table = ec2.main_route_table(&it.id).map(|it| it.id.to_string());
    let acl = ec2
        .network_acls
        .iter()
        .find(|acl| acl.vpc == it.id && acl.is_default)
        .map(|it| it.id.to_string());
    let group = ec2
        .security_groups
        .iter()
        .find(|group| group.vpc == it.id && group.is_default())
        .map(|it| it.id.to_string());
    [table, acl, group]
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect()
}

/// The block that lies in `to` where `block` lies in `from`.
fn shifted(from: Prefix, block: Prefix, to: Prefix) -> Option<Prefix> {
    let number = |prefix: Prefix| blocks::number(prefix.first());
    let offset = number(block).checked_sub(number(from))?;
    Prefix::new(to.nth(offset)?, block.length())
}

/// `web` becomes `web-2`, `web-2` becomes `web-3`.
fn again(name: &str) -> String {
    if let Some((stem, number)) = name.rsplit_once('-')
        && let Ok(number) = number.parse::<u32>()
        && let Some(next) = number.checked_add(1)
    {
        return format!("{stem}-{next}");
    }
    format!("{name}-2")
}

#[cfg(test)]
mod tests {
    use super::again;

    #[test]
    fn a_copy_counts_on() {
        assert_eq!(again("web"), "web-2");
        assert_eq!(again("web-2"), "web-3");
        assert_eq!(again("web-a"), "web-a-2");
        assert_eq!(again("web-4294967295"), "web-4294967295-2");
    }
}
