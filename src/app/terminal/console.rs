//! What the terminal holds: lines that were run, and the one that is being typed.

use crate::consts::*;
use hopwise_shell::{Effect, Stream, Terminal};
use hopwise_world::World;
use std::collections::VecDeque;
use std::rc::Rc;

/// A line and what it printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    pub number: usize,
    pub prompt: String,
    pub line: String,
    pub pieces: Vec<(Stream, String)>,
}

/// A command that waits for the keyboard.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Waiting {
    line: String,
    typed: String,
}

/// What comes into the input from elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Draft {
    /// A text in place of what stands there.
    Whole(String),
    /// A word at the cursor.
    Word(String),
}

impl Default for Draft {
    fn default() -> Self {
        Draft::Whole(String::new())
    }
}

/// The terminal's text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Console {
    pub blocks: VecDeque<Rc<Block>>,
    /// The first lines of a command that needs more.
    pending: String,
    waiting: Option<Waiting>,
    /// Pasted lines that are still to be run, of so many.
    pub queue: VecDeque<String>,
    pub queued: usize,
    next: usize,
    /// What the prompt reads.
    pub prompt: String,
    /// The lines before, for the arrow keys.
    pub history: Rc<Vec<String>>,
    /// What to do with the input, and a number that grows with each.
    pub draft: (usize, Draft),
}

impl Console {
    /// As it stands in a world.
    pub fn new(world: &World) -> Self {
        let mut console = Console::default();
        console.look(world);
        console
    }

    /// Brings prompt and history up to date.
    pub fn look(&mut self, world: &World) {
        self.prompt = match (&self.waiting, self.pending.is_empty()) {
            (Some(_), _) => String::new(),
            (None, false) => "> ".to_owned(),
            (None, true) => world.prompt(World::TERMINAL),
        };
        if let Some(session) = world.session(World::TERMINAL)
            && *self.history != session.history
        {
            self.history = Rc::new(session.history.clone());
        }
    }

    /// The first lines of a command that needs more, with the newline that ends them.
    pub fn begun(&self) -> String {
        match self.pending.is_empty() {
            true => String::new(),
            false => format!("{}\n", self.pending),
        }
    }

    /// Takes lines to be run one after the other.
    pub fn take(&mut self, lines: impl Iterator<Item = String>) {
        if self.queue.is_empty() {
            self.queued = 0;
        }
        let room = MOST_PASTED.saturating_sub(self.queue.len());
        let before = self.queue.len();
        self.queue.extend(lines.take(room));
        self.queued += self.queue.len() - before;
    }

    /// Forgets what is still to be run, and says so.
    pub fn stop(&mut self) {
        let left = self.queue.len();
        if left > 0 {
            self.queue.clear();
            let lines = if left == 1 {
                "1 line was"
            } else {
                &format!("{left} lines were")
            };
            let said = format!("Stopped: {lines} not run.\n");
            self.last(|block| block.pieces.push((Stream::Err, said)));
        }
    }

    /// Is the input a part of something longer?
    pub fn is_within(&self) -> bool {
        self.waiting.is_some() || !self.pending.is_empty()
    }

    /// A line was entered; gives what the page should do.
    pub fn enter(&mut self, world: &mut World, line: &str, columns: usize) -> Vec<Effect> {
        if let Some(waiting) = self.waiting.take() {
            let typed = format!("{}{line}\n", waiting.typed);
            return self.run(world, waiting.line, typed, false, columns);
        }
        let first = self.pending.is_empty();
        let whole = match first {
            true => line.to_owned(),
            false => format!("{}\n{line}", self.pending),
        };
        if first {
            self.push(world.prompt(World::TERMINAL), line.to_owned());
        } else {
            self.last(|block| {
                block.line.push_str("\n> ");
                block.line.push_str(line);
            });
        }
        if hopwise_shell::incomplete(&whole) {
            self.pending = whole;
            self.look(world);
            return Vec::new();
        }
        self.pending.clear();
        self.run(world, whole, String::new(), false, columns)
    }

    /// The end of what is typed (Ctrl+D): a command that waits reads no more.
    pub fn end(&mut self, world: &mut World, columns: usize) -> Vec<Effect> {
        match self.waiting.take() {
            Some(waiting) => self.run(world, waiting.line, waiting.typed, true, columns),
            None => Vec::new(),
        }
    }

    /// Ctrl+C: what was begun is forgotten.
    pub fn interrupt(&mut self, world: &World, line: &str) {
        if self.is_within() {
            self.last(|block| block.pieces.push((Stream::Err, format!("{line}^C\n"))));
        } else {
            self.push(self.prompt.clone(), format!("{line}^C"));
        }
        self.waiting = None;
        self.pending.clear();
        self.stop();
        self.look(world);
    }

    /// Ctrl+L.
    pub fn clear(&mut self) {
        self.blocks.clear();
    }

    /// Text to put into the input.
    pub fn put(&mut self, text: &str) {
        self.draft = (self.draft.0 + 1, Draft::Whole(text.to_owned()));
    }

    /// A word for the input, where its cursor is.
    pub fn insert(&mut self, word: &str) {
        self.draft = (self.draft.0 + 1, Draft::Word(word.to_owned()));
    }

