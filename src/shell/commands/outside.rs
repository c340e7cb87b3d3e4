//! `hopwise network`, `hopwise tunnel`, `hopwise bgp`: what is outside of AWS, and the lines there.

use super::Call;
use crate::shell::{Shell, Stop};
use hopwise_cloud::on_premises::Change;
use hopwise_cloud::{Act, Cloud, Id};
use std::net::Ipv4Addr;

/// How the commands are used.
pub(super) const USAGE: &str = "\
hopwise network add NAME --cidr BLOCK [BLOCK…] --address ADDRESS
       hopwise network host NAME HOST ADDRESS|--remove
       hopwise network announce|withdraw NAME BLOCK
       hopwise network plug|unplug NAME CONNECTION
       hopwise network remove NAME
       hopwise network list
       hopwise tunnel up|down VPN-CONNECTION [1|2]
       hopwise bgp up|down VIRTUAL-INTERFACE";

/// The words after `hopwise network`.
pub(crate) const VERBS: &[&str] = &[
    "add", "announce", "host", "list", "plug", "remove", "unplug", "withdraw",
];

/// Why words mean nothing: the usage, or a sentence.
enum Wrong {
    Usage,
    Said(String),
}

fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, Wrong> {
    text.parse()
        .map_err(|_| Wrong::Said(format!("{text} is not {what}")))
}

const BLOCK: &str = "a CIDR block such as 192.168.0.0/16";
const ADDRESS: &str = "an IPv4 address";

/// `NAME --cidr BLOCK… --address ADDRESS`, in any order.
fn add(words: &[&str]) -> Result<Change, Wrong> {
    let (mut name, mut address) = (None, None);
    let mut blocks = Vec::new();
    let mut option = "";
    for word in words {
        let (given, value) = match word.split_once('=') {
            Some((given, value)) if given.starts_with("--") => (given, Some(value)),
            _ => (*word, None),
        };
        if given.starts_with("--") {
            option = match given {
                "--cidr" | "--address" => given,
                other => return Err(Wrong::Said(format!("unknown option {other}"))),
            };
        }
        let value = match (given.starts_with("--"), value) {
            (true, None) => continue,
            (true, Some(value)) => value,
            (false, _) => word,
        };
        match option {
            "--cidr" => blocks.push(parsed(value, BLOCK)?),
            "--address" if address.is_none() => {
                address = Some(parsed::<Ipv4Addr>(value, ADDRESS)?);
                option = "";
            }
            _ if name.is_none() => name = Some(value.to_owned()),
            _ => return Err(Wrong::Usage),
        }
    }
    Ok(Change::Add {
        name: name.ok_or(Wrong::Usage)?,
        address: address.ok_or(Wrong::Usage)?,
        blocks,
    })
}

/// What the words after `hopwise` mean.
fn meaning(words: &[&str]) -> Result<Vec<Change>, Wrong> {
    let one = match words {
        ["network", "add", rest @ ..] => add(rest)?,
        ["network", "remove", name] => Change::Remove {
            name: (*name).to_owned(),
        },
        ["network", "host", name, host, at] => Change::Host {
            name: (*name).to_owned(),
            host: (*host).to_owned(),
            address: match *at {
                "--remove" => None,
                text => Some(parsed(text, ADDRESS)?),
            },
        },
        ["network", verb @ ("announce" | "withdraw"), name, block] => Change::Announce {
            name: (*name).to_owned(),
            block: parsed(block, BLOCK)?,
            on: *verb == "announce",
        },
        ["network", verb @ ("plug" | "unplug"), name, connection] => Change::Plug {
            name: (*name).to_owned(),
            connection: Id::new(connection),
            on: *verb == "plug",
        },
        ["tunnel", state @ ("up" | "down"), connection, which @ ..] => {
            let tunnels = match which {
                [] => vec![0, 1],
                ["1"] => vec![0],
                ["2"] => vec![1],
                _ => return Err(Wrong::Usage),
            };
            let change = |tunnel| Change::Tunnel {
                connection: Id::new(connection),
                tunnel,
                up: *state == "up",
            };
            return Ok(tunnels.into_iter().map(change).collect());
        }
        ["bgp", state @ ("up" | "down"), interface] => Change::Interface {
            interface: Id::new(interface),
            up: *state == "up",
        },
        _ => return Err(Wrong::Usage),
    };
    Ok(vec![one])
}

