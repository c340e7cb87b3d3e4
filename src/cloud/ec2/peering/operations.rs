//! Asking for, accepting, changing and ending VPC peering connections.

use super::{PeeringConnection, PeeringSide};
use crate::door::Context;
use crate::ec2::phase::{Phase, State};
use crate::ec2::select::{FilterRow, find, new_tags, select, tag_list};
use crate::ec2::{Ec2, Vpc};
use crate::fault::Fault;
use crate::field::{Doc, Field, Struct, View};
use crate::fields::ec2::shape::{self, *};
use crate::fields::ec2::{
    accept_vpc_peering_connection, accept_vpc_peering_connection_result, cidr_block,
    create_vpc_peering_connection, create_vpc_peering_connection_result,
    delete_vpc_peering_connection, delete_vpc_peering_connection_result,
    describe_vpc_peering_connections, describe_vpc_peering_connections_result, ipv6_cidr_block,
    modify_vpc_peering_connection_options, modify_vpc_peering_connection_options_result,
    peering_connection_options, peering_connection_options_request, reject_vpc_peering_connection,
    reject_vpc_peering_connection_result, vpc_peering_connection,
    vpc_peering_connection_options_description, vpc_peering_connection_state_reason,
    vpc_peering_connection_vpc_info,
};
use crate::id::Id;
use crate::region::Region;
use crate::table::Tags;
use hopwise_net::Prefix;

/// How long a request waits for an answer, in seconds: seven days.
/// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>
const WAITS_SECONDS: u64 = 7 * 86_400;
/// How long an accepted connection takes to become active, in seconds.
const PROVISION_SECONDS: u64 = 5;
/// How long what failed is still shown, in seconds: two hours.
const FAILED_SECONDS: u64 = 7_200;
/// How many connections a VPC has at most.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST: usize = 50;

const FAILED: &str = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";

pub(in crate::ec2) const FILTERS: &[FilterRow<PeeringConnection>] = &[
    ("vpc-peering-connection-id", |_, it| vec![it.id.to_string()]),
    ("status-code", |_, it| vec![status(it).0.to_owned()]),
    ("status-message", |_, it| vec![status(it).1]),
    ("requester-vpc-info.vpc-id", |_, it| {
        vec![it.requester.vpc.to_string()]
    }),
    ("requester-vpc-info.owner-id", |_, it| {
        vec![it.requester.account.clone()]
    }),
    ("requester-vpc-info.cidr-block", |_, it| {
        it.requester.blocks.iter().map(Prefix::to_string).collect()
    }),
    ("accepter-vpc-info.vpc-id", |_, it| {
        vec![it.accepter.vpc.to_string()]
    }),
    ("accepter-vpc-info.owner-id", |_, it| {
        vec![it.accepter.account.clone()]
    }),
    ("accepter-vpc-info.cidr-block", |_, it| {
        it.accepter.blocks.iter().map(Prefix::to_string).collect()
    }),
];

/// AWS's word for the state, and its sentence.
/// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle>
fn status(one: &PeeringConnection) -> (&'static str, String) {
    let (word, said) = match one.phase.state {
        State::AwaitsAcceptance => (
            "pending-acceptance",
            format!("Pending Acceptance by {}", one.accepter.account),
        ),
        State::Pending => ("provisioning", "Provisioning".to_owned()),
        State::Available | State::Modifying => ("active", "Active".to_owned()),
        State::Failed => ("failed", FAILED.to_owned()),
        State::Rejected => ("rejected", format!("Rejected by {}", one.accepter.account)),
        State::Expired => ("expired", "Expired".to_owned()),
        State::Deleting => ("deleting", "Deleting".to_owned()),
        State::Deleted => ("deleted", "Deleted".to_owned()),
    };
    (word, one.message.clone().unwrap_or(said))
}

fn side_of(account: &str, region: &str, vpc: &Vpc) -> PeeringSide {
    PeeringSide {
        account: account.to_owned(),
        region: region.to_owned(),
        vpc: vpc.id.clone(),
        blocks: vpc.all_blocks().collect(),
        dns: false,
    }
}

