//! What the door answers when it refuses: AWS's own codes and texts.

use std::fmt;

/// A refusal in AWS's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// AWS's code, e.g. `InvalidVpcID.NotFound`.
    pub code: String,
    /// AWS's text.
    pub message: String,
    /// For a denial: which decision led to it, so that it can be explained.
    pub denial: Option<Box<crate::door::Denial>>,
}

impl Fault {
    /// A refusal with this code and text.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Fault {
            code: code.into(),
            message: message.into(),
            denial: None,
        }
    }

    /// `InvalidParameterValue`: a value that AWS does not take.
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Fault::new("InvalidParameterValue", message)
    }

    /// `InvalidParameterCombination`: members that exclude one another.
    pub(crate) fn combination(message: impl Into<String>) -> Self {
        Fault::new("InvalidParameterCombination", message)
    }

    /// `MissingParameter`: a member that EC2 wants and its model does not require.
    pub(crate) fn missing(name: &str) -> Self {
        Fault::new(
            "MissingParameter",
            format!("The request must contain the parameter {name}"),
        )
    }

    /// `DependencyViolation`: something still needs the thing.
    pub(crate) fn in_use(word: &str, id: impl fmt::Display) -> Self {
        Fault::new(
            "DependencyViolation",
            format!("The {word} '{id}' has dependencies and cannot be deleted."),
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
