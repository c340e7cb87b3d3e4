//! A small harness for the tests of operations: calls by name with JSON parameters.

use crate::{Act, Call, Cloud, Credentials, Genesis, Value, Via, json};

#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) cloud: Cloud,
    pub(crate) credentials: Credentials,
    pub(crate) region: &'static str,
}

impl Lab {
    /// An account without default VPCs.
    pub(crate) fn empty() -> Self {
        Lab::new(false)
    }

    pub(crate) fn new(default_vpc: bool) -> Self {
        let cloud = Cloud::new(Genesis {
            seed: 7,
            default_vpc,
        });
        let credentials = root_of(&cloud, crate::ACCOUNT);
        Lab {
            cloud,
            credentials,
            region: "us-east-1",
        }
    }

    /// The same world as somebody else sees it.
    pub(crate) fn sign(&mut self, credentials: Credentials) {
        self.credentials = credentials;
    }

    /// From now on nothing is signed.
    pub(crate) fn anonymous(&mut self) {
        self.credentials = Credentials::default();
    }

    pub(crate) fn root(&mut self) {
        self.credentials = root_of(&self.cloud, crate::ACCOUNT);
    }

    /// Adds another account and gives the key of its root user.
    pub(crate) fn other_account(&mut self, id: &str) -> Credentials {
        let mut other = crate::Account::clone(self.cloud.account(crate::ACCOUNT).unwrap());
        other.id = id.to_owned();
        let mut mint = crate::cloud::Mint::new(1, 0, id);
        other.iam = crate::iam::Iam::new(&mut mint, crate::Time::EPOCH);
        other.s3 = crate::s3::S3::default();
        self.cloud.accounts.insert(id.to_owned(), other.into());
        root_of(&self.cloud, id)
    }

    /// Makes a user and gives an access key of it; the caller stays who it was.
    pub(crate) fn user(&mut self, name: &str) -> Credentials {
        let named = format!(r#"{{"UserName":"{name}"}}"#);
        self.call("CreateUser", &named).unwrap();
        let key = self.call("CreateAccessKey", &named).unwrap();
        Credentials {
            access_key_id: self.at(&key, "AccessKey.AccessKeyId"),
            secret_access_key: self.at(&key, "AccessKey.SecretAccessKey"),
        }
    }

    /// Calls an operation; `params` is JSON. Of a name that two services have, the first one's is
    /// meant, unless the service stands before it: `elbv2:DescribeTags`.
    pub(crate) fn call(&mut self, operation: &str, params: &str) -> Result<Value, String> {
        let (of, operation) = operation.split_once(':').unwrap_or(("", operation));
        let service = crate::api::services()
            .iter()
            .filter(|service| of.is_empty() || service.name == of)
            .find(|service| service.operation(operation).is_some())
            .unwrap_or_else(|| panic!("no service has {operation}"));
        let Ok(Value::Map(params)) = json::parse(params) else {
            panic!("no JSON object: {params}");
        };
        let act = Act::Call(Call {
            credentials: self.credentials.clone(),
            region: self.region.to_owned(),
            via: Via::default(),
            service: service.name.to_owned(),
            operation: operation.to_owned(),
            params,
        });
        self.cloud
            .apply(&act)
            .map(|answer| answer.value)
            .map_err(|fault| fault.to_string())
    }

    /// Calls an operation that must succeed, and gives what stands at `path`, e.g. `Vpc.VpcId`.
    pub(crate) fn make(&mut self, operation: &str, params: &str, path: &str) -> String {
        let value = self.call(operation, params).unwrap();
        self.at(&value, path)
    }

    pub(crate) fn at(&self, value: &Value, path: &str) -> String {
        let mut here = value;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            here = match step.parse::<usize>() {
                Ok(place) => &here.as_list().unwrap()[place],
                Err(_) => here
                    .get(step)
                    .unwrap_or_else(|| panic!("no {step} in {here:?}")),
            };
        }
        match here {
            Value::Str(text) => text.clone(),
            other => json::compact(other),
        }
    }

    /// Calls an operation that must be refused, and gives the code and text.
    pub(crate) fn refused(&mut self, operation: &str, params: &str) -> String {
        let before = self.cloud.clone();
        let fault = self.call(operation, params).unwrap_err();
        assert_eq!(before, self.cloud, "a refused call changed something");
        fault
    }

    /// Carries out everything that is due.
    pub(crate) fn settle(&mut self) {
        while let Some(due) = self.cloud.due().first().cloned() {
            let act = Act::Finish {
                due,
                inside: Vec::new(),
            };
            self.cloud.apply(&act).unwrap();
        }
    }
}

fn root_of(cloud: &Cloud, account: &str) -> Credentials {
    let key = &cloud.account(account).unwrap().iam.root_key;
    Credentials {
        access_key_id: key.id.clone(),
        secret_access_key: key.secret.clone(),
    }
}

/// A refusal: the operation, its parameters, what is said, and parameters that are taken.
pub(crate) type Refusal = (&'static str, &'static str, &'static str, &'static str);

/// Each of the calls is refused so and changes nothing, and its twin is taken.
pub(crate) fn check_refusals(start: &Lab, rows: &[Refusal]) {
    for (operation, params, expected, twin) in rows {
        let mut lab = start.clone();
        assert_eq!(
            lab.refused(operation, params),
            *expected,
            "{operation} {params}"
        );
        lab.call(operation, twin)
            .unwrap_or_else(|fault| panic!("{operation} {twin}: {fault}"));
    }
}

/// A lab in which `@name` in parameters and texts stands for an id that is kept under the name.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) lab: Lab,
    pub(crate) names: Vec<(String, String)>,
}