fn info(side: &PeeringSide, shown: bool) -> Doc<VpcPeeringConnectionVpcInfo> {
    let v4 = side.blocks.iter().filter(|it| it.is_v4());
    let v6 = side.blocks.iter().filter(|it| !it.is_v4());
    let first = v4.clone().next().map(Prefix::to_string);
    let mut doc = Doc::new().with_some(
        vpc_peering_connection_vpc_info::CIDR_BLOCK,
        first.filter(|_| shown),
    );
    if shown {
        let v6: Vec<_> = v6
            .map(|it| Doc::new().with(ipv6_cidr_block::IPV6_CIDR_BLOCK, it.to_string()))
            .collect();
        if !v6.is_empty() {
            doc.put(vpc_peering_connection_vpc_info::IPV6_CIDR_BLOCK_SET, v6);
        }
        let v4: Vec<_> = v4
            .map(|it| Doc::new().with(cidr_block::CIDR_BLOCK, it.to_string()))
            .collect();
        doc.put(vpc_peering_connection_vpc_info::CIDR_BLOCK_SET, v4);
    }
    doc.put(
        vpc_peering_connection_vpc_info::OWNER_ID,
        side.account.as_str(),
    );
    if shown {
        use vpc_peering_connection_options_description as options;
        doc.put(
            vpc_peering_connection_vpc_info::PEERING_OPTIONS,
            Doc::new()
                .with(options::ALLOW_DNS_RESOLUTION_FROM_REMOTE_VPC, side.dns)
                .with(
                    options::ALLOW_EGRESS_FROM_LOCAL_CLASSIC_LINK_TO_REMOTE_VPC,
                    false,
                )
                .with(
                    options::ALLOW_EGRESS_FROM_LOCAL_VPC_TO_REMOTE_CLASSIC_LINK,
                    false,
                ),
        );
    }
    doc.put(vpc_peering_connection_vpc_info::VPC_ID, &side.vpc);
    doc.put(
        vpc_peering_connection_vpc_info::REGION,
        side.region.as_str(),
    );
    doc
}

fn describe_one(one: &PeeringConnection) -> Doc<shape::VpcPeeringConnection> {
    let (code, message) = status(one);
    // The other side is not told before it has said yes.
    let known = matches!(one.phase.state, State::Available | State::Pending);
    Doc::new()
        .with(
            vpc_peering_connection::ACCEPTER_VPC_INFO,
            info(&one.accepter, known),
        )
        .with_some(
            vpc_peering_connection::EXPIRATION_TIME,
            (one.phase.state == State::AwaitsAcceptance).then_some(one.expires),
        )
        .with(
            vpc_peering_connection::REQUESTER_VPC_INFO,
            info(&one.requester, true),
        )
        .with(
            vpc_peering_connection::STATUS,
            Doc::new()
                .with(vpc_peering_connection_state_reason::CODE, code)
                .with(vpc_peering_connection_state_reason::MESSAGE, message),
        )
        .with(vpc_peering_connection::TAGS, tag_list(&one.tags))
        .with(vpc_peering_connection::VPC_PEERING_CONNECTION_ID, &one.id)
}

/// Changes a connection on both sides.
fn update(context: &mut Context<'_>, id: &Id, change: impl Fn(&mut PeeringConnection)) {
    let Some(one) = context.ec2().peerings.get(id.as_str()) else {
        return;
    };
    let mut places: Vec<(String, String)> = [&one.requester, &one.accepter]
        .map(|side| (side.account.clone(), side.region.clone()))
        .to_vec();
    places.dedup();
    for (account, region) in places {
        let ec2 = context.cloud.ec2_mut(&account, &region);
        if let Some(one) = ec2.and_then(|ec2| ec2.peerings.get_mut(id.as_str())) {
            change(one);
        }
    }
}

/// Tells both sides of each connection of a VPC which blocks it has now.
pub(crate) fn refresh(context: &mut Context<'_>, vpc: &Id) {
    let ec2 = context.ec2();
    let Some(blocks) = ec2
        .vpcs
        .get(vpc.as_str())
        .map(|it| it.all_blocks().collect::<Vec<_>>())
    else {
        return;
    };
    let own = ec2.peerings.iter().filter(|it| it.sides(vpc).is_some());
    let all: Vec<Id> = own.map(|it| it.id.clone()).collect();
    for id in all {
        update(context, &id, |one| {
            for side in [&mut one.requester, &mut one.accepter] {
                if side.vpc == *vpc {
                    side.blocks.clone_from(&blocks);
                }
            }
        });
    }
}

