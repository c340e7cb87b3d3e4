//! What a person has to wait for between calls. In the simulation time passes after each call, so
//! only what is printed says it.

use hopwise_cloud::{Act, Call, Value};

/// The waiters between calls that are carried out one after the other.
/// <https://docs.aws.amazon.com/cli/latest/reference/ec2/wait/>
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waits {
    terminated: Vec<String>,
    running: bool,
    detached: bool,
}

impl Waits {
    /// The `aws` command that waits until a call can be made, after those that were told before.
    pub fn before(&mut self, act: &Act) -> Option<String> {
        let Act::Call(call) = act else {
            return None;
        };
        if call.service != "ec2" {
            return None;
        }
        let verbs = ["Delete", "Detach", "Disassociate", "Release"];
        let clears = verbs.iter().any(|verb| call.operation.starts_with(verb));
        // Until they are gone, the interfaces of instances are in the way of what they use.
        if clears && !self.terminated.is_empty() {
            let ids = std::mem::take(&mut self.terminated).join(" ");
            let waits = format!("aws ec2 wait instance-terminated --instance-ids {ids}");
            self.after(call);
            return Some(waits);
        }
        let interface = text(call, "NetworkInterfaceId");
        let waits = match call.operation.as_str() {
            "DeleteNetworkInterface" | "AttachNetworkInterface" if self.detached => {
                self.detached = false;
                Some(format!(
                    "aws ec2 wait network-interface-available --network-interface-ids {interface}"
                ))
            }
            "AttachNetworkInterface" if self.running => {
                let instance = text(call, "InstanceId");
                Some(format!(
                    "aws ec2 wait instance-running --instance-ids {instance}"
                ))
            }
            _ => None,
        };
        self.after(call);
        waits
    }

    fn after(&mut self, call: &Call) {
        match call.operation.as_str() {
            "TerminateInstances" => {
                let ids = call.params.get("InstanceIds").and_then(Value::as_list);
                let ids = ids.unwrap_or_default().iter().filter_map(Value::as_str);
                self.terminated.extend(ids.map(str::to_owned));
            }
            "RunInstances" => self.running = true,
            "DetachNetworkInterface" => self.detached = true,
            _ => {}
        }
    }
}

fn text<'a>(call: &'a Call, name: &str) -> &'a str {
    let value = call.params.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}