impl Named {
    pub(crate) fn new() -> Self {
        Named {
            lab: Lab::empty(),
            names: Vec::new(),
        }
    }

    /// Writes ids for `@names`, longer names first.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("@{name}"), id)
        })
    }

    /// The same backwards: names for ids.
    pub(crate) fn unfill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(id.as_str(), &format!("@{name}"))
        })
    }

    pub(crate) fn call(&mut self, operation: &str, params: &str) -> Value {
        let params = self.fill(params);
        self.lab
            .call(operation, &params)
            .unwrap_or_else(|fault| panic!("{operation} {params}: {fault}"))
    }

    /// Calls, and keeps what stands at `path` under the name.
    pub(crate) fn keep(&mut self, name: &str, operation: &str, params: &str, path: &str) {
        let value = self.call(operation, params);
        let id = self.lab.at(&value, path);
        self.names.push((name.to_owned(), id));
    }

    pub(crate) fn refused(&mut self, operation: &str, params: &str) -> String {
        let params = self.fill(params);
        let said = self.lab.refused(operation, &params);
        self.unfill(&said)
    }

    /// What stands at `path` of an answer, with names for ids.
    pub(crate) fn at(&mut self, operation: &str, params: &str, path: &str) -> String {
        let value = self.call(operation, params);
        let text = self.lab.at(&value, path);
        self.unfill(&text)
    }

    /// Each of the calls is refused so and changes nothing, and its twin is taken.
    pub(crate) fn check_refusals(&self, rows: &[Refusal]) {
        for (operation, params, expected, twin) in rows {
            let mut world = self.clone();
            let said = world.refused(operation, params);
            assert_eq!(said, *expected, "{operation} {params}");
            if !twin.is_empty() {
                world.call(operation, twin);
            }
        }
    }

    /// Does something outside of AWS.
    pub(crate) fn outside(&mut self, change: crate::on_premises::Change) {
        self.lab.cloud.apply(&Act::OnPremises(change)).unwrap();
    }
}

/// A document with these statements, as a JSON string.
pub(crate) fn document(statements: &str) -> String {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    json::compact(&Value::from(text))
}

#[test]
fn a_whole_network_stands_and_falls() {
    let mut lab = Lab::empty();
    let vpc = lab.make("CreateVpc", r#"{"CidrBlock":"10.0.0.5/16"}"#, "Vpc.VpcId");
    let subnet = lab.make(
        "CreateSubnet",
        &format!(r#"{{"VpcId":"{vpc}","CidrBlock":"10.0.1.0/24"}}"#),
        "Subnet.SubnetId",
    );
    let gateway = lab.make(
        "CreateInternetGateway",
        "{}",
        "InternetGateway.InternetGatewayId",
    );
    lab.call(
        "AttachInternetGateway",
        &format!(r#"{{"VpcId":"{vpc}","InternetGatewayId":"{gateway}"}}"#),
    )
    .unwrap();
    let image = crate::ec2::Image::words(crate::Region::find("us-east-1").unwrap())
        .next()
        .unwrap()
        .1;
    let run = lab
        .call(
            "RunInstances",
            &format!(
                r#"{{"ImageId":"{image}","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","NetworkInterfaces":[{{"DeviceIndex":0,"SubnetId":"{subnet}","AssociatePublicIpAddress":true}}]}}"#
            ),
        )
        .unwrap();
    assert_eq!(lab.at(&run, "Instances.0.State.Name"), "pending");
    assert_eq!(lab.at(&run, "Instances.0.PrivateIpAddress"), "10.0.1.4");
    lab.settle();
    let all = lab.call("DescribeInstances", "{}").unwrap();
    assert_eq!(
        lab.at(&all, "Reservations.0.Instances.0.State.Name"),
        "running"
    );
    for operation in [
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeInternetGateways",
        "DescribeAddresses",
        "DescribeNetworkAcls",
        "DescribeSecurityGroups",
        "DescribeSecurityGroupRules",
        "DescribeNetworkInterfaces",
        "DescribeInstanceStatus",
        "DescribeImages",
        "DescribeInstanceTypes",
        "DescribeKeyPairs",
        "DescribeTags",
        "DescribeRegions",
        "DescribeAvailabilityZones",
        "ListUsers",
        "GetCallerIdentity",
    ] {
        lab.call(operation, "{}")
            .unwrap_or_else(|fault| panic!("{operation}: {fault}"));
    }
    let instance = lab.at(&all, "Reservations.0.Instances.0.InstanceId");
    assert!(
        lab.refused("DeleteSubnet", &format!(r#"{{"SubnetId":"{subnet}"}}"#))
            .starts_with("DependencyViolation")
    );
    lab.call(
        "TerminateInstances",
        &format!(r#"{{"InstanceIds":["{instance}"]}}"#),
    )
    .unwrap();
    lab.settle();
    lab.call(
        "DetachInternetGateway",
        &format!(r#"{{"VpcId":"{vpc}","InternetGatewayId":"{gateway}"}}"#),
    )
    .unwrap();
    lab.call("DeleteSubnet", &format!(r#"{{"SubnetId":"{subnet}"}}"#))
        .unwrap();
    lab.call("DeleteVpc", &format!(r#"{{"VpcId":"{vpc}"}}"#))
        .unwrap();
    assert_eq!(
        lab.refused("DeleteVpc", &format!(r#"{{"VpcId":"{vpc}"}}"#)),
        format!("InvalidVpcID.NotFound: The vpc ID '{vpc}' does not exist")
    );
}