/// `CreateVpcPeeringConnection`: asks the owner of another VPC. What can't be (an unknown VPC or
/// account, blocks that overlap) shows as the state `failed`.
/// <https://docs.aws.amazon.com/vpc/latest/peering/create-vpc-peering-connection.html>
pub(crate) fn create(
    context: &mut Context<'_>,
    request: View<'_, CreateVpcPeeringConnectionRequest>,
) -> Result<Doc<CreateVpcPeeringConnectionResult>, Fault> {
    let now = context.now();
    let tags = new_tags(
        request.items(create_vpc_peering_connection::TAG_SPECIFICATIONS),
        "vpc-peering-connection",
    )?;
    let account = context.account().to_owned();
    let region = context.region.name;
    let vpc = request
        .get(create_vpc_peering_connection::VPC_ID)
        .unwrap_or_default();
    let vpc = find(&context.ec2().vpcs, vpc)?;
    let requester = side_of(&account, region, vpc);
    let Some(peer) = request.get(create_vpc_peering_connection::PEER_VPC_ID) else {
        return Err(Fault::missing("peerVpcId"));
    };
    let owner = request
        .get(create_vpc_peering_connection::PEER_OWNER_ID)
        .unwrap_or(&account)
        .to_owned();
    let there = request
        .get(create_vpc_peering_connection::PEER_REGION)
        .unwrap_or(region)
        .to_owned();
    if Region::find(&there).is_none() {
        return Err(Fault::value(format!(
            "Value ({there}) for parameter peerRegion is invalid."
        )));
    }
    if requester.vpc.as_str() == peer {
        return Err(Fault::value(
            "The requester VPC and the accepter VPC must not be the same.",
        ));
    }
    let is_same = |it: &PeeringConnection| {
        let other = it.sides(&requester.vpc).map(|(_, other)| &other.vpc);
        it.phase.is_alive() && other.is_some_and(|other| other.as_str() == peer)
    };
    if let Some(same) = context.ec2().peerings.iter().find(|it| is_same(it)) {
        return Err(Fault::new(
            "VpcPeeringConnectionAlreadyExists",
            format!(
                "A VPC peering connection between the VPCs already exists: {}",
                same.id
            ),
        ));
    }
    let own = |it: &&std::rc::Rc<PeeringConnection>| {
        it.phase.is_alive() && it.sides(&requester.vpc).is_some()
    };
    if context.ec2().peerings.iter().filter(own).count() >= MOST {
        return Err(Fault::new(
            "VpcPeeringConnectionLimitExceeded",
            "The maximum number of VPC peering connections has been reached.",
        ));
    }
    let other = context
        .cloud
        .account(&owner)
        .and_then(|account| account.ec2(&there))
        .and_then(|ec2| ec2.vpcs.get(peer));
    if other.is_none() && owner == account && there == region {
        find(&context.ec2().vpcs, peer)?;
    }
    let accepter = match other {
        Some(vpc) => side_of(&owner, &there, vpc),
        None => PeeringSide {
            account: owner.clone(),
            region: there.clone(),
            vpc: Id::new(peer),
            blocks: Vec::new(),
            dns: false,
        },
    };
    let overlaps = accepter
        .blocks
        .iter()
        .any(|block| requester.blocks.iter().any(|own| own.overlaps(*block)));
    let fails = overlaps || other.is_none();
    let expires = now.after(WAITS_SECONDS);
    let phase = if fails {
        Phase {
            state: State::Failed,
            next: Some((now.after(FAILED_SECONDS), None)),
        }
    } else {
        Phase::until(State::AwaitsAcceptance, expires, State::Expired)
    };
    let elsewhere = (owner != account || there != region) && !fails;
    let (ec2, mint) = context.parts();
    let (id, born) = mint.id("pcx");
    let made = PeeringConnection {
        id: id.clone(),
        born,
        tags,
        requester,
        accepter,
        phase,
        message: None,
        expires,
    };
    ec2.peerings.insert(made.clone());
    if elsewhere && let Some(ec2) = context.cloud.ec2_mut(&owner, &there) {
        ec2.peerings.insert(PeeringConnection {
            tags: Tags::default(),
            ..made.clone()
        });
    }
    let mut answer = describe_one(&made);
    answer.put(
        vpc_peering_connection::STATUS,
        Doc::new()
            .with(
                vpc_peering_connection_state_reason::CODE,
                "initiating-request",
            )
            .with(
                vpc_peering_connection_state_reason::MESSAGE,
                format!("Initiating Request to {owner}"),
            ),
    );
    answer.put(vpc_peering_connection::EXPIRATION_TIME, expires);
    Ok(Doc::new().with(
        create_vpc_peering_connection_result::VPC_PEERING_CONNECTION,
        answer,
    ))
}

