//! Route tables as a whole, and what uses them.

use super::describe::describe_one;
use super::{Associated, Association, Destination, RouteTable, Target};
use crate::door::Context;
use crate::ec2::Ec2;
use crate::ec2::select::{find, find_mut, new_tags};
use crate::fault::Fault;
use crate::field::{Doc, View};
use crate::fields::ec2::shape::*;
use crate::fields::ec2::{
    associate_route_table, associate_route_table_result, create_route_table,
    create_route_table_result, delete_route_table, disable_vgw_route_propagation,
    disassociate_route_table, enable_vgw_route_propagation, replace_route_table_association,
    replace_route_table_association_result, route_table_association_state,
};
use crate::id::Id;
use crate::table::Resource;

/// `CreateRouteTable`
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateRouteTableRequest>,
) -> Result<Doc<CreateRouteTableResult>, Fault> {
    let vpc = find(
        &context.ec2().vpcs,
        request.get(create_route_table::VPC_ID).unwrap_or_default(),
    )?;
    let (vpc, blocks) = (vpc.id.clone(), vpc.all_blocks().collect::<Vec<_>>());
    let tags = new_tags(
        request.items(create_route_table::TAG_SPECIFICATIONS),
        "route-table",
    )?;
    let tables = context.ec2().route_tables.iter();
    if tables.filter(|it| it.vpc == vpc).count() >= 200 {
        return Err(Fault::new(
            "RouteTableLimitExceeded",
            "The maximum number of route tables has been reached.",
        ));
    }
    let (ec2, mint) = context.parts();
    let mut made = RouteTable::new(&vpc, blocks.into_iter(), mint);
    made.tags = tags;
    ec2.route_tables.insert(made.clone());
    let answer = describe_one(context, &made);
    Ok(Doc::new().with(create_route_table_result::ROUTE_TABLE, answer))
}

