//! What a gesture prints, run in the terminal of a fresh world, makes the same world.

#[cfg(test)]
mod gestures {
    use hopwise_cloud::LAPTOP;
    use hopwise_plan::{Draft, Intent, Kind, Place, Power, RuleTable, Values};
    use hopwise_world::{Genesis, Places, World};

    struct Hand {
        world: World,
        printed: Vec<String>,
    }

    impl Hand {
        fn new() -> Self {
            Hand {
                world: fresh(),
                printed: Vec::new(),
            }
        }

        /// Carries an intent out; gives the first thing it made.
        fn go(&mut self, intent: Intent) -> String {
            let plan = self
                .world
                .plan(&intent)
                .unwrap_or_else(|it| panic!("{intent:?}: {it:?}"));
            self.world.carry_out(&plan).unwrap();
            self.printed.extend(plan.commands);
            plan.made.first().cloned().unwrap_or_default()
        }

        fn make(&mut self, kind: Kind, on: &str, values: &[(&str, &str)]) -> String {
            self.go(Intent::Create {
                kind,
                place: Place::on(on),
                values: pairs(values),
            })
        }

        fn join(&mut self, from: &str, to: &str, values: &[(&str, &str)]) {
            self.go(Intent::Join {
                from: from.to_owned(),
                to: to.to_owned(),
                values: pairs(values),
            });
        }
    }

    fn fresh() -> World {
        World::new(Genesis {
            seed: 11,
            default_vpc: false,
        })
    }

