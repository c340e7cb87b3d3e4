//! What the shell needs of the world, and implements nowhere.

use hopwise_cloud::{Act, Answer, Cloud, Credentials, Fault, Via};

/// The world behind a terminal.
pub trait Host {
    /// The cloud as it is now.
    fn cloud(&self) -> &Cloud;
    /// Does an act through the cloud's door.
    ///
    /// # Errors
    ///
    /// What the door answers: AWS's own code and text, or for an act inside a machine the words
    /// of its operating system.
    fn apply(&mut self, act: Act) -> Result<Answer, Fault>;
    /// Lets AWS finish what it does by itself; asked for before each call of AWS and after time
    /// has passed.
    fn settle(&mut self);
    /// How a call that leaves this machine comes to AWS.
    fn via(&self, machine: &str) -> Via {
        let _ = machine;
        Via::default()
    }
    /// The credentials that the machine's own role gives (an instance's profile), if it has one.
    fn role_credentials(&self, machine: &str) -> Option<Credentials> {
        let _ = machine;
        None
    }
}