fn wrong_state(one: &PeeringConnection, to: &str) -> Fault {
    Fault::new(
        "InvalidStateTransition",
        format!(
            "Invalid state transition for {}, attempted to transition from {} to {to}",
            one.id,
            status(one).0
        ),
    )
}

/// The connection, if the caller may answer for the side that was asked.
fn asked(context: &Context<'_>, id: &str, verb: &str) -> Result<PeeringConnection, Fault> {
    let one = find(&context.ec2().peerings, id)?;
    let (account, region) = (context.account(), context.region.name);
    if one.accepter.account != account {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("User {account} cannot {verb} peering {id}"),
        ));
    }
    if one.accepter.region != region {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "Incorrect region ({region}) specified for this request. VPC peering connection {id} must be {verb}ed in region {}",
                one.accepter.region
            ),
        ));
    }
    Ok(PeeringConnection::clone(one))
}

/// `AcceptVpcPeeringConnection`, by the owner of the VPC that was asked, in its Region.
pub(crate) fn accept(
    context: &mut Context<'_>,
    request: View<'_, AcceptVpcPeeringConnectionRequest>,
) -> Result<Doc<AcceptVpcPeeringConnectionResult>, Fault> {
    let now = context.now();
    let id = request
        .get(accept_vpc_peering_connection::VPC_PEERING_CONNECTION_ID)
        .unwrap_or_default();
    let one = asked(context, id, "accept")?;
    if one.phase.state != State::AwaitsAcceptance {
        return Err(wrong_state(&one, "active"));
    }
    update(context, &one.id, |one| {
        one.phase = Phase::until(
            State::Pending,
            now.after(PROVISION_SECONDS),
            State::Available,
        );
    });
    let one = find(&context.ec2().peerings, id)?;
    Ok(Doc::new().with(
        accept_vpc_peering_connection_result::VPC_PEERING_CONNECTION,
        describe_one(one),
    ))
}

/// `RejectVpcPeeringConnection`, by the owner of the VPC that was asked.
pub(crate) fn reject(
    context: &mut Context<'_>,
    request: View<'_, RejectVpcPeeringConnectionRequest>,
) -> Result<Doc<RejectVpcPeeringConnectionResult>, Fault> {
    let now = context.now();
    let id = request
        .get(reject_vpc_peering_connection::VPC_PEERING_CONNECTION_ID)
        .unwrap_or_default();
    let one = asked(context, id, "reject")?;
    if one.phase.state != State::AwaitsAcceptance {
        return Err(wrong_state(&one, "rejected"));
    }
    update(context, &one.id, |one| {
        one.phase = gone(State::Rejected, now);
    });
    Ok(Doc::new().with(reject_vpc_peering_connection_result::RETURN, true))
}

/// A state that is shown for two hours, and then no more.
fn gone(state: State, now: crate::time::Time) -> Phase {
    Phase {
        state,
        next: Some((now.after(FAILED_SECONDS), None)),
    }
}

/// `DeleteVpcPeeringConnection`: an active one by either side, one that waits by who asked.
pub(crate) fn delete(
    context: &mut Context<'_>,
    request: View<'_, DeleteVpcPeeringConnectionRequest>,
) -> Result<Doc<DeleteVpcPeeringConnectionResult>, Fault> {
    let now = context.now();
    let id = request
        .get(delete_vpc_peering_connection::VPC_PEERING_CONNECTION_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().peerings, id)?.clone();
    let account = context.account().to_owned();
    match one.phase.state {
        State::Available | State::Pending | State::Modifying => {}
        State::AwaitsAcceptance if one.requester.account == account => {}
        State::Deleted => {
            return Ok(Doc::new().with(delete_vpc_peering_connection_result::RETURN, true));
        }
        _ => return Err(wrong_state(&one, "deleted")),
    }
    update(context, &one.id, |one| {
        one.phase = gone(State::Deleted, now);
        one.message = Some(format!("Deleted by {account}"));
    });
    Ok(Doc::new().with(delete_vpc_peering_connection_result::RETURN, true))
}