    fn push(&mut self, prompt: String, line: String) {
        self.blocks.push_back(Rc::new(Block {
            number: self.next,
            prompt,
            line,
            pieces: Vec::new(),
        }));
        self.next += 1;
        while self.blocks.len() > MOST_BLOCKS {
            self.blocks.pop_front();
        }
    }

    fn last(&mut self, change: impl FnOnce(&mut Block)) {
        if let Some(block) = self.blocks.back_mut() {
            change(Rc::make_mut(block));
        }
    }

    fn run(
        &mut self,
        world: &mut World,
        line: String,
        typed: String,
        closed: bool,
        columns: usize,
    ) -> Vec<Effect> {
        let keyboard = Terminal {
            typed,
            closed,
            width: columns.max(LEAST_COLUMNS),
        };
        let output = world.run(World::TERMINAL, &line, &keyboard);
        if output.effects.contains(&Effect::Clear) {
            // What was printed since then stays, without the line that cleared the screen.
            self.blocks.clear();
            if !output.pieces.is_empty() {
                self.push(String::new(), String::new());
            }
        }
        let pieces = output.pieces;
        self.last(|block| block.pieces = pieces);
        if output.waits {
            self.waiting = Some(Waiting {
                line,
                typed: keyboard.typed,
            });
        }
        self.look(world);
        output.effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hopwise_world::Genesis;

    fn console() -> (World, Console) {
        let world = World::new(Genesis {
            seed: 1,
            default_vpc: false,
        });
        let console = Console::new(&world);
        (world, console)
    }

    fn text(console: &Console) -> String {
        let mut text = String::new();
        for block in &console.blocks {
            text.push_str(&format!("{}{}\n", block.prompt, block.line));
            text.extend(block.pieces.iter().map(|(_, piece)| piece.as_str()));
        }
        text + &console.prompt
    }

    #[test]
    fn a_line_prints_and_prompts_again() {
        let (mut world, mut console) = console();
        console.enter(&mut world, "echo hello", 80);
        assert_eq!(
            text(&console),
            "student@laptop:~$ echo hello\nhello\nstudent@laptop:~$ "
        );
        assert_eq!(*console.history, ["echo hello"]);
    }

    #[test]
    fn an_open_quote_asks_for_more() {
        let (mut world, mut console) = console();
        console.enter(&mut world, "echo 'one", 80);
        assert_eq!(console.prompt, "> ");
        console.enter(&mut world, "two'", 80);
        assert_eq!(
            text(&console),
            "student@laptop:~$ echo 'one\n> two'\none\ntwo\nstudent@laptop:~$ "
        );
    }

    #[test]
    fn a_backslash_at_the_end_goes_on() {
        let (mut world, mut console) = console();
        console.enter(&mut world, "echo one \\", 80);
        assert_eq!(
            (console.prompt.as_str(), console.begun().as_str()),
            ("> ", "echo one \\\n")
        );
        console.enter(&mut world, "  two", 80);
        assert!(text(&console).contains("\none two\n"), "{}", text(&console));
    }

    #[test]
    fn a_long_paste_is_bounded_and_stopped() {
        let (mut world, mut console) = console();
        console.take((0..MOST_PASTED + 9).map(|number| format!("echo {number}")));
        assert_eq!(
            (console.queue.len(), console.queued),
            (MOST_PASTED, MOST_PASTED)
        );
        let first = console.queue.pop_front().unwrap();
        console.enter(&mut world, &first, 80);
        console.stop();
        assert!(console.queue.is_empty());
        let said = format!("0\nStopped: {} lines were not run.\n", MOST_PASTED - 1);
        assert!(text(&console).contains(&said), "{}", text(&console));
    }

    #[test]
    fn a_command_waits_for_the_keyboard() {
        let (mut world, mut console) = console();
        console.enter(&mut world, "read name; echo \"hello $name\"", 80);
        assert_eq!(console.prompt, "", "it waits");
        console.enter(&mut world, "Ana", 80);
        assert!(
            text(&console).contains("hello Ana\nstudent@"),
            "{}",
            text(&console)
        );
        console.enter(&mut world, "cat", 80);
        assert_eq!(console.prompt, "");
        console.end(&mut world, 80);
        assert_eq!(console.prompt, "student@laptop:~$ ");
    }

    #[test]
    fn an_interrupt_forgets_what_was_begun() {
        let (mut world, mut console) = console();
        console.enter(&mut world, "echo 'one", 80);
        console.interrupt(&world, "tw");
        assert_eq!(console.prompt, "student@laptop:~$ ");
        assert!(text(&console).contains("tw^C\n"));
        console.enter(&mut world, "cat", 80);
        console.interrupt(&world, "");
        assert_eq!(console.prompt, "student@laptop:~$ ");
        console.interrupt(&world, "half");
        assert!(text(&console).contains("$ half^C\n"));
    }

    #[test]
    fn clear_and_bounds() {
        let (mut world, mut console) = console();
        for number in 0..MOST_BLOCKS + 5 {
            console.enter(&mut world, &format!(": {number}"), 80);
        }
        assert_eq!(console.blocks.len(), MOST_BLOCKS);
        console.enter(&mut world, "clear", 80);
        assert!(console.blocks.is_empty());
        console.enter(&mut world, "echo gone; clear; pwd", 80);
        assert_eq!(text(&console), "\n/home/student\nstudent@laptop:~$ ");
    }
}