/// The networks outside of AWS, one a line.
fn list(cloud: &Cloud) -> String {
    let mut text = String::new();
    for network in cloud.on_premises() {
        let join = |list: Vec<String>| list.join(", ");
        text.push_str(&format!(
            "{}  router {}  {}\n",
            network.name,
            network.address,
            join(network.blocks.iter().map(ToString::to_string).collect())
        ));
        if network.announced != network.blocks {
            let all = network.announced.iter().map(ToString::to_string).collect();
            text.push_str(&format!("  announces {}\n", join(all)));
        }
        for (host, address) in &network.hosts {
            text.push_str(&format!("  host {host} {address}\n"));
        }
        for connection in &network.connections {
            text.push_str(&format!("  plugged into {connection}\n"));
        }
        for route in cloud.routes_of_network(network) {
            use hopwise_cloud::on_premises::Over;
            let over = match &route.over {
                Over::DirectConnect(interface) => interface.to_string(),
                Over::Vpn(connection, tunnel) => format!("{connection} tunnel {}", tunnel + 1),
            };
            text.push_str(&format!("  knows {} over {over}\n", route.destination));
        }
    }
    if text.is_empty() {
        text.push_str("There is no network outside of AWS: hopwise network add makes one.\n");
    }
    text
}

/// `hopwise network …`, `hopwise tunnel …`, `hopwise bgp …`.
pub(super) fn outside(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    if let ["network", "list"] = words.as_slice() {
        let text = list(shell.host().cloud());
        shell.say(call.io, &text)?;
        return Ok(0);
    }
    let changes = match meaning(&words) {
        Ok(changes) => changes,
        Err(Wrong::Usage) => {
            shell.complain(call.io, &format!("usage: {USAGE}"))?;
            return Ok(2);
        }
        Err(Wrong::Said(said)) => {
            shell.complain(call.io, &format!("hopwise: {said}"))?;
            return Ok(2);
        }
    };
    for change in changes {
        if let Err(fault) = shell.host().apply(Act::OnPremises(change)) {
            shell.complain(call.io, &format!("hopwise: {}", fault.message))?;
            return Ok(1);
        }
    }
    shell.host().settle();
    Ok(0)
}

#[cfg(test)]
mod tests {
    use crate::testing::World;
    use crate::{Terminal, complete, run};
    use expect_test::expect;

