//! What is asked of the tracer, and what it answered.

use super::cards::Answer;
use hopwise_cloud::Cloud;
use hopwise_explain::Message;
use hopwise_net::Protocol;
use hopwise_reach::{Place, Question, walk};
use hopwise_world::World;
use std::rc::Rc;

/// The value of a box that is ticked.
pub const YES: &str = "yes";

/// A field of the form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    From,
    FromAddress,
    To,
    ToAddress,
    Protocol,
    Port,
    Established,
}

/// The form as it is filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// `internet`, `laptop`, `address`, or an id.
    pub from: String,
    pub from_address: String,
    /// As `from`; empty while there is no instance.
    pub to: String,
    pub to_address: String,
    pub protocol: String,
    pub port: String,
    /// Is it a packet of a connection that was made before?
    pub established: bool,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            from: "internet".to_owned(),
            from_address: String::new(),
            to: String::new(),
            to_address: String::new(),
            protocol: "tcp".to_owned(),
            port: "80".to_owned(),
            established: false,
        }
    }
}

impl Asked {
    /// Fills a field in.
    pub fn set(&mut self, field: Field, value: String) {
        match field {
            Field::From => self.from = value,
            Field::FromAddress => self.from_address = value,
            Field::To => self.to = value,
            Field::ToAddress => self.to_address = value,
            Field::Protocol => self.protocol = value,
            Field::Port => self.port = value,
            Field::Established => self.established = value == YES,
        }
    }

    /// The question, or what is missing.
    fn question(&self) -> Result<Question, String> {
        let place = |place: &str, address: &str, side: &str| -> Result<Place, String> {
            let text = if place == "address" { address } else { place };
            if text.trim().is_empty() {
                return Err(format!("Choose {side}."));
            }
            text.parse()
                .map_err(|refusal: hopwise_reach::Refusal| refusal.to_string())
        };
        let protocol = match self.protocol.as_str() {
            "udp" => Protocol::UDP,
            "icmp" => Protocol::ICMP,
            _ => Protocol::TCP,
        };
        let port = match protocol {
            Protocol::ICMP => None,
            _ => Some(self.port.trim().parse().map_err(|_| {
                format!("`{}` is no port: give a number from 0 to 65535.", self.port)
            })?),
        };
        Ok(Question {
            from: place(
                &self.from,
                &self.from_address,
                "where the packet comes from",
            )?,
            to: place(&self.to, &self.to_address, "where the packet goes")?,
            protocol,
            port,
            source_port: None,
            established: self.established,
        })
    }
}

/// The tracer's part of the store.
#[derive(Clone, Default)]
pub struct Trace {
    pub asked: Asked,
    pub answer: Option<Rc<Answer>>,
    /// Why there is no answer.
    pub refusal: Option<Message>,
    /// What is missing in the form.
    pub missing: Option<String>,
    /// Has the world changed since the packet was sent?
    pub stale: bool,
    /// Did the student choose the destination?
    pub chosen: bool,
    /// How many packets were sent.
    pub sent: usize,
    /// The cloud that the last one was sent in.
    pub cloud: Option<Cloud>,
}

impl Trace {
    /// Is the answer of another world than the one that is now? Both clouds share what neither
    /// changed, so this is quick.
    pub fn is_stale(&self, world: &World) -> bool {
        self.answer.is_some() && self.cloud.as_ref() != Some(world.cloud())
    }

    /// Puts the answer away; the form stays as it is filled in.
    pub fn end(&mut self) {
        self.answer = None;
        self.refusal = None;
        self.missing = None;
        self.stale = false;
        self.cloud = None;
    }

    /// Sends the packet.
    pub fn send(&mut self, world: &World) {
        self.end();
        self.cloud = Some(world.cloud().clone());
        self.sent += 1;
        match self.asked.question() {
            Err(missing) => self.missing = Some(missing),
            Ok(question) => match walk(world.cloud(), &question) {
                Err(refusal) => self.refusal = Some(refusal.sentence),
                Ok(walk) => self.answer = Some(Rc::new(Answer::new(&walk, world, self.sent))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Asked), expected: &str) {
        let mut asked = Asked {
            to: "laptop".to_owned(),
            ..Asked::default()
        };
        change(&mut asked);
        let said = match asked.question() {
            Ok(question) => format!(
                "{} > {} {} {:?}{}",
                question.from,
                question.to,
                question.protocol,
                question.port,
                if question.established {
                    " established"
                } else {
                    ""
                }
            ),
            Err(missing) => missing,
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn the_form_asks_a_question_or_says_what_is_missing() {
        check(|_| {}, "internet > laptop tcp Some(80)");
        check(
            |it| it.protocol = "icmp".to_owned(),
            "internet > laptop icmp None",
        );
        check(
            |it| {
                it.from = "address".to_owned();
                it.from_address = " 10.0.0.5 ".to_owned();
            },
            "10.0.0.5 > laptop tcp Some(80)",
        );
        check(
            |it| it.set(Field::Established, YES.to_owned()),
            "internet > laptop tcp Some(80) established",
        );
        check(|it| it.to.clear(), "Choose where the packet goes.");
        check(
            |it| it.port = "99999".to_owned(),
            "`99999` is no port: give a number from 0 to 65535.",
        );
    }
}
