//! The world and its history.

use crate::driver::{Done, Driver, settle, via};
use hopwise_cloud::ec2::Image;
use hopwise_cloud::view::{Details, Picture};
use hopwise_cloud::{ACCOUNT, Act, Cloud, Credentials, Digest, Genesis, LAPTOP, Minted, Region};
use hopwise_plan::{Desk, Intent, Plan, Refusal, Waits};
use hopwise_shell::{Completions, Effect, Output, Session, Terminal};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// The Region that a new world's terminals and canvas look at.
const FIRST_REGION: &str = "us-east-1";
/// How many of the latest states are kept whole.
const KEPT: usize = 100;
/// Of older states every so-manieth is kept, from which those between are replayed.
const STRIDE: usize = 50;

/// Where somebody put things on the map, by id; what isn't here stands where the layout puts it.
/// The unit is a pixel of the map, from the corner of the container.
pub type Places = BTreeMap<String, (i32, i32)>;

/// Who sits before the page, to AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The keys that sign.
    pub credentials: Credentials,
    /// The Region that is looked at.
    pub region: String,
}

/// Everything that undo takes back: the cloud, the terminals, and where things stand.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The cloud.
    pub cloud: Cloud,
    /// The terminals by name.
    pub sessions: BTreeMap<String, Session>,
    /// Where somebody put things on the map.
    pub places: Rc<Places>,
}

impl State {
    /// A digest of the cloud and of what the terminals hold besides their history of lines. Where
    /// things stand on the map is no part of it.
    pub fn hash(&self) -> u64 {
        let mut digest = Digest::new();
        self.cloud.hash(&mut digest);
        for (name, session) in &self.sessions {
            name.hash(&mut digest);
            session.frames.hash(&mut digest);
            session.names.hash(&mut digest);
        }
        digest.finish()
    }
}

/// One step of the history: what undo takes back at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the student did, in the student's words.
    pub label: String,
    /// The terminal it was typed in; none for anything but a line.
    pub terminal: Option<String>,
    /// The acts it came to.
    pub done: Vec<Done>,
    /// Did time pass only when somebody said so?
    pub(crate) manual_clock: bool,
    /// The cloud after it, unless it is to be replayed.
    after: Option<Cloud>,
    /// The terminals after it, without their history of lines: no replay brings them back.
    pub(crate) sessions: BTreeMap<String, Session>,
    /// Where things stand after it.
    pub(crate) places: Rc<Places>,
    /// The terminals just before it: what was set since the step before stays when it is undone.
    pub(crate) before: BTreeMap<String, Session>,
}

impl Entry {
    /// The `aws` commands that do the same, with what has to be waited for in between.
    pub fn commands(&self) -> impl Iterator<Item = String> {
        let mut waits = Waits::default();
        self.done.iter().flat_map(move |done| {
            let wait = waits.before(&done.act);
            wait.into_iter().chain(done.command.clone())
        })
    }
}

/// One student's world.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) genesis: Genesis,
    pub(crate) genesis_ids: Vec<Minted>,
    pub(crate) start: State,
    pub(crate) entries: Vec<Entry>,
    cursor: usize,
    floor: usize,
    now: State,
    manual_clock: bool,
    region: String,
}

impl World {
    /// The name of the terminal that the student types in.
    pub const TERMINAL: &'static str = "terminal";

    /// A new world.
    pub fn new(genesis: Genesis) -> Self {
        let (cloud, genesis_ids) = Cloud::begin(genesis);
        let bare = State {
            cloud,
            sessions: BTreeMap::new(),
            places: Rc::default(),
        };
        let mut world = World {
            genesis,
            genesis_ids,
            start: bare.clone(),
            entries: Vec::new(),
            cursor: 0,
            floor: 0,
            now: bare,
            manual_clock: false,
            region: FIRST_REGION.to_owned(),
        };
        let terminal = world.new_session();
        world
            .now
            .sessions
            .insert(World::TERMINAL.to_owned(), terminal);
        world.start = world.now.clone();
        world
    }

