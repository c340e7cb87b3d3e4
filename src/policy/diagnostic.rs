//! What is wrong with a policy document.

use crate::Span;
use hopwise_explain::Message;

/// One mistake in a policy document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub sentence: Message,
    /// What to do about it.
    pub help: Message,
    /// What AWS itself answers for this mistake, where that is on record.
    pub aws: Option<AwsError>,
}

/// An error of the AWS API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AwsError {
    /// The code, e.g. `MalformedPolicyDocument`.
    pub code: &'static str,
    /// AWS's own text.
    pub text: String,
    /// Which of AWS's checks this is: AWS stops at the first check that fails.
    pub(crate) rank: Rank,
}

/// IAM's checks in the order in which it makes them, as its recorded answers show: a document
/// with two mistakes is refused for the one that comes first here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub(crate) enum Rank {
    Syntax,
    Version,
    Legacy,
    Sid,
    Actions,
    ResourceForm,
    ActionForm,
    Resources,
    Principals,
}

/// What AWS answers to a document with these mistakes: it names only the first that it checks.
/// `None` for a document without mistakes, or with such as AWS is not known to refuse.
pub fn aws_error(diagnostics: &[Diagnostic]) -> Option<&AwsError> {
    diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.aws.as_ref())
        .min_by_key(|error| error.rank)
}
