//! What the shell needs of the world, and implements nowhere.

use hopwise_cloud::{Cloud, Time, Value};
use hopwise_machine::{Act, Machine, MachineError};

/// The access key that a call is signed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// The session token, of temporary credentials.
    pub token: Option<String>,
}

/// One call of an AWS API, its parameters checked against their shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Who calls; none for an unsigned call.
    pub credentials: Option<Credentials>,
    /// The machine the call leaves from.
    pub machine: String,
    /// The Region it goes to.
    pub region: String,
    /// The service, e.g. `ec2`.
    pub service: &'static str,
    /// The operation, e.g. `CreateVpc`.
    pub operation: &'static str,
    /// The parameters, as a map.
    pub params: Value,
}

/// A refusal of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// AWS's code, e.g. `InvalidVpcID.NotFound`.
    pub code: String,
    /// AWS's text.
    pub message: String,
}

/// The world behind a terminal.
pub trait Host {
    /// The cloud as it is now, for what only asks.
    fn cloud(&self) -> &Cloud;
    /// The machine of this id, if it is there.
    fn machine(&self, id: &str) -> Option<&Machine>;
    /// Changes the inside of a machine.
    fn change(&mut self, machine: &str, act: Act) -> Result<(), MachineError>;
    /// Calls AWS; a refusal is AWS's code and text.
    fn call(&mut self, call: Call) -> Result<Value, Fault>;
    /// Lets AWS finish what it does by itself; asked for between two commands.
    fn settle(&mut self);
    /// Passes simulated time.
    fn pass(&mut self, seconds: u64);
    /// The simulated time.
    fn now(&self) -> Time;
    /// Credentials that the machine's own role gives (an instance's profile), if it has one.
    fn role_credentials(&self, machine: &str) -> Option<Credentials> {
        let _ = machine;
        None
    }
}