    /// A terminal on the laptop with the keys of the account's root user.
    fn new_session(&self) -> Session {
        let mut session = Session::new(LAPTOP, "student", "/home/student");
        let key = self.now.cloud.account(ACCOUNT).map(|it| &it.iam.root_key);
        if let (Some(key), Some(frame)) = (key, session.frames.last_mut()) {
            frame.export("AWS_ACCESS_KEY_ID", key.id.as_str());
            frame.export("AWS_SECRET_ACCESS_KEY", key.secret.as_str());
            frame.export("AWS_DEFAULT_REGION", FIRST_REGION);
        }
        if let Some(region) = Region::find(FIRST_REGION) {
            for (word, id) in Image::words(region) {
                session.names.insert(word.to_owned(), id);
            }
        }
        session
    }

    /// Takes the keys and the Region out of a terminal, as on a computer that was never set up.
    pub fn forget_credentials(&mut self, terminal: &str) {
        let session = self.now.sessions.get_mut(terminal);
        if let Some(frame) = session.and_then(|session| session.frames.last_mut()) {
            for name in [
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_DEFAULT_REGION",
            ] {
                frame.variables.remove(name);
            }
        }
    }

    /// The state as it is now.
    pub fn state(&self) -> &State {
        &self.now
    }

    /// The cloud as it is now.
    pub fn cloud(&self) -> &Cloud {
        &self.now.cloud
    }

    /// A terminal.
    pub fn session(&self, terminal: &str) -> Option<&Session> {
        self.now.sessions.get(terminal)
    }

    /// What a terminal's prompt reads.
    pub fn prompt(&self, terminal: &str) -> String {
        let Some(session) = self.session(terminal) else {
            return "$ ".to_owned();
        };
        let machine = session.frames.last().map(|frame| frame.machine.as_str());
        let host = machine
            .and_then(|id| self.now.cloud.machine(id))
            .map_or("", |machine| {
                machine.hostname.split('.').next().unwrap_or("")
            });
        session.prompt(host)
    }

    /// What a line of a terminal may go on with at a place in it, in bytes.
    pub fn complete(&self, terminal: &str, line: &str, cursor: usize) -> Completions {
        match self.session(terminal) {
            Some(session) => hopwise_shell::complete(&self.now.cloud, session, line, cursor),
            None => Completions::default(),
        }
    }

    /// The names that a terminal knows, e.g. `web_image`.
    pub fn names(&self, terminal: &str) -> BTreeMap<String, String> {
        self.session(terminal)
            .map(|session| session.names.clone())
            .unwrap_or_default()
    }

    /// Gives a terminal a name for a value; not part of the history.
    pub fn set_name(&mut self, terminal: &str, name: &str, value: &str) {
        let session = self.new_session();
        self.now
            .sessions
            .entry(terminal.to_owned())
            .or_insert(session)
            .names
            .insert(name.to_owned(), value.to_owned());
    }

    /// Ends a terminal; not part of the history.
    pub fn close(&mut self, terminal: &str) {
        self.now.sessions.remove(terminal);
    }

    /// Writes a file onto the laptop as the student, as a step of the history.
    ///
    /// # Errors
    ///
    /// The words of the laptop's operating system.
    pub fn write_file(&mut self, path: &str, text: &str) -> Result<(), String> {
        use hopwise_machine::Act::{MakeFolder, Write};
        let inside = |act| Act::Machine {
            machine: hopwise_cloud::Id::new(LAPTOP),
            act,
        };
        let user = || "student".to_owned();
        let absolute = hopwise_machine::normalize("/home/student", path);
        let mut acts = Vec::new();
        if let Some((folder, _)) = absolute.rsplit_once('/').filter(|_| path.contains('/')) {
            acts.push(inside(MakeFolder {
                user: user(),
                path: folder.to_owned(),
                parents: true,
            }));
        }
        acts.push(inside(Write {
            user: user(),
            path: absolute,
            bytes: text.as_bytes().to_vec(),
            mode: None,
        }));
        self.act(&format!("write {path}"), acts)
    }

    /// The Region that the canvas shows: the one that the laptop looks at, or looked at last where
    /// it has none or one that doesn't exist.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The laptop may look at another Region after whatever was done.
    pub(crate) fn follow_region(&mut self) {
        let region = self.identity().ok().map(|it| it.region);
        if let Some(region) = region
            && region != self.region
            && Region::find(&region).is_some()
        {
            self.region = region;
        }
    }