/// `DeleteRouteTable`: refused for a main table and while a subnet uses it.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteRouteTableRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2_mut();
    let table = find(
        &ec2.route_tables,
        request
            .get(delete_route_table::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    if !table.associations.is_empty() {
        return Err(Fault::in_use(RouteTable::NOUN.word, &table.id));
    }
    let id = table.id.clone();
    ec2.route_tables.remove(id.as_str());
    Ok(())
}

/// `AssociateRouteTable` for a subnet. A subnet has one table at most by name.
pub(crate) fn associate(
    context: &mut Context<'_>,
    request: View<'_, AssociateRouteTableRequest>,
) -> Result<Doc<AssociateRouteTableResult>, Fault> {
    let ec2 = context.ec2();
    let table = find(
        &ec2.route_tables,
        request
            .get(associate_route_table::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let subnet = request.get(associate_route_table::SUBNET_ID);
    let gateway = request.get(associate_route_table::GATEWAY_ID);
    let subnet = match (subnet, gateway) {
        (Some(subnet), None) => subnet,
        (None, Some(gateway)) => {
            let (table, gateway) = (table.id.clone(), gateway.to_owned());
            return associate_gateway(context, &table, &gateway);
        }
        (Some(_), Some(_)) => {
            return Err(Fault::combination(
                "The parameters subnetId and gatewayId cannot be used together",
            ));
        }
        (None, None) => return Err(Fault::missing("subnetId")),
    };
    if let Some(gateway) = table.gateways().next() {
        return Err(conflict(&table.id, gateway));
    }
    let subnet = find(&ec2.subnets, subnet)?;
    if subnet.vpc != table.vpc {
        return Err(different_networks(&table.id, "subnet", &subnet.id));
    }
    if let Some(other) = ec2
        .route_tables
        .iter()
        .find(|other| other.subnets().any(|it| *it == subnet.id))
    {
        if other.id == table.id {
            // AWS answers with the association that is there.
            let old = table
                .associations
                .iter()
                .find(|it| it.subnet() == Some(&subnet.id));
            if let Some(old) = old {
                return Ok(associated(&old.id));
            }
        }
        return Err(Fault::new(
            "Resource.AlreadyAssociated",
            format!(
                "the specified association for route table {} conflicts with an existing association",
                table.id
            ),
        ));
    }
    let (table, subnet) = (table.id.clone(), subnet.id.clone());
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("rtbassoc");
    find_mut(&mut ec2.route_tables, table.as_str())?
        .associations
        .push(Association {
            id: id.clone(),
            with: Associated::Subnet(subnet),
        });
    Ok(associated(&id))
}

/// Gives a gateway a table for what comes in by it.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
fn associate_gateway(
    context: &mut Context<'_>,
    table: &Id,
    gateway: &str,
) -> Result<Doc<AssociateRouteTableResult>, Fault> {
    let ec2 = context.ec2();
    let table = find(&ec2.route_tables, table.as_str())?;
    let (gateway, vpc) = if gateway.starts_with("vgw-") {
        let found = find(&ec2.vpn_gateways, gateway)?;
        (found.id.clone(), found.attached_to().cloned())
    } else {
        let found = ec2.internet_gateways.get(gateway).ok_or_else(|| {
            Fault::new(
                "InvalidGatewayID.NotFound",
                format!("The gateway ID '{gateway}' does not exist"),
            )
        })?;
        (found.id.clone(), found.vpc.clone())
    };
    if vpc.as_ref() != Some(&table.vpc) {
        return Err(different_networks(&table.id, "gateway", &gateway));
    }
    if let Some(other) = ec2.edge_table_of(&gateway) {
        let of_gateway = |it: &&Association| it.with == Associated::Gateway(gateway.clone());
        return match other.associations.iter().find(of_gateway) {
            Some(old) if other.id == table.id => Ok(associated(&old.id)),
            _ => Err(Fault::new(
                "Resource.AlreadyAssociated",
                format!(
                    "the specified association for route table {} conflicts with an existing association",
                    table.id
                ),
            )),
        };
    }
    if let Some(subnet) = table.subnets().next() {
        return Err(conflict(&table.id, subnet));
    }
    if !table.propagating.is_empty() {
        return Err(Fault::value(format!(
            "route table {} has propagated routes: a gateway route table can't have any",
            table.id
        )));
    }
    for route in &table.routes {
        check_edge_route(ec2, table, &route.destination, &route.target, &gateway)?;
    }
    let table = table.id.clone();
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("rtbassoc");
    find_mut(&mut ec2.route_tables, table.as_str())?
        .associations
        .push(Association {
            id: id.clone(),
            with: Associated::Gateway(gateway),
        });
    Ok(associated(&id))
}

fn conflict(table: &Id, other: &Id) -> Fault {
    Fault::value(format!(
        "route table {table} is associated with {other}: a table is for subnets or for gateways"
    ))
}

/// May a table that `gateway` uses have this route? To the whole VPC or to just one subnet, and
/// to network interfaces.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html>
pub(super) fn check_edge_route(
    ec2: &Ec2,
    table: &RouteTable,
    destination: &Destination,
    target: &Target,
    gateway: &Id,
) -> Result<(), Fault> {
    if !matches!(target, Target::Local | Target::NetworkInterface(_)) {
        return Err(Fault::value(format!(
            "Route target {target} is not supported in the route table of gateway {gateway}. It \
             can lead to local or to a network interface."
        )));
    }
    let whole = |block| {
        let vpc = ec2.vpcs.get(table.vpc.as_str());
        vpc.is_some_and(|vpc| vpc.all_blocks().any(|it| it == block))
    };
    let subnet = |block| {
        let mut all = ec2.subnets.iter().filter(|it| it.vpc == table.vpc);
        all.any(|it| it.all_blocks().any(|own| own == block))
    };
    match destination.block() {
        Some(block) if whole(block) || subnet(block) => Ok(()),
        _ => Err(Fault::value(format!(
            "Route destination {destination} is not supported in the route table of gateway \
             {gateway}. It must be the whole CIDR block of the VPC or of one of its subnets."
        ))),
    }
}

fn associated(id: &Id) -> Doc<AssociateRouteTableResult> {
    Doc::new()
        .with(associate_route_table_result::ASSOCIATION_ID, id)
        .with(
            associate_route_table_result::ASSOCIATION_STATE,
            Doc::new().with(route_table_association_state::STATE, "associated"),
        )
}

pub(super) fn different_networks(table: &Id, word: &str, other: &Id) -> Fault {
    Fault::value(format!(
        "route table {table} and {word} {other} belong to different networks"
    ))
}

/// The table that has this association.
fn table_with(ec2: &Ec2, association: &str) -> Result<(Id, Association), Fault> {
    ec2.route_tables
        .iter()
        .find_map(|table| {
            let found = table
                .associations
                .iter()
                .find(|it| it.id.as_str() == association)?;
            Some((table.id.clone(), found.clone()))
        })
        .ok_or_else(|| {
            Fault::new(
                "InvalidAssociationID.NotFound",
                format!("The association ID '{association}' does not exist"),
            )
        })
}

/// `DisassociateRouteTable`: the subnet falls back to the main table.
pub(crate) fn disassociate(
    context: &mut Context<'_>,
    request: View<'_, DisassociateRouteTableRequest>,
) -> Result<(), Fault> {
    let wanted = request
        .get(disassociate_route_table::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2_mut();
    let (table, association) = table_with(ec2, wanted)?;
    if association.is_main() {
        return Err(Fault::value(format!(
            "cannot disassociate the main route table association {wanted}"
        )));
    }
    find_mut(&mut ec2.route_tables, table.as_str())?
        .associations
        .retain(|it| it.id != association.id);
    Ok(())
}

/// `ReplaceRouteTableAssociation`: gives a subnet another table, or a VPC another main table.
pub(crate) fn replace_association(
    context: &mut Context<'_>,
    request: View<'_, ReplaceRouteTableAssociationRequest>,
) -> Result<Doc<ReplaceRouteTableAssociationResult>, Fault> {
    let wanted = request
        .get(replace_route_table_association::ASSOCIATION_ID)
        .unwrap_or_default();
    let ec2 = context.ec2();
    let (old, association) = table_with(ec2, wanted)?;
    let new = find(
        &ec2.route_tables,
        request
            .get(replace_route_table_association::ROUTE_TABLE_ID)
            .unwrap_or_default(),
    )?;
    let vpc = ec2.route_tables.get(old.as_str()).map(|it| it.vpc.clone());
    if vpc.as_ref() != Some(&new.vpc) {
        return Err(different_networks(&new.id, "route table", &old));
    }
    let new = new.id.clone();
    let (ec2, mint) = context.parts();
    let (id, _) = mint.id("rtbassoc");
    find_mut(&mut ec2.route_tables, old.as_str())?
        .associations
        .retain(|it| it.id != association.id);
    find_mut(&mut ec2.route_tables, new.as_str())?
        .associations
        .push(Association {
            id: id.clone(),
            with: association.with,
        });
    Ok(Doc::new()
        .with(
            replace_route_table_association_result::NEW_ASSOCIATION_ID,
            &id,
        )
        .with(
            replace_route_table_association_result::ASSOCIATION_STATE,
            Doc::new().with(route_table_association_state::STATE, "associated"),
        ))
}

/// `EnableVgwRoutePropagation`: the table learns what the gateway knows.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html>
pub(crate) fn enable_propagation(
    context: &mut Context<'_>,
    request: View<'_, EnableVgwRoutePropagationRequest>,
) -> Result<(), Fault> {
    let ec2 = context.ec2();
    let table = request
        .get(enable_vgw_route_propagation::ROUTE_TABLE_ID)
        .unwrap_or_default();
    let table = find(&ec2.route_tables, table)?;
    let gateway = request
        .get(enable_vgw_route_propagation::GATEWAY_ID)
        .unwrap_or_default();
    let gateway = find(&ec2.vpn_gateways, gateway)?;
    if gateway.attached_to() != Some(&table.vpc) {
        return Err(Fault::new(
            "Gateway.NotAttached",
            format!(
                "resource {} is not attached to network {}",
                gateway.id, table.vpc
            ),
        ));
    }
    if let Some(edge) = table.gateways().next() {
        return Err(conflict(&table.id, edge));
    }
    let (table, gateway) = (table.id.clone(), gateway.id.clone());
    let table = find_mut(&mut context.ec2_mut().route_tables, table.as_str())?;
    if !table.propagating.contains(&gateway) {
        table.propagating.push(gateway);
    }
    Ok(())
}

/// `DisableVgwRoutePropagation`
pub(crate) fn disable_propagation(
    context: &mut Context<'_>,
    request: View<'_, DisableVgwRoutePropagationRequest>,
) -> Result<(), Fault> {
    let table = request
        .get(disable_vgw_route_propagation::ROUTE_TABLE_ID)
        .unwrap_or_default();
    let gateway = request
        .get(disable_vgw_route_propagation::GATEWAY_ID)
        .unwrap_or_default();
    let table = find_mut(&mut context.ec2_mut().route_tables, table)?;
    table.propagating.retain(|it| it.as_str() != gateway);
    Ok(())
}
