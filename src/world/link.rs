//! A world in the address of the page: `#s=1…` a sandbox, `#l=<lesson>.1…` work on a lesson.
//!
//! What stands behind `=` or `.` is the version of the packing, then the log, deflated (RFC 1951)
//! and in base64url without padding (RFC 4648 §5). A browser never sends the fragment, so no server
//! sees the work of a student.

use crate::log::{Document, LoadError};
use hopwise_cloud::json;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use std::fmt;

/// The packing that this program writes; it reads all up to it.
const PACKING: char = '1';
/// The longest link that is read, in characters.
const LONGEST_LINK: usize = 100_000;
/// The longest log that a link may unfold to, in bytes.
const LONGEST_LOG: usize = 1 << 20;
/// How hard to look for repetitions: the most there is, for links are short.
const LEVEL: u8 = 10;

/// A link that was read: where it belongs, and its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The lesson, if it is work on one.
    pub lesson: Option<String>,
    /// The log.
    pub log: String,
}

/// Why a link can't be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It is longer than a link may be, or unfolds to more than a log may be.
    TooLong,
    /// It was made by a newer Hopwise.
    Newer(char),
    /// It holds a character that is no base64url; with its place, counted from 1.
    Letter(char, usize),
    /// It ends too early or was changed on the way.
    Damaged,
    /// What it holds is no log.
    Log(LoadError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::TooLong => f.write_str(
                "This link holds more than a link may: ask for the world as a file instead.",
            ),
            LinkError::Newer(_) => f.write_str(
                "This link was made by a newer Hopwise: reload the page to get the newest.",
            ),
            LinkError::Letter(letter, place) => write!(
                f,
                "This link is not whole: `{letter}` at character {place} can't be part of it. Copy it \
                 again."
            ),
            LinkError::Damaged => f.write_str(
                "This link is not whole: its end is missing, or it was changed on the way. Copy it again.",
            ),
            LinkError::Log(error) => write!(f, "This link can't be opened: {error}."),
        }
    }
}

impl std::error::Error for LinkError {}

impl Link {
    /// Packs a log: what stands behind the `#`.
    ///
    /// # Errors
    ///
    /// A log that would not be read again.
    pub fn pack(log: &str) -> Result<String, LinkError> {
        let document = Document::parse(log).map_err(LinkError::Log)?;
        if log.len() > LONGEST_LOG {
            return Err(LinkError::TooLong);
        }
        let packed = json::base64(&compress_to_vec(log.as_bytes(), LEVEL));
        let packed = packed
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        let link = match document.lesson() {
            Some(lesson) => format!("l={lesson}.{PACKING}{packed}"),
            None => format!("s={PACKING}{packed}"),
        };
        match link.len() > LONGEST_LINK {
            true => Err(LinkError::TooLong),
            false => Ok(link),
        }
    }

    /// Reads what stands behind the `#`; `None` where it is no link to a world.
    pub fn unpack(fragment: &str) -> Option<Result<Link, LinkError>> {
        let (lesson, packed) = match fragment.split_once('=')? {
            ("s", packed) => (None, packed),
            ("l", rest) => match rest.rsplit_once('.') {
                Some((lesson, packed)) => (Some(lesson), packed),
                None => return Some(Err(LinkError::Damaged)),
            },
            _ => return None,
        };
        let first = fragment.len() - packed.len();
        Some(unfold(packed, first).and_then(|log| {
            let document = Document::parse(&log).map_err(LinkError::Log)?;
            if document.lesson() != lesson {
                return Err(LinkError::Damaged);
            }
            Ok(Link {
                lesson: lesson.map(str::to_owned),
                log,
            })
        }))
    }
}

fn unfold(packed: &str, first: usize) -> Result<String, LinkError> {
    if packed.len() > LONGEST_LINK {
        return Err(LinkError::TooLong);
    }
    let mut letters = packed.chars();
    match letters.next() {
        Some(PACKING) => {}
        Some(version) if version.is_ascii_digit() && version > PACKING => {
            return Err(LinkError::Newer(version));
        }
        _ => return Err(LinkError::Damaged),
    }
    let mut base64 = String::with_capacity(packed.len() + 3);
    for (place, letter) in letters.enumerate() {
        base64.push(match letter {
            '-' => '+',
            '_' => '/',
            letter if letter.is_ascii_alphanumeric() => letter,
            letter => return Err(LinkError::Letter(letter, first + place + 2)),
        });
    }
    while !base64.len().is_multiple_of(4) {
        base64.push('=');
    }
    let bytes = json::from_base64(&base64).ok_or(LinkError::Damaged)?;
    let log =
        decompress_to_vec_with_limit(&bytes, LONGEST_LOG).map_err(|error| match error.status {
            TINFLStatus::HasMoreOutput => LinkError::TooLong,
            _ => LinkError::Damaged,
        })?;
    String::from_utf8(log).map_err(|_| LinkError::Damaged)
}
