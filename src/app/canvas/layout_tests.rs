//! The map of real worlds: nothing overlaps, everything is inside of what holds it.

use super::layout::*;
use hopwise_world::{Genesis, Places, World};

fn world(default_vpc: bool, lines: &[&str]) -> World {
    let mut world = World::new(Genesis {
        seed: 7,
        default_vpc,
    });
    for line in lines {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
    }
    world
}

const TWO_TIER: &[&str] = &[
    "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
    "a=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --availability-zone us-east-1a --query Subnet.SubnetId --output text)",
    "b=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 --availability-zone us-east-1b --query Subnet.SubnetId --output text)",
    "c=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.3.0/24 --availability-zone us-east-1a --query Subnet.SubnetId --output text)",
    "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
    "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
    "rtb=$(aws ec2 create-route-table --vpc-id $vpc --query RouteTable.RouteTableId --output text)",
    "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
    "aws ec2 associate-route-table --route-table-id $rtb --subnet-id $a",
    "aws ec2 run-instances --image-id $al2023 --subnet-id $a --instance-type t3.micro --count 7",
    "aws ec2 run-instances --image-id $al2023 --subnet-id $b --instance-type t3.micro --count 2",
    "aws ec2 create-internet-gateway",
    "aws ec2 allocate-address --domain vpc",
];

fn overlap(a: Rect, b: Rect) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// A gateway stands on the edge, half outside.
fn straddles(item: &Item) -> bool {
    item.shape == Shape::Gateway
}

fn faults(scene: &Scene) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, item) in scene.items.iter().enumerate() {
        if let Some(parent) = item.parent.as_deref().and_then(|id| scene.find(id)) {
            let (inner, outer) = (item.rect, parent.rect);
            let inside = inner.x >= outer.x
                && inner.right() <= outer.right()
                && inner.bottom() <= outer.bottom()
                && (inner.y >= outer.y || straddles(item));
            if !inside {
                faults.push(format!("{} leaves {}", item.label, parent.label));
            }
        }
        for other in scene.items.iter().skip(place + 1) {
            if item.parent == other.parent && overlap(item.rect, other.rect) {
                faults.push(format!("{} lies on {}", item.label, other.label));
            }
        }
        let whole = Rect {
            x: 0,
            y: 0,
            w: scene.width,
            h: scene.height,
        };
        if item.rect.right() > whole.right() || item.rect.bottom() > whole.bottom() {
            faults.push(format!("{} leaves the map", item.label));
        }
    }
    faults
}

/// The boxes that a line crosses and does not begin, end or lie in.
fn crossed(scene: &Scene) -> Vec<String> {
    let mut crossed = Vec::new();
    for edge in &scene.edges {
        for pair in edge.points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            assert!(a.x == b.x || a.y == b.y, "{edge:?} is not orthogonal");
            let line = Rect {
                x: a.x.min(b.x),
                y: a.y.min(b.y),
                w: (a.x - b.x).abs().max(1),
                h: (a.y - b.y).abs().max(1),
            };
            for item in &scene.items {
                let solid = matches!(
                    item.shape,
                    Shape::Host
                        | Shape::RouteTable
                        | Shape::Group
                        | Shape::Acl
                        | Shape::Gateway
                        | Shape::PublicSubnet
                        | Shape::PrivateSubnet
                );
                let own = [&edge.from, &edge.to].contains(&&item.id);
                if solid && !own && overlap(line, item.rect) {
                    crossed.push(format!(
                        "{} > {} crosses {}",
                        edge.from, edge.to, item.label
                    ));
                }
            }
        }
    }
    crossed
}

#[test]
fn nothing_overlaps_and_everything_is_inside() {
    for scene in [
        layout(&world(false, &[]).picture(), &Places::new()),
        layout(&world(true, &[]).picture(), &Places::new()),
        layout(&world(false, TWO_TIER).picture(), &Places::new()),
        layout(&world(true, TWO_TIER).picture(), &Places::new()),
    ] {
        assert_eq!(faults(&scene), Vec::<String>::new());
        assert_eq!(crossed(&scene), Vec::<String>::new());
    }
}