    /// The IAM user that the laptop's keys belong to; none for the account's root user.
    ///
    /// # Errors
    ///
    /// What `aws` says where there are no keys or no Region, and AWS where it doesn't know the keys.
    pub fn user(&self) -> Result<Option<String>, String> {
        let identity = self.identity()?;
        let caller = self.now.cloud.caller("sts", &identity.credentials);
        caller.map(|it| it.user).map_err(|fault| fault.message)
    }

    /// Who sits before the page: the laptop's own login, as its `aws` finds it.
    ///
    /// # Errors
    ///
    /// What `aws` says where there are no credentials or no Region.
    pub fn identity(&self) -> Result<Identity, String> {
        let session = self
            .session(World::TERMINAL)
            .ok_or_else(|| "There is no terminal.".to_owned())?;
        let mut cloud = self.now.cloud.clone();
        let mut driver = Driver {
            cloud: &mut cloud,
            done: Vec::new(),
            manual_clock: self.manual_clock,
        };
        let (credentials, region) = hopwise_shell::identity(session, &mut driver)?;
        Ok(Identity {
            credentials,
            region,
        })
    }

    /// How what is done on the page comes to AWS: as what is typed on the laptop does.
    pub fn via(&self) -> hopwise_cloud::Via {
        via(LAPTOP)
    }

    /// The cloud as this identity sees it, for [`hopwise_plan`].
    pub fn desk<'a>(&'a self, identity: &'a Identity) -> Desk<'a> {
        Desk {
            cloud: &self.now.cloud,
            credentials: &identity.credentials,
            region: &identity.region,
            via: via(LAPTOP),
            manual_clock: self.manual_clock,
        }
    }

    /// What an intent of whoever sits before the page comes to, tried on a copy.
    ///
    /// # Errors
    ///
    /// Why it can't be, and what can.
    pub fn plan(&self, intent: &Intent) -> Result<Plan, Refusal> {
        let identity = self.identity().map_err(|text| Refusal {
            code: None,
            text,
            page: None,
            offers: Vec::new(),
        })?;
        hopwise_plan::plan(&self.desk(&identity), intent)
    }

    /// Carries a plan out as one step of the history.
    ///
    /// # Errors
    ///
    /// What the door answered: the world is another one than the plan was made for.
    pub fn carry_out(&mut self, plan: &Plan) -> Result<(), String> {
        self.act(&plan.label, plan.acts.clone())
    }

    /// Where somebody put things on the map.
    pub fn places(&self) -> &Rc<Places> {
        &self.now.places
    }

    /// Puts things somewhere else on the map, as a step of the history.
    pub fn place(&mut self, label: &str, places: &Places) {
        let merged = self.merged(places);
        if *merged != *self.now.places {
            self.now.places = merged;
            let before = self.sessions_without_history();
            self.push(label, None, Vec::new(), before);
        }
    }

    /// Lets the layout put everything where it would, as a step of the history.
    pub fn tidy(&mut self, label: &str) {
        if !self.now.places.is_empty() {
            self.now.places = Rc::default();
            let before = self.sessions_without_history();
            self.push(label, None, Vec::new(), before);
        }
    }

    fn merged(&self, places: &Places) -> Rc<Places> {
        let mut merged = self.now.places.clone();
        if !places.is_empty() {
            let all = Rc::make_mut(&mut merged);
            all.extend(places.iter().map(|(id, at)| (id.clone(), *at)));
        }
        merged
    }

    /// What the canvas shows.
    pub fn picture(&self) -> Picture {
        self.now.cloud.picture(ACCOUNT, &self.region)
    }

    /// Everything about the thing with this id.
    pub fn details(&self, id: &str) -> Option<Details> {
        self.now.cloud.details(ACCOUNT, &self.region, id)
    }

    /// A digest of the state, the same natively and in WebAssembly.
    pub fn state_hash(&self) -> u64 {
        self.now.hash()
    }

    /// Does time pass only when somebody says so?
    pub fn manual_clock(&self) -> bool {
        self.manual_clock
    }

    /// Lets time pass only when somebody says so, or again by itself.
    pub fn set_manual_clock(&mut self, manual: bool) {
        self.manual_clock = manual;
        settle(&mut self.now.cloud, manual);
    }

