//! The whole simulated AWS at one moment.

use crate::digest::Digest;
use crate::ec2::{self, Ec2};
use crate::iam::Iam;
use crate::id::{Born, Id};
use crate::later::Later;
use crate::on_premises::OnPremises;
use crate::region::{REGIONS, Region};
use crate::s3::{Bucket, S3};
use crate::time::Time;
use hopwise_machine::{Machine, Os};
use std::collections::BTreeMap;
use std::hash::Hash;
use std::rc::Rc;

/// The id of the machine that the student sits at.
pub const LAPTOP: &str = "laptop";
/// The laptop's public address. <https://datatracker.ietf.org/doc/html/rfc5737>
pub const LAPTOP_ADDRESS: std::net::Ipv4Addr = std::net::Ipv4Addr::new(203, 0, 113, 10);
/// A public address somewhere else in the internet, which lessons probe from.
pub const OUTSIDE_ADDRESS: std::net::Ipv4Addr = std::net::Ipv4Addr::new(198, 51, 100, 20);
/// The account that a new world has.
pub const ACCOUNT: &str = "123456789012";

/// How a world begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Genesis {
    /// What ids and generated secrets are made from.
    pub seed: u64,
    /// Does each Region have its default VPC?
    pub default_vpc: bool,
}

impl Default for Genesis {
    /// A fresh AWS account: default VPCs and nothing else.
    fn default() -> Self {
        Genesis {
            seed: 1,
            default_vpc: true,
        }
    }
}

/// An AWS account.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Account {
    /// The twelve digits.
    pub id: String,
    /// Its users, keys and policies.
    pub iam: Iam,
    /// Its buckets.
    pub s3: S3,
    pub(crate) regions: BTreeMap<&'static str, Rc<Ec2>>,
}

impl Account {
    /// What the account has in a Region.
    pub fn ec2(&self, region: &str) -> Option<&Ec2> {
        self.regions.get(region).map(Rc::as_ref)
    }

    /// The Regions with what the account has in them, by name.
    pub fn regions(&self) -> impl Iterator<Item = (&'static str, &Ec2)> {
        self.regions.iter().map(|(name, ec2)| (*name, ec2.as_ref()))
    }
}

/// The simulated AWS at one moment: every account, every resource, the inside of every machine.
///
/// A copy is cheap: both share all that neither changes.
///
/// **Invariant:** only [`Cloud::apply`] changes it. There is no clock and no randomness in it:
/// the same acts from the same [`Genesis`] give the same cloud, bit for bit, on every machine.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cloud {
    pub(crate) seed: u64,
    pub(crate) acts: u32,
    pub(crate) now: Time,
    pub(crate) accounts: BTreeMap<String, Rc<Account>>,
    pub(crate) machines: Rc<BTreeMap<Id, Rc<Machine>>>,
    pub(crate) on_premises: Later<1, Vec<OnPremises>>,
}

impl Cloud {
    /// A new cloud.
    pub fn new(genesis: Genesis) -> Self {
        Cloud::begin(genesis).0
    }

    /// A new cloud with the ids that it begins with.
    pub fn begin(genesis: Genesis) -> (Self, Vec<Minted>) {
        let mut mint = Mint::new(genesis.seed, 0, "genesis");
        let iam = Iam::new(&mut mint, Time::EPOCH);
        let regions = REGIONS
            .iter()
            .map(|region| {
                let mut ec2 = Ec2::default();
                if genesis.default_vpc {
                    ec2::vpc::make_default(&mut ec2, region, &mut mint);
                }
                (region.name, Rc::new(ec2))
            })
            .collect();
        let account = Account {
            id: ACCOUNT.to_owned(),
            iam,
            s3: S3::default(),
            regions,
        };
        let laptop = Machine::new("laptop", Os::Laptop);
        let cloud = Cloud {
            seed: genesis.seed,
            acts: 0,
            now: Time::EPOCH,
            accounts: BTreeMap::from([(account.id.clone(), Rc::new(account))]),
            machines: Rc::new(BTreeMap::from([(Id::new(LAPTOP), Rc::new(laptop))])),
            on_premises: Later::default(),
        };
        (cloud, mint.minted())
    }