#[test]
fn a_fault_would_be_seen() {
    let mut scene = layout(&world(false, TWO_TIER).picture(), &Places::new());
    let place = scene
        .items
        .iter()
        .position(|item| item.shape == Shape::Host)
        .unwrap();
    let mut item = (*scene.items[place]).clone();
    item.rect.x += 60;
    scene.items[place] = item.into();
    assert!(!faults(&scene).is_empty());
}

#[test]
fn the_same_world_has_the_same_map_and_what_is_there_stays() {
    let world_now = world(false, TWO_TIER);
    let scene = layout(&world_now.picture(), &Places::new());
    assert_eq!(
        scene,
        layout(&world(false, TWO_TIER).picture(), &Places::new())
    );
    let ids =
        |scene: &Scene| -> Vec<String> { scene.items.iter().map(|item| item.id.clone()).collect() };
    let mut more = world_now.clone();
    let output = more.run_line(
        World::TERMINAL,
        "aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.9.0/24 --availability-zone us-east-1a",
    );
    assert_eq!(output.exit, 0, "{}", output.stderr);
    let after = ids(&layout(&more.picture(), &Places::new()));
    let kept: Vec<String> = after
        .iter()
        .filter(|id| scene.find(id).is_some())
        .cloned()
        .collect();
    assert_eq!(kept, ids(&scene), "the order is stable");
    assert_eq!(after.len(), scene.items.len() + 1);
}

#[test]
fn what_changed_is_said() {
    let before = world(false, &TWO_TIER[..1]);
    let after = world(false, &TWO_TIER[..2]);
    let (before, after) = (
        layout(&before.picture(), &Places::new()),
        layout(&after.picture(), &Places::new()),
    );
    let said = news(&before, &after);
    assert!(said.starts_with("New on the map: Subnet subnet-"), "{said}");
    assert!(
        said.contains("private, 10.0.1.0/24, 0 inside, default"),
        "{said}"
    );
    assert!(said.contains("Changed: VPC"), "{said}");
    assert!(news(&after, &before).starts_with("Gone from the map: Subnet"));
    assert_eq!(news(&after, &after), "");
}

#[test]
fn what_a_vpc_is_born_with_is_drawn_whether_used_or_not() {
    let chips = |world: &World| {
        let scene = layout(&world.picture(), &Places::new());
        let chips = scene
            .items
            .iter()
            .filter(|item| matches!(item.shape, Shape::RouteTable | Shape::Group | Shape::Acl));
        let chips = chips.map(|item| format!("{} {}", item.label, item.born));
        let mut chips: Vec<String> = chips.collect();
        for chip in &mut chips {
            if let Some(at) = chip.find("-") {
                chip.replace_range(at..at + 18, "");
            }
        }
        chips
    };
    let bare = world(false, &TWO_TIER[..1]);
    assert_eq!(
        chips(&bare),
        [
            "Route table rtb, main, 1 route false",
            "Security group default, 1 inbound rule true",
            "Network ACL acl, default, 0 subnets true",
        ]
    );
    // An instance that uses the group, and one that uses another, change nothing.
    let used = world(
        false,
        &[
            &TWO_TIER[..2],
            &["aws ec2 run-instances --image-id $al2023 --subnet-id $a --instance-type t3.micro"],
        ]
        .concat(),
    );
    assert_eq!(chips(&used).len(), 3);
}

#[test]
fn each_subnet_says_which_network_acl_filters_it() {
    let filters = |lines: &[&str]| -> Vec<(String, bool)> {
        let scene = layout(&world(false, lines).picture(), &Places::new());
        let filters = scene.items.iter().filter_map(|item| item.filter.clone());
        filters.map(|it| (it.text, it.is_default)).collect()
    };
    assert_eq!(
        filters(&TWO_TIER[..3]),
        [
            ("ACL default".to_owned(), true),
            ("ACL default".to_owned(), true)
        ]
    );
    let own = [
        "acl=$(aws ec2 create-network-acl --vpc-id $vpc --tag-specifications 'ResourceType=network-acl,Tags=[{Key=Name,Value=strict-and-long-named}]' --query NetworkAcl.NetworkAclId --output text)",
        "old=$(aws ec2 describe-network-acls --filters Name=association.subnet-id,Values=$a --query 'NetworkAcls[0].Associations[?SubnetId==`'$a'`].NetworkAclAssociationId' --output text)",
        "aws ec2 replace-network-acl-association --association-id $old --network-acl-id $acl",
    ];
    assert_eq!(
        filters(&[&TWO_TIER[..3], &own].concat()),
        [
            ("ACL strict-and-long-…".to_owned(), false),
            ("ACL default".to_owned(), true)
        ]
    );
}