/// `ModifyVpcPeeringConnectionOptions`: each owner for its own side, in its Region.
/// <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html>
pub(crate) fn modify_options(
    context: &mut Context<'_>,
    request: View<'_, ModifyVpcPeeringConnectionOptionsRequest>,
) -> Result<Doc<ModifyVpcPeeringConnectionOptionsResult>, Fault> {
    use modify_vpc_peering_connection_options as input;
    let id = request
        .get(input::VPC_PEERING_CONNECTION_ID)
        .unwrap_or_default();
    let one = find(&context.ec2().peerings, id)?.clone();
    if one.phase.state != State::Available {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!(
                "Peering pcx {id} is not active. Peering options can be added only to active peerings."
            ),
        ));
    }
    let wanted = |field: Field<_, Struct<PeeringConnectionOptionsRequest>>| {
        request.get(field).and_then(|it| {
            it.get(peering_connection_options_request::ALLOW_DNS_RESOLUTION_FROM_REMOTE_VPC)
        })
    };
    let requester = wanted(input::REQUESTER_PEERING_CONNECTION_OPTIONS);
    let accepter = wanted(input::ACCEPTER_PEERING_CONNECTION_OPTIONS);
    if requester.is_none() && accepter.is_none() {
        return Err(Fault::missing("RequesterPeeringConnectionOptions"));
    }
    let here = (context.account().to_owned(), context.region.name);
    for (wish, side) in [(requester, &one.requester), (accepter, &one.accepter)] {
        if wish.is_some() && (side.account.as_str(), side.region.as_str()) != (&here.0, here.1) {
            return Err(Fault::new(
                "OperationNotPermitted",
                format!(
                    "User {} cannot modify the peering options of {} for the other side.",
                    here.0, one.id
                ),
            ));
        }
    }
    update(context, &one.id, |one| {
        for (wish, side) in [
            (requester, &mut one.requester),
            (accepter, &mut one.accepter),
        ] {
            side.dns = wish.unwrap_or(side.dns);
        }
    });
    let show = |on| {
        Doc::new()
            .with(
                peering_connection_options::ALLOW_DNS_RESOLUTION_FROM_REMOTE_VPC,
                on,
            )
            .with(
                peering_connection_options::ALLOW_EGRESS_FROM_LOCAL_CLASSIC_LINK_TO_REMOTE_VPC,
                false,
            )
            .with(
                peering_connection_options::ALLOW_EGRESS_FROM_LOCAL_VPC_TO_REMOTE_CLASSIC_LINK,
                false,
            )
    };
    use modify_vpc_peering_connection_options_result as output;
    Ok(Doc::new()
        .with_some(
            output::ACCEPTER_PEERING_CONNECTION_OPTIONS,
            accepter.map(show),
        )
        .with_some(
            output::REQUESTER_PEERING_CONNECTION_OPTIONS,
            requester.map(show),
        ))
}

/// `DescribeVpcPeeringConnections`
pub(crate) fn describe(
    context: &mut Context<'_>,
    request: View<'_, DescribeVpcPeeringConnectionsRequest>,
) -> Result<Doc<DescribeVpcPeeringConnectionsResult>, Fault> {
    let ec2: &Ec2 = context.ec2();
    let found = select(
        context,
        &ec2.peerings,
        request.items(describe_vpc_peering_connections::VPC_PEERING_CONNECTION_IDS),
        request.items(describe_vpc_peering_connections::FILTERS),
        FILTERS,
    )?;
    let list: Vec<_> = found.iter().map(|it| describe_one(it)).collect();
    Ok(Doc::new().with(
        describe_vpc_peering_connections_result::VPC_PEERING_CONNECTIONS,
        list,
    ))
}