    /// How many acts are in the log.
    pub fn acts(&self) -> u32 {
        self.acts
    }

    /// The simulated time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The account with these twelve digits.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id).map(Rc::as_ref)
    }

    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values().map(Rc::as_ref)
    }

    /// Every account's state in every Region.
    pub fn places(&self) -> impl Iterator<Item = (&Account, &'static Region, &Ec2)> {
        self.accounts().flat_map(|account| {
            account
                .regions()
                .filter_map(move |(name, ec2)| Some((account, Region::find(name)?, ec2)))
        })
    }

    /// The bucket of this name, of which there is one in all accounts together.
    pub fn bucket(&self, name: &str) -> Option<(&Account, &Bucket)> {
        self.accounts()
            .find_map(|account| Some((account, account.s3.bucket(name)?)))
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Option<&mut Bucket> {
        let owner = self.bucket(name)?.0.id.clone();
        let account = Rc::make_mut(self.accounts.get_mut(&owner)?);
        account.s3.bucket_mut(name)
    }

    /// The inside of a machine: an instance by its id, or [`LAPTOP`].
    pub fn machine(&self, id: &str) -> Option<&Machine> {
        self.machines.get(id).map(Rc::as_ref)
    }

    /// The networks outside of AWS, as they were made.
    pub fn on_premises(&self) -> &[OnPremises] {
        &self.on_premises
    }

    /// A digest of everything there is, the same natively and in WebAssembly.
    pub fn state_hash(&self) -> u64 {
        Digest::of(self)
    }

    pub(crate) fn ec2_mut(&mut self, account: &str, region: &str) -> Option<&mut Ec2> {
        let account = Rc::make_mut(self.accounts.get_mut(account)?);
        account.regions.get_mut(region).map(Rc::make_mut)
    }

    /// What an account has in a Region, to write to it what no call made: for worlds that a bench
    /// or a test generates. It holds none of the rules that calls hold.
    #[cfg(feature = "raw")]
    pub fn raw(&mut self, account: &str, region: &str) -> Option<&mut Ec2> {
        self.ec2_mut(account, region)
    }

    /// Adds an account that has nothing in any Region but the first one's users: likewise.
    #[cfg(feature = "raw")]
    pub fn raw_account(&mut self, id: &str) {
        let Some(first) = self.accounts().next() else {
            return;
        };
        let mut account = first.clone();
        id.clone_into(&mut account.id);
        for ec2 in account.regions.values_mut() {
            *ec2 = Rc::default();
        }
        self.accounts.insert(id.to_owned(), Rc::new(account));
    }

    pub(crate) fn machines_mut(&mut self) -> &mut BTreeMap<Id, Rc<Machine>> {
        Rc::make_mut(&mut self.machines)
    }
}

/// Makes the ids of one act: from the seed, the place of the act in the log, the request and
/// an ordinal, so that the same act after an undo gives the same ids.
#[derive(Clone, Debug)]
pub(crate) struct Mint {
    base: u64,
    act: u32,
    ordinal: u32,
    minted: Vec<Minted>,
}

/// An id or a secret that an act made: its ordinal among them, and the text. A log names both by
/// act and ordinal, so that it holds neither.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Minted {
    /// Which of the act's.
    pub ordinal: u32,
    /// The id, or the secret.
    pub id: String,
    /// Is it a secret: of an access key, or a line of a private key?
    pub secret: bool,
}

impl Mint {
    pub(crate) fn new(seed: u64, act: u32, request: &str) -> Self {
        Mint {
            base: Digest::of(&(seed, act, request)),
            act,
            ordinal: 0,
            minted: Vec::new(),
        }
    }

