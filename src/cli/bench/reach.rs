//! How long it takes to say who reaches whom.

use super::generate::{Dice, Generated, Size, generate};
use super::{Figure, SEED, measure};
use hopwise_cloud::ACCOUNT;
use hopwise_net::PortRange;
use hopwise_reach::{Network, Place, Question, Space};
use std::hint::black_box;

const SMALL: Size = Size {
    interfaces: 1_000,
    groups: 60,
    rules: 8,
    subnets: 24,
    acls: 6,
    tiered: false,
};

const TIERED: Size = Size {
    interfaces: 10_000,
    groups: 60,
    rules: 8,
    subnets: 60,
    acls: 10,
    tiered: true,
};

const ADVERSARIAL: Size = Size {
    interfaces: 10_000,
    groups: 500,
    rules: 8,
    subnets: 200,
    acls: 200,
    tiered: false,
};

/// A word for each size: everything that is said of a world.
type Words = [&'static str; 3];

/// Every figure.
pub fn figures() -> Vec<Figure> {
    let mut all = Vec::new();
    let sizes: [(Size, Words); 3] = [
        (
            SMALL,
            [
                "compile 1,000 interfaces, 60 groups, 24 subnets",
                "who reaches one of 1,000",
                "what one of 1,000 reaches",
            ],
        ),
        (
            TIERED,
            [
                "compile 10,000 interfaces in tiers",
                "who reaches one of 10,000 in tiers",
                "what one of 10,000 in tiers reaches",
            ],
        ),
        (
            ADVERSARIAL,
            [
                "compile 10,000, 500 groups of 8 rules, 200 ACLs",
                "who reaches one of 10,000, adversarial",
                "what one of 10,000, adversarial, reaches",
            ],
        ),
    ];
    for (size, words) in sizes {
        if let Some(world) = generate(SEED, size) {
            all.extend(reaching(&world, words));
        }
    }
    if let Some(world) = generate(SEED, SMALL) {
        all.extend(pairs(&world));
    }
    if let Some(world) = generate(SEED, TIERED) {
        all.extend(tiers(world));
    }
    all
}

fn reaching(world: &Generated, [compile, into, out]: Words) -> Vec<Figure> {
    let mut space = Space::of(&world.cloud);
    let mut dice = Dice(SEED);
    let mut any = || world.interfaces.get(dice.below(world.interfaces.len()));
    let built = measure(compile, 10, || {
        black_box(Network::of(&world.cloud));
    });
    let reaching = measure(into, 500, || {
        let found = any().and_then(|it| space.reaching(it));
        assert!(found.is_some_and(|all| !all.is_empty()));
    });
    let reached = measure(out, 500, || {
        let found = any().and_then(|it| space.reached_from(it));
        assert!(found.is_some_and(|all| !all.is_empty()));
    });
    vec![built, reaching, reached]
}

fn pairs(world: &Generated) -> Vec<Figure> {
    let mut space = Space::of(&world.cloud);
    let all = measure("all pairs of 1,000", 10, || {
        let (mut pairs, mut some) = (0, 0);
        space.pairs(|_, _, verdict| {
            pairs += 1;
            some += usize::from(!verdict.works.is_none());
        });
        assert!(pairs == 999_000 && some > 0 && some < pairs);
    });
    vec![all]
}

fn tiers(mut world: Generated) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut space = Space::of(&world.cloud);
    figures.push(measure("class matrix of 10,000 in tiers", 10, || {
        assert!(!space.matrix().classes.is_empty());
    }));
    let network = Network::of(&world.cloud);
    let mut dice = Dice(SEED);
    let mut question = || {
        let mut any = || {
            let found = world.interfaces.get(dice.below(world.interfaces.len()));
            found.cloned().map_or(Place::Internet, Place::Interface)
        };
        Question::tcp(any(), any(), 443)
    };
    figures.push(measure("one walk, network kept", 2_000, || {
        assert!(network.walk(&question()).is_ok());
    }));
    let target = world.interfaces.first().cloned();
    if let Some(target) = &target {
        figures.push(measure("all of the internet into one", 500, || {
            assert!(space.outside(target, false).is_some());
        }));
    }
    let mut port = 0;
    figures.push(measure("edit a rule, then who reaches one", 100, || {
        port = port % 60_000 + 1;
        let group = world.groups.get(usize::from(port) % 57).cloned();
        let ec2 = world.cloud.raw(ACCOUNT, "us-east-1");
        let rules = ec2.zip(group).and_then(|(ec2, group)| {
            let group = ec2.security_groups.get_mut(group.as_str())?;
            group.rules.first_mut()
        });
        if let Some(rule) = rules {
            let ports = PortRange::only(port);
            (rule.from, rule.to) = (Some(ports.first.into()), Some(ports.last.into()));
        }
        space.update(&world.cloud);
        let found = target.as_ref().and_then(|it| space.reaching(it));
        assert!(found.is_some());
    }));
    figures
}