    /// Runs a line in a terminal. What it changes is one step of the history.
    ///
    /// A line that waits for the keyboard ([`Output::waits`]) has changed nothing: it is to be run
    /// again with what was typed so far.
    pub fn run(&mut self, terminal: &str, line: &str, keyboard: &Terminal) -> Output {
        let mut session = match self.now.sessions.get(terminal) {
            Some(session) => session.clone(),
            None => self.new_session(),
        };
        let mut cloud = self.now.cloud.clone();
        let mut driver = Driver {
            cloud: &mut cloud,
            done: Vec::new(),
            manual_clock: self.manual_clock,
        };
        let output = hopwise_shell::run(line, &mut session, &mut driver, keyboard);
        if output.waits {
            return output;
        }
        let done = driver.done;
        let before = self.sessions_without_history();
        self.now.cloud = cloud;
        self.now.sessions.insert(terminal.to_owned(), session);
        if !done.is_empty() {
            self.push(line.trim(), Some(terminal), done, before);
        }
        for effect in &output.effects {
            match effect {
                Effect::Undo => {
                    self.undo();
                }
                Effect::Redo => {
                    self.redo();
                }
                Effect::Clear | Effect::Lesson(_) => {}
            }
        }
        self.follow_region();
        output
    }

    /// Runs a line in a terminal that has no keyboard.
    pub fn run_line(&mut self, terminal: &str, line: &str) -> Output {
        self.run(terminal, line, &Terminal::default())
    }

    /// Does acts as one step of the history: all of them or none.
    ///
    /// # Errors
    ///
    /// What the door answered to the act that was refused.
    pub fn act(&mut self, label: &str, acts: Vec<Act>) -> Result<(), String> {
        let mut cloud = self.now.cloud.clone();
        let mut driver = Driver {
            cloud: &mut cloud,
            done: Vec::new(),
            manual_clock: self.manual_clock,
        };
        for act in acts {
            driver.note(act).map_err(|fault| fault.message)?;
        }
        let done = driver.done;
        self.now.cloud = cloud;
        if !done.is_empty() {
            let before = self.sessions_without_history();
            self.push(label, None, done, before);
        }
        self.follow_region();
        Ok(())
    }

    fn push(
        &mut self,
        label: &str,
        terminal: Option<&str>,
        done: Vec<Done>,
        before: BTreeMap<String, Session>,
    ) {
        self.entries.truncate(self.cursor);
        self.entries.push(Entry {
            label: label.to_owned(),
            terminal: terminal.map(str::to_owned),
            done,
            manual_clock: self.manual_clock,
            after: Some(self.now.cloud.clone()),
            sessions: self.sessions_without_history(),
            places: self.now.places.clone(),
            before,
        });
        self.cursor = self.entries.len();
        let old = self.entries.len().checked_sub(KEPT + 1);
        if let Some(old) = old
            && !(old + 1).is_multiple_of(STRIDE)
            // The start of a lesson is what its log tells.
            && old + 1 != self.floor
            && let Some(entry) = self.entries.get_mut(old)
        {
            entry.after = None;
        }
    }

    pub(crate) fn sessions_without_history(&self) -> BTreeMap<String, Session> {
        let mut sessions = self.now.sessions.clone();
        for session in sessions.values_mut() {
            session.history = Vec::new();
        }
        sessions
    }

    /// A step that was replayed from a log.
    pub(crate) fn replayed(
        &mut self,
        label: &str,
        terminal: Option<&str>,
        driver: Driver<'_>,
        places: Rc<Places>,
        before: BTreeMap<String, Session>,
    ) {
        let Driver {
            cloud,
            done,
            manual_clock,
        } = driver;
        let moved = self.now.places != places;
        self.now.cloud = cloud.clone();
        self.now.places = places;
        self.manual_clock = manual_clock;
        if !done.is_empty() || moved {
            self.push(label, terminal, done, before);
        }
    }

    /// The terminals as they are, but for the lines that were typed in them.
    pub(crate) fn set_sessions(&mut self, sessions: BTreeMap<String, Session>) {
        for (name, mut session) in sessions {
            if let Some(now) = self.now.sessions.get_mut(&name) {
                session.history = std::mem::take(&mut now.history);
                *now = session;
            }
        }
    }

    /// The lines that were typed in a terminal.
    pub(crate) fn set_lines(&mut self, terminal: &str, lines: Vec<String>) {
        if let Some(session) = self.now.sessions.get_mut(terminal) {
            session.history = lines;
        }
    }