    fn pairs(values: &[(&str, &str)]) -> Values {
        values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn draft(cells: &[&str]) -> Draft {
        Draft {
            key: None,
            cells: cells.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    /// One gesture of every kind, and what it comes to typed.
    #[test]
    fn printed_commands_make_the_same_world() {
        let mut hand = Hand::new();
        let vpc = hand.make(Kind::Vpc, "", &[("name", "the shop's")]);
        let front = hand.make(
            Kind::Subnet,
            &vpc,
            &[("name", "front"), ("zone", "us-east-1b")],
        );
        let back = hand.make(Kind::Subnet, &vpc, &[]);
        let gateway = hand.make(Kind::InternetGateway, &vpc, &[("name", "door")]);
        let table = hand.make(Kind::RouteTable, &front, &[]);
        hand.join(&table, &gateway, &[]);
        let acl = hand.make(Kind::NetworkAcl, &back, &[]);
        let group = hand.make(
            Kind::SecurityGroup,
            &vpc,
            &[("group-name", "web"), ("description", "the page, for all")],
        );
        let web = hand.make(
            Kind::Instance,
            &front,
            &[
                ("name", "web"),
                ("groups", &group),
                ("public", "yes"),
                ("user-data", "#!/bin/bash\necho 'hello' > /tmp/it\n"),
            ],
        );
        let app = hand.make(Kind::Instance, &back, &[("name", "app")]);
        hand.join("internet", &group, &[("ports", "80")]);
        hand.join(LAPTOP, &web, &[("ports", "22")]);
        hand.join(&web, &app, &[("protocol", "icmp")]);
        let address = hand.make(Kind::ElasticIp, "", &[]);
        hand.join(&address, &app, &[]);
        let interface = hand.make(Kind::NetworkInterface, &back, &[("address", "10.0.1.77")]);
        hand.join(&interface, &app, &[]);
        hand.go(Intent::Rules {
            id: acl.clone(),
            table: RuleTable::Inbound,
            rows: vec![
                draft(&["100", "allow", "tcp", "80", "0.0.0.0/0"]),
                draft(&["110", "deny", "icmp", "8", "198.51.100.0/24"]),
                draft(&["120", "allow", "all", "all", "10.0.0.0/16"]),
            ],
        });
        hand.go(Intent::Rules {
            id: group.clone(),
            table: RuleTable::Outbound,
            rows: vec![
                draft(&["tcp", "443", "0.0.0.0/0", "updates, only"]),
                draft(&["udp", "53", "10.0.0.2/32", ""]),
            ],
        });
        hand.go(Intent::Change {
            id: front.clone(),
            values: pairs(&[("public-ip", "yes"), ("name", "")]),
        });
        hand.go(Intent::Change {
            id: vpc.clone(),
            values: pairs(&[("dns-hostnames", "yes"), ("name", "a, b")]),
        });
        hand.go(Intent::Power {
            ids: vec![app.clone()],
            power: Power::Stop,
        });
        hand.go(Intent::Change {
            id: app.clone(),
            values: pairs(&[("type", "t3.small"), ("user-data", "#!/bin/sh\ntrue\n")]),
        });
        hand.go(Intent::Power {
            ids: vec![app],
            power: Power::Start,
        });
        hand.go(Intent::Copy {
            ids: vec![web.clone()],
            into: Some(back.clone()),
        });
        hand.go(Intent::Copy {
            ids: vec![front],
            into: None,
        });
        let copied = hand.go(Intent::Copy {
            ids: vec![vpc],
            into: None,
        });
        hand.go(Intent::Delete { ids: vec![acl] });
        hand.go(Intent::Delete { ids: vec![back] });
        hand.go(Intent::Delete { ids: vec![copied] });
        // What only a person has to wait for is printed, and changes nothing.
        for waited in ["instance-running", "instance-terminated"] {
            let line = format!("aws ec2 wait {waited} ");
            assert!(
                hand.printed.iter().any(|it| it.starts_with(&line)),
                "{line}"
            );
        }

        let mut typed = fresh();
        for line in &hand.printed {
            let output = typed.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
        }
        assert_eq!(
            typed.cloud().state_hash(),
            hand.world.cloud().state_hash(),
            "{}",
            hand.printed.join("\n")
        );
    }

    /// The same for who may do what; the secrets of keys are the world's own.
    #[test]
    fn printed_commands_of_access_make_the_same_world() {
        let mut hand = Hand::new();
        let change = |id: &str, values: &[(&str, &str)]| Intent::Change {
            id: id.to_owned(),
            values: pairs(values),
        };
        let bucket = hand.make(Kind::Bucket, "", &[("name", "reports-4711")]);
        let far = hand.make(
            Kind::Bucket,
            "",
            &[("name", "far"), ("region", "eu-west-1")],
        );
        let text = "it's 100 %s\n\\n $HOME `x`\n\n";
        let object = hand.make(
            Kind::Object,
            &bucket,
            &[("name", "a b/it's.txt"), ("content", text)],
        );
        hand.make(Kind::Object, &bucket, &[("name", "empty"), ("content", "")]);
        hand.make(
            Kind::Object,
            &bucket,
            &[("name", "-dash"), ("content", "-n")],
        );
        hand.make(Kind::Object, &bucket, &[]);
        hand.go(change(&bucket, &[("versioning", "Enabled")]));
        hand.go(change(&object, &[("content", "second")]));
        hand.go(change(
            &object,
            &[("content", "third\n"), ("type", "text/csv")],
        ));
        hand.go(change(&object, &[("version", "null")]));
        for id in [&bucket, &object] {
            hand.go(Intent::Rules {
                id: id.clone(),
                table: RuleTable::Tags,
                rows: vec![draft(&["k", "v, w"]), draft(&["Name", "x"])],
            });
        }
        hand.go(change(&object, &[("content", "fourth")]));
        let ana = hand.make(Kind::User, "", &[("name", "ana")]);
        let devs = hand.make(Kind::UserGroup, &ana, &[("name", "devs")]);
        let eve = hand.make(Kind::User, &devs, &[("name", "eve")]);
        let read = hand.make(Kind::Policy, &devs, &[("name", "read")]);
        let inline = hand.make(Kind::InlinePolicy, &ana, &[("name", "own")]);
        hand.make(Kind::InlinePolicy, &devs, &[("name", "own")]);
        let first = hand.make(Kind::AccessKey, &ana, &[]);
        let second = hand.make(Kind::AccessKey, &ana, &[]);
        hand.make(Kind::AccessKey, &eve, &[]);
        hand.go(change(&first, &[("active", "no")]));
        hand.go(Intent::Delete { ids: vec![second] });
        hand.join(&read, &eve, &[]);
        hand.join(&eve, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", &[]);
        let document = |action: &str| {
            format!(
                "{{\n\t\"Version\": \"2012-10-17\",\n\t\"Statement\": {{ \"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"*\" }}\n}}\n"
            )
        };
        hand.go(change(&read, &[("document", &document("s3:GetObject"))]));
        hand.go(change(&read, &[("document", &document("s3:PutObject"))]));
        hand.go(change(&read, &[("version", "v1"), ("versions", "v1,v3")]));
        hand.go(change(&inline, &[("document", &document("s3:*"))]));
        hand.go(change(
            &bucket,
            &[
                ("block-policy", "no"),
                ("restrict", "no"),
                ("policy", r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports-4711/*"}}"#),
            ],
        ));
        for (id, into) in [(&object, &far), (&object, &bucket), (&inline, &devs)] {
            hand.go(Intent::Copy {
                ids: vec![id.clone()],
                into: Some(into.clone()),
            });
        }
        hand.go(Intent::Copy {
            ids: vec![devs, read.clone()],
            into: None,
        });
        hand.go(Intent::Delete { ids: vec![object] });
        let typed = |hand: &Hand| {
            let mut typed = fresh();
            for line in &hand.printed {
                let output = typed.run_line(World::TERMINAL, line);
                assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
            }
            let lines = hand.printed.join("\n");
            assert_eq!(
                typed.cloud().state_hash(),
                hand.world.cloud().state_hash(),
                "{lines}"
            );
        };
        typed(&hand);
        hand.go(Intent::Delete {
            ids: vec![bucket, far, read, ana, eve],
        });
        typed(&hand);
        let (loaded, stopped) = World::load(&hand.world.save()).unwrap();
        assert_eq!(stopped, None);
        assert_eq!(loaded.state_hash(), hand.world.state_hash());
    }

    #[test]
    fn what_one_moves_stays_moved_and_is_undone() {
        let mut hand = Hand::new();
        let vpc = hand.make(Kind::Vpc, "", &[]);
        let hash = hand.world.state_hash();
        let places: Places = [(vpc.clone(), (40, -10))].into();
        hand.world.place("Move", &places);
        assert_eq!(
            hand.world.state_hash(),
            hash,
            "where a thing stands is not its state"
        );
        hand.make(Kind::Subnet, &vpc, &[]);
        assert_eq!(hand.world.places().get(&vpc), Some(&(40, -10)));
        let (saved, stopped) = World::load(&hand.world.save()).unwrap();
        assert_eq!(stopped, None);
        assert_eq!(saved.places(), hand.world.places());
        assert_eq!(saved.state_hash(), hand.world.state_hash());
        hand.world.undo();
        hand.world.undo();
        assert!(hand.world.places().is_empty());
        hand.world.redo();
        hand.world.tidy("Tidy");
        assert!(hand.world.places().is_empty());
        hand.world.undo();
        assert_eq!(hand.world.places().get(&vpc), Some(&(40, -10)));
    }

    #[test]
    fn a_gesture_is_signed_by_whoever_the_laptop_is() {
        let mut hand = Hand::new();
        for line in [
            "aws iam create-user --user-name ana",
            "key=$(aws iam create-access-key --user-name ana --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)",
            "export AWS_ACCESS_KEY_ID=$(echo $key | cut -d' ' -f1) AWS_SECRET_ACCESS_KEY=$(echo $key | cut -d' ' -f2)",
        ] {
            let output = hand.world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
        }
        let wish = Intent::Create {
            kind: Kind::Vpc,
            place: Place::default(),
            values: Values::new(),
        };
        let refusal = hand.world.plan(&wish).unwrap_err();
        assert_eq!(refusal.code.as_deref(), Some("UnauthorizedOperation"));
        // Without keys nothing is signed at all.
        hand.world.forget_credentials(World::TERMINAL);
        let refusal = hand.world.plan(&wish).unwrap_err();
        assert!(
            refusal.code.is_none() && refusal.text.contains("region"),
            "{refusal:?}"
        );
    }
}