#[test]
fn a_host_says_everything() {
    let scene = layout(&world(false, TWO_TIER).picture(), &Places::new());
    let host = scene
        .items
        .iter()
        .find(|item| item.shape == Shape::Host)
        .unwrap();
    assert!(host.label.starts_with("Instance i-"), "{}", host.label);
    assert!(
        host.label
            .contains(", 10.0.1.4, no public address, running, in subnet subnet-")
    );
    assert!(scene.container(&host.id).unwrap().label.contains("public"));
    let outer: Vec<&str> = scene
        .children(None)
        .iter()
        .map(|item| item.title.as_str())
        .collect();
    assert_eq!(outer[..2], ["Your laptop", "Internet"]);
}

#[test]
fn what_one_moves_stays_moved_and_nothing_lies_on_it() {
    let world = world(false, TWO_TIER);
    let picture = world.picture();
    let vpc = &picture.vpcs[0];
    let subnet = &vpc.zones[0].subnets[0];
    let host = &subnet.hosts[2].node.id;
    let places: Places = [
        (vpc.node.id.clone(), (300, 200)),
        (subnet.node.id.clone(), (12, 400)),
        (host.clone(), (180, 52)),
        (vpc.route_tables[0].node.id.clone(), (500, 44)),
    ]
    .into();
    let scene = layout(&picture, &places);
    assert_eq!(faults(&scene), Vec::<String>::new());
    let at = |id: &str| scene.find(id).unwrap().rect;
    let (outer, inner) = (at(&subnet.node.id), at(host));
    assert_eq!((inner.x - outer.x, inner.y - outer.y), (180, 52));
    let region = scene.items.iter().find(|it| it.shape == Shape::Region);
    let (outer, inner) = (region.unwrap().rect, at(&vpc.node.id));
    assert_eq!((inner.x - outer.x, inner.y - outer.y), (300, 200));
}

#[test]
fn every_kind_of_gateway_and_endpoint_has_its_place_and_its_row() {
    let mut lines = TWO_TIER.to_vec();
    lines.extend([
        "eip=$(aws ec2 allocate-address --query AllocationId --output text)",
        "aws ec2 create-nat-gateway --subnet-id $a --allocation-id $eip",
        "aws ec2 create-egress-only-internet-gateway --vpc-id $vpc",
        "aws ec2 create-vpc-endpoint --vpc-id $vpc --service-name com.amazonaws.us-east-1.s3 --route-table-ids $rtb",
        "aws ec2 create-vpc-endpoint --vpc-id $vpc --vpc-endpoint-type Interface --service-name com.amazonaws.us-east-1.ssm --subnet-ids $b --no-private-dns-enabled",
        "other=$(aws ec2 create-vpc --cidr-block 10.1.0.0/16 --query Vpc.VpcId --output text)",
        "aws ec2 create-vpc-peering-connection --vpc-id $vpc --peer-vpc-id $other",
        "aws ec2 create-managed-prefix-list --prefix-list-name offices --max-entries 3 --address-family IPv4",
    ]);
    let world = world(false, &lines);
    let picture = world.picture();
    let scene = layout(&picture, &Places::new());
    assert_eq!(faults(&scene), Vec::<String>::new());
    let rows = crate::outline::rows::rows(&picture);
    for shape in [
        Shape::Device("natgateway"),
        Shape::Device("vpc-endpoint"),
        Shape::Other("vpc-endpoint"),
        Shape::Other("egress-only-internet-gateway"),
        Shape::Other("vpc-peering-connection"),
        Shape::Other("prefix-list"),
    ] {
        let item = scene.items.iter().find(|it| it.shape == shape);
        let item = item.unwrap_or_else(|| panic!("{shape:?} is not on the map"));
        assert!(!item.label.starts_with("Resource"), "{}", item.label);
        let of_it = rows.iter().filter(|row| row.id == item.id);
        assert_eq!(of_it.count(), 1, "{}", item.label);
        assert!(world.details(&item.id).is_some(), "{}", item.label);
    }
}