    /// The ids made so far.
    pub(crate) fn minted(self) -> Vec<Minted> {
        self.minted
    }

    /// 64 bits that nothing else of the act gets.
    pub(crate) fn bits(&mut self) -> u64 {
        self.born();
        Digest::of(&(self.base, self.ordinal))
    }

    /// The next place of birth.
    pub(crate) fn born(&mut self) -> Born {
        let born = Born {
            act: self.act,
            ordinal: self.ordinal,
        };
        self.ordinal += 1;
        born
    }

    /// An id as EC2 writes it: the prefix, a dash, `0` and 16 hexadecimal digits.
    pub(crate) fn id(&mut self, prefix: &str) -> (Id, Born) {
        let born = self.born();
        let bits = Digest::of(&(self.base, self.ordinal));
        let id = format!("{prefix}-0{bits:016x}");
        self.minted.push(Minted {
            ordinal: born.ordinal,
            id: id.clone(),
            secret: false,
        });
        (Id::new(&id), born)
    }

    /// An id as IAM writes it: the prefix and `length` capital letters and digits.
    pub(crate) fn unique(&mut self, prefix: &str, length: usize) -> String {
        let ordinal = self.ordinal;
        let letters = self.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length);
        let id = format!("{prefix}{letters}");
        self.minted.push(Minted {
            ordinal,
            id: id.clone(),
            secret: false,
        });
        id
    }

    /// `length` characters as in a secret access key.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        let ordinal = self.ordinal;
        let id = self.pick(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            length,
        );
        self.minted.push(Minted {
            ordinal,
            id: id.clone(),
            secret: true,
        });
        id
    }

    /// `length` letters, dots and underscores: a secret, as the key of a VPN tunnel.
    pub(crate) fn shared_key(&mut self, length: usize) -> String {
        let ordinal = self.ordinal;
        let id = self.pick(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.",
            length,
        );
        self.minted.push(Minted {
            ordinal,
            id: id.clone(),
            secret: true,
        });
        id
    }

    /// 16 hexadecimal digits, as stand at the end of the ARNs of load balancing.
    pub(crate) fn hex(&mut self) -> (String, Born) {
        let born = self.born();
        let id = format!("{:016x}", Digest::of(&(self.base, self.ordinal)));
        self.minted.push(Minted {
            ordinal: born.ordinal,
            id: id.clone(),
            secret: false,
        });
        (id, born)
    }

    /// A UUID, as Direct Connect gateways have for an id.
    pub(crate) fn uuid(&mut self) -> (Id, Born) {
        let born = self.born();
        let first = Digest::of(&(self.base, self.ordinal, "uuid"));
        let second = Digest::of(&(self.base, self.ordinal));
        let id = format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            first >> 32,
            first >> 16 & 0xffff,
            first & 0xfff,
            second >> 52,
            second & 0xffff_ffff_ffff
        );
        self.minted.push(Minted {
            ordinal: born.ordinal,
            id: id.clone(),
            secret: false,
        });
        (Id::new(&id), born)
    }

    /// An id as Direct Connect writes it: the prefix, a dash, and 8 letters and digits.
    pub(crate) fn short(&mut self, prefix: &str) -> (Id, Born) {
        let ordinal = self.ordinal;
        let act = self.act;
        let letters = self.pick(b"abcdefghijklmnopqrstuvwxyz0123456789", 8);
        let id = format!("{prefix}-{letters}");
        self.minted.push(Minted {
            ordinal,
            id: id.clone(),
            secret: false,
        });
        (Id::new(&id), Born { act, ordinal })
    }

    fn pick(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut bits = 0;
        (0..length)
            .filter_map(|place| {
                if place % 8 == 0 {
                    bits = self.bits();
                }
                let byte = (bits >> (place % 8 * 8)) as usize & 0xff;
                alphabet
                    .get(byte % alphabet.len())
                    .map(|byte| char::from(*byte))
            })
            .collect()
    }
}