    /// The cloud where [`World::begin_here`] was said, or at the start.
    pub(crate) fn cloud_at_start(&self) -> &Cloud {
        let entry = self
            .floor
            .checked_sub(1)
            .and_then(|at| self.entries.get(at));
        let kept = entry.and_then(|entry| entry.after.as_ref());
        kept.unwrap_or(&self.start.cloud)
    }

    /// The terminals where [`World::begin_here`] was said, or at the start.
    pub(crate) fn sessions_at_start(&self) -> &BTreeMap<String, Session> {
        let entry = self
            .floor
            .checked_sub(1)
            .and_then(|at| self.entries.get(at));
        entry.map_or(&self.start.sessions, |entry| &entry.sessions)
    }

    /// Makes all that was done one step, e.g. what a new world begins with.
    pub fn as_one_step(&mut self, label: &str) {
        self.entries.truncate(self.cursor);
        let done: Vec<Done> = (self.entries.iter())
            .flat_map(|entry| entry.done.iter().cloned())
            .collect();
        if done.is_empty() {
            return;
        }
        self.entries.clear();
        self.cursor = 0;
        let before = self.start.sessions.clone();
        self.push(label, None, done, before);
        self.set_lines(World::TERMINAL, Vec::new());
    }

    /// The steps that were done and not undone, oldest first.
    pub fn history(&self) -> &[Entry] {
        self.entries.get(..self.cursor).unwrap_or_default()
    }

    /// How many of them were done before [`World::begin_here`]: the set-up of a lesson.
    pub fn set_up(&self) -> usize {
        self.floor
    }

    /// The steps that can be redone, next first.
    pub fn undone(&self) -> &[Entry] {
        self.entries.get(self.cursor..).unwrap_or_default()
    }

    /// Can a step be undone?
    pub fn can_undo(&self) -> bool {
        self.cursor > self.floor
    }

    /// Can a step be redone?
    pub fn can_redo(&self) -> bool {
        self.cursor < self.entries.len()
    }

    /// From here on undo goes back no further, and [`World::reset`] comes back to here: a lesson
    /// begins after its set-up.
    pub fn begin_here(&mut self) {
        self.floor = self.cursor;
        self.entries.truncate(self.cursor);
        let sessions = self.sessions_without_history();
        if let Some(entry) = self.entries.last_mut() {
            entry.after = Some(self.now.cloud.clone());
            entry.sessions = sessions;
            entry.places = self.now.places.clone();
        } else {
            self.start = self.now.clone();
        }
    }

    /// Takes the last step back. `false` where there is none.
    pub fn undo(&mut self) -> bool {
        if !self.can_undo() {
            return false;
        }
        let before = self
            .entries
            .get(self.cursor - 1)
            .map(|entry| entry.before.clone());
        self.go_to(self.cursor - 1);
        for (name, mut session) in before.into_iter().flatten() {
            if let Some(now) = self.now.sessions.get_mut(&name) {
                session.history = std::mem::take(&mut now.history);
                *now = session;
            }
        }
        self.follow_region();
        true
    }

    /// Does the step again that was taken back last. `false` where there is none.
    pub fn redo(&mut self) -> bool {
        if !self.can_redo() {
            return false;
        }
        self.go_to(self.cursor + 1);
        true
    }

    /// Back to where [`World::begin_here`] was said, or to the start. It can be redone.
    pub fn reset(&mut self) {
        self.go_to(self.floor);
    }

    /// Makes the state after the first `cursor` steps the one that is now.
    fn go_to(&mut self, cursor: usize) {
        let lines: BTreeMap<String, Vec<String>> = self
            .now
            .sessions
            .iter()
            .map(|(name, session)| (name.clone(), session.history.clone()))
            .collect();
        self.now = self.state_after(cursor);
        self.cursor = cursor;
        // What the manual clock held back then does not wait when the clock runs now.
        settle(&mut self.now.cloud, self.manual_clock);
        // What one typed stays typed: an undone line is still there to be called up again.
        for (name, history) in lines {
            if let Some(session) = self.now.sessions.get_mut(&name) {
                session.history = history;
            }
        }
        self.follow_region();
    }