    #[test]
    fn an_office_is_made_and_its_lines_fail_and_come_back() {
        let mut world = World::new();
        let mut session = world.signed_in();
        let mut said = String::new();
        for line in [
            "hopwise network list",
            "hopwise network add office --cidr 192.168.0.0/16 10.9.0.0/24 --address 203.0.113.50",
            "hopwise network add office --cidr=192.168.0.0/16 --address=203.0.113.50",
            "hopwise network add lab --cidr 192.168.0 --address 203.0.113.51",
            "hopwise network add lab --color red",
            "hopwise network host office pc 192.168.1.10",
            "hopwise network announce office 0.0.0.0/0",
            "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text); \
             vgw=$(aws ec2 create-vpn-gateway --type ipsec.1 --query VpnGateway.VpnGatewayId --output text); \
             cgw=$(aws ec2 create-customer-gateway --type ipsec.1 --ip-address 203.0.113.50 --bgp-asn 65010 --query CustomerGateway.CustomerGatewayId --output text); \
             aws ec2 attach-vpn-gateway --vpc-id $vpc --vpn-gateway-id $vgw > a; \
             vpn=$(aws ec2 create-vpn-connection --type ipsec.1 --customer-gateway-id $cgw --vpn-gateway-id $vgw --query VpnConnection.VpnConnectionId --output text); sleep 600",
            "aws ec2 describe-vpn-connections --query 'VpnConnections[].VgwTelemetry[].Status' --output text",
            "hopwise tunnel down $vpn 1",
            "aws ec2 describe-vpn-connections --query 'VpnConnections[].VgwTelemetry[].Status' --output text",
            "hopwise network list",
            "hopwise tunnel down $vpn 3",
            "hopwise bgp down dxvif-1",
            "hopwise network remove office; hopwise network list",
        ] {
            let output = run(line, &mut session, &mut world, &Terminal::default());
            let shown = line.split(" --query Vpc.VpcId").next().unwrap();
            said.push_str(&format!("$ {shown}\n"));
            for (_, text) in output.pieces {
                said.push_str(&text);
            }
        }
        let connection = session.frames[0].get("vpn").unwrap().to_owned();
        expect![[r#"
            $ hopwise network list
            There is no network outside of AWS: hopwise network add makes one.
            $ hopwise network add office --cidr 192.168.0.0/16 10.9.0.0/24 --address 203.0.113.50
            $ hopwise network add office --cidr=192.168.0.0/16 --address=203.0.113.50
            hopwise: there is a network office already
            $ hopwise network add lab --cidr 192.168.0 --address 203.0.113.51
            hopwise: 192.168.0 is not a CIDR block such as 192.168.0.0/16
            $ hopwise network add lab --color red
            hopwise: unknown option --color
            $ hopwise network host office pc 192.168.1.10
            $ hopwise network announce office 0.0.0.0/0
            $ vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16
            $ aws ec2 describe-vpn-connections --query 'VpnConnections[].VgwTelemetry[].Status' --output text
            UP	UP
            $ hopwise tunnel down $vpn 1
            $ aws ec2 describe-vpn-connections --query 'VpnConnections[].VgwTelemetry[].Status' --output text
            DOWN	UP
            $ hopwise network list
            office  router 203.0.113.50  192.168.0.0/16, 10.9.0.0/24
              announces 192.168.0.0/16, 10.9.0.0/24, 0.0.0.0/0
              host pc 192.168.1.10
              knows 10.0.0.0/16 over vpn-… tunnel 2
            $ hopwise tunnel down $vpn 3
            usage: hopwise network add NAME --cidr BLOCK [BLOCK…] --address ADDRESS
                   hopwise network host NAME HOST ADDRESS|--remove
                   hopwise network announce|withdraw NAME BLOCK
                   hopwise network plug|unplug NAME CONNECTION
                   hopwise network remove NAME
                   hopwise network list
                   hopwise tunnel up|down VPN-CONNECTION [1|2]
                   hopwise bgp up|down VIRTUAL-INTERFACE
            $ hopwise bgp down dxvif-1
            hopwise: there is no virtual interface dxvif-1
            $ hopwise network remove office; hopwise network list
            There is no network outside of AWS: hopwise network add makes one.
        "#]].assert_eq(&said.replace(&connection, "vpn-…"));
    }

    #[test]
    fn completion_knows_the_networks() {
        let mut world = World::new();
        let mut session = world.signed_in();
        let office = "hopwise network add office --cidr 192.168.0.0/16 --address 203.0.113.50";
        let dx = "aws directconnect create-connection --location EqDC2 --bandwidth 1Gbps --connection-name main > a";
        for line in [office, dx] {
            let output = run(line, &mut session, &mut world, &Terminal::default());
            assert_eq!(output.exit, 0, "{}", output.stderr);
        }
        let mut said = String::new();
        for line in [
            "hopwise network ",
            "hopwise network add x --",
            "hopwise network remove ",
            "hopwise network plug office ",
            "hopwise network withdraw office ",
            "hopwise tunnel ",
            "hopwise tunnel down x ",
            "aws directconnect delete-connection --connection-id ",
            "aws directconnect create-connection --location Eq",
        ] {
            let found = complete(&world.cloud, &session, line, line.len());
            let texts: Vec<&str> = found.candidates.iter().map(|it| it.text.as_str()).collect();
            said.push_str(&format!("{line}[{}]\n", texts.join(" ")));
        }
        let all = world
            .cloud
            .places()
            .find(|(_, region, _)| region.name == "us-east-1");
        let id = all.unwrap().2.direct_connect.connections.by_birth()[0]
            .id
            .clone();
        expect![[r#"
            hopwise network [add announce host list plug remove unplug withdraw]
            hopwise network add x --[--address --cidr]
            hopwise network remove [office]
            hopwise network plug office [dxcon-…]
            hopwise network withdraw office [192.168.0.0/16]
            hopwise tunnel [down up]
            hopwise tunnel down x [1 2]
            aws directconnect delete-connection --connection-id [dxcon-…]
            aws directconnect create-connection --location Eq[EqDC2]
        "#]]
        .assert_eq(&said.replace(id.as_str(), "dxcon-…"));
    }
}