    /// The state after the first `count` steps: kept, or replayed from the last one kept before.
    fn state_after(&self, count: usize) -> State {
        let before = self.entries.get(..count).unwrap_or(&self.entries);
        let Some(last) = before.last() else {
            return self.start.clone();
        };
        let kept = before.iter().rposition(|entry| entry.after.is_some());
        let mut cloud = kept
            .and_then(|place| before.get(place)?.after.clone())
            .unwrap_or_else(|| self.start.cloud.clone());
        let first = kept.map_or(0, |place| place + 1);
        for entry in before.iter().skip(first) {
            settle(&mut cloud, entry.manual_clock);
            for done in &entry.done {
                // It was done once from this very state, so it is done again.
                let _ = cloud.apply(&done.act);
                settle(&mut cloud, entry.manual_clock);
            }
        }
        State {
            cloud,
            sessions: last.sessions.clone(),
            places: last.places.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty() -> World {
        World::new(Genesis {
            seed: 1,
            default_vpc: false,
        })
    }

    fn run(world: &mut World, line: &str) -> String {
        let output = world.run_line(World::TERMINAL, line);
        assert_eq!(output.exit, 0, "{line}: {}", output.stderr);
        output.stdout
    }

    #[test]
    fn a_line_that_changes_something_is_one_step_and_a_question_is_none() {
        let mut world = empty();
        run(&mut world, "aws ec2 describe-vpcs");
        assert!(!world.can_undo());
        run(
            &mut world,
            "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text) && \
             aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24",
        );
        assert_eq!(world.history().len(), 1);
        let commands: Vec<String> = world.history()[0].commands().collect();
        assert_eq!(commands[0], "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        assert_eq!(commands.len(), 2);
    }

    #[test]
    fn undo_and_redo_give_the_same_world_bit_for_bit() {
        let mut world = empty();
        let start = world.state_hash();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        let after = world.state_hash();
        assert_ne!(start, after);
        assert!(world.undo());
        assert_eq!(world.state_hash(), start);
        assert!(world.redo());
        assert_eq!(world.state_hash(), after);
        world.undo();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        assert_eq!(world.state_hash(), after, "the same act gives the same ids");
        assert!(!world.can_redo());
    }

    #[test]
    fn undo_reaches_the_start_over_more_steps_than_are_kept() {
        let mut world = empty();
        let start = world.state_hash();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        let mut hashes = vec![world.state_hash()];
        for number in 0..260 {
            let line = format!(
                "aws ec2 create-tags --resources $(aws ec2 describe-vpcs --query Vpcs[0].VpcId \
                 --output text) --tags Key=n,Value={number}"
            );
            run(&mut world, &line);
            hashes.push(world.state_hash());
        }
        while let Some(hash) = hashes.pop() {
            assert_eq!(world.state_hash(), hash);
            assert!(world.undo());
        }
        assert_eq!(world.state_hash(), start);
        assert!(!world.undo());
    }

    #[test]
    fn undo_keeps_what_was_set_before_the_undone_line() {
        let mut world = empty();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        run(
            &mut world,
            "vpc=$(aws ec2 describe-vpcs --query Vpcs[0].VpcId --output text)",
        );
        run(
            &mut world,
            "later=yes; aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24",
        );
        assert!(world.undo());
        assert!(run(&mut world, "echo $vpc").starts_with("vpc-"));
        assert_eq!(run(&mut world, "echo $later"), "\n");
        assert!(world.redo());
        assert_eq!(run(&mut world, "echo $later"), "yes\n");
    }

    #[test]
    fn an_instance_boots_before_the_next_command() {
        let mut world = empty();
        run(
            &mut world,
            "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        );
        run(
            &mut world,
            "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
        );
        let state = run(
            &mut world,
            "aws ec2 run-instances --image-id $web_image --instance-type t3.micro --subnet-id $SUBNET --query Instances[0].State.Name --output text",
        );
        assert_eq!(state, "pending\n");
        let state = run(
            &mut world,
            "aws ec2 describe-instances --query Reservations[].Instances[].State.Name --output text",
        );
        assert_eq!(state, "running\n");
    }

    #[test]
    fn with_a_manual_clock_time_passes_only_when_told() {
        let mut world = empty();
        world.set_manual_clock(true);
        run(
            &mut world,
            "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
        );
        run(
            &mut world,
            "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
        );
        run(
            &mut world,
            "aws ec2 run-instances --image-id $al2023 --subnet-id $SUBNET --instance-type t3.micro",
        );
        let ask = "aws ec2 describe-instances --query Reservations[].Instances[].State.Name --output text";
        assert_eq!(run(&mut world, ask), "pending\n");
        run(&mut world, "sleep 60");
        assert_eq!(run(&mut world, ask), "running\n");
    }

    #[test]
    fn the_map_shows_the_region_that_the_laptop_looks_at() {
        let mut world = empty();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        assert_eq!(world.picture().vpcs.len(), 1);
        run(
            &mut world,
            "export AWS_DEFAULT_REGION=eu-central-1; mkdir x",
        );
        assert_eq!(world.region(), "eu-central-1");
        assert!(world.picture().vpcs.is_empty());
        let (loaded, _) = World::load(&world.save()).unwrap();
        assert_eq!(loaded.region(), "eu-central-1");
        // Undo brings the terminal back to just before the line.
        assert!(world.undo());
        assert_eq!(world.region(), "us-east-1");
        assert!(world.redo());
        assert_eq!(world.region(), "eu-central-1");
        // One that doesn't exist, or none, shows what was seen last.
        run(&mut world, "export AWS_DEFAULT_REGION=mars-1");
        assert_eq!(world.region(), "eu-central-1");
        run(&mut world, "unset AWS_DEFAULT_REGION");
        assert_eq!(world.region(), "eu-central-1");
        assert!(
            world
                .user()
                .unwrap_err()
                .contains("You must specify a region")
        );
        run(&mut world, "aws configure set region us-west-2");
        assert_eq!(world.region(), "us-west-2");
    }

    #[test]
    fn the_laptop_is_who_its_keys_say() {
        let mut world = empty();
        assert_eq!(world.user(), Ok(None));
        run(&mut world, "aws iam create-user --user-name ana");
        run(
            &mut world,
            "aws iam create-access-key --user-name ana > k.json; id=$(jq -r .AccessKey.AccessKeyId k.json); secret=$(jq -r .AccessKey.SecretAccessKey k.json)",
        );
        run(
            &mut world,
            "export AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret",
        );
        assert_eq!(world.user(), Ok(Some("ana".to_owned())));
        let (loaded, _) = World::load(&world.save()).unwrap();
        assert_eq!(loaded.user(), Ok(Some("ana".to_owned())));
        run(&mut world, "export AWS_SECRET_ACCESS_KEY=wrong");
        assert!(world.user().is_err());
        run(&mut world, "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY");
        assert!(
            world
                .user()
                .unwrap_err()
                .contains("Unable to locate credentials")
        );
    }

    #[test]
    fn a_lesson_begins_where_it_says() {
        let mut world = empty();
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.0.0.0/16");
        world.begin_here();
        let start = world.state_hash();
        assert!(!world.can_undo());
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.1.0.0/16");
        run(&mut world, "aws ec2 create-vpc --cidr-block 10.2.0.0/16");
        world.reset();
        assert_eq!(world.state_hash(), start);
        assert!(world.can_redo());
    }

    #[test]
    fn user_data_without_a_shebang_does_not_run() {
        for (script, ran) in [
            ("#!/bin/bash\necho hi > /tmp/x", true),
            ("echo hi > /tmp/x", false),
        ] {
            let mut world = empty();
            world.write_file("boot.sh", script).unwrap();
            run(
                &mut world,
                "VPC=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
            );
            run(
                &mut world,
                "SUBNET=$(aws ec2 create-subnet --vpc-id $VPC --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
            );
            let id = run(
                &mut world,
                "aws ec2 run-instances --image-id $al2023 --subnet-id $SUBNET --instance-type t3.micro --user-data file://boot.sh --query Instances[0].InstanceId --output text",
            );
            let machine = world.cloud().machine(id.trim()).unwrap();
            assert_eq!(machine.node("/tmp/x").is_some(), ran);
            assert_eq!(
                machine.node("/var/log/cloud-init-output.log").is_some(),
                ran
            );
        }
    }

    /// A VPC with one public subnet and a security group that lets port 80 in; `$subnet`, `$sg`.
    fn public() -> World {
        let mut world = empty();
        for line in [
            "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId --output text)",
            "subnet=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --query Subnet.SubnetId --output text)",
            "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
            "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
            "rtb=$(aws ec2 describe-route-tables --query RouteTables[0].RouteTableId --output text)",
            "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
            "sg=$(aws ec2 create-security-group --group-name web --description web --vpc-id $vpc --query GroupId --output text)",
            "aws ec2 authorize-security-group-ingress --group-id $sg --protocol tcp --port 80 --cidr 0.0.0.0/0",
        ] {
            run(&mut world, line);
        }
        world
    }

    const BOOT: &str = "#!/bin/bash\ndnf install -y httpd\nsystemctl enable --now httpd\necho hello > /var/www/html/index.html\n";
    const LAUNCH: &str = "web=$(aws ec2 run-instances --image-id $al2023 --instance-type t3.micro --subnet-id $subnet --security-group-ids $sg --user-data file://boot.sh";

    #[test]
    fn user_data_starts_a_web_server_that_curl_reaches() {
        let mut world = public();
        world.write_file("boot.sh", BOOT).unwrap();
        let launch = format!(
            "{LAUNCH} --associate-public-ip-address --query Instances[0].InstanceId --output text)"
        );
        run(&mut world, &launch);
        run(
            &mut world,
            "ip=$(aws ec2 describe-instances --instance-ids $web --query Reservations[0].Instances[0].PublicIpAddress --output text)",
        );
        assert_eq!(run(&mut world, "curl -s http://$ip/"), "hello\n");
        let closed = world.run_line(World::TERMINAL, "curl -m 5 http://$ip:81/");
        assert_eq!(closed.exit, 28, "{}", closed.stderr);
        run(
            &mut world,
            "aws ec2 authorize-security-group-ingress --group-id $sg --protocol tcp --port 81 --cidr 0.0.0.0/0",
        );
        let refused = world.run_line(World::TERMINAL, "curl http://$ip:81/");
        assert_eq!(refused.exit, 7, "{}", refused.stderr);
        let walk = run(&mut world, "hopwise trace internet $web --port 80");
        assert!(walk.starts_with("Yes."), "{walk}");
        let lost = world.run_line(World::TERMINAL, "hopwise trace internet $web --port 22");
        assert_eq!(lost.exit, 1);
        assert!(
            lost.stdout.contains("[ENI_SG_RULES_MISMATCH]"),
            "{}",
            lost.stdout
        );
    }

    #[test]
    fn a_package_that_is_not_installed_is_not_removed() {
        let mut world = public();
        let script = "#!/bin/bash\ndnf install -y git\ndnf remove -y unknown\necho $?\ndnf remove -y git unknown\n";
        world.write_file("boot.sh", script).unwrap();
        run(
            &mut world,
            &format!(
                "{LAUNCH} --associate-public-ip-address --query Instances[0].InstanceId --output text)"
            ),
        );
        let id = run(&mut world, "echo $web");
        let machine = world.cloud().machine(id.trim()).unwrap();
        assert!(!machine.has_package("git"));
        let log = machine
            .read("root", "/var/log/cloud-init-output.log")
            .unwrap();
        let log = String::from_utf8_lossy(&log);
        let after = log.split_once("No match").unwrap().1;
        expect_test::expect![[r#"
             for argument: unknown
            No packages marked for removal.
            Dependencies resolved.
            Nothing to do.
            Complete!
            0
            No match for argument: unknown
            Removed:
              git-VERSION.amzn2023.x86_64

            Complete!
        "#]]
        .assert_eq(&after.replace(hopwise_machine::package("git").unwrap().version, "VERSION"));
    }

    #[test]
    fn without_a_road_to_the_internet_nothing_is_installed() {
        let mut world = public();
        world.write_file("boot.sh", BOOT).unwrap();
        // No public address: the packet for the package mirror dies at the internet gateway.
        run(
            &mut world,
            &format!("{LAUNCH} --query Instances[0].InstanceId --output text)"),
        );
        let id = run(&mut world, "echo $web");
        let machine = world.cloud().machine(id.trim()).unwrap();
        assert!(!machine.has_package("httpd"));
        assert!(!machine.listens(false, 80));
        let log = machine
            .read("root", "/var/log/cloud-init-output.log")
            .unwrap();
        assert!(String::from_utf8_lossy(&log).contains("Failed to download metadata"));
    }
}
