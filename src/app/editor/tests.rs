//! The editor without a browser: pointers, keys, menus and time go in, views and commands come
//! out, and the commands, run in a fresh shell, make the same world.

use super::bench::Edit;
use super::hand::{Button, Event, Hand, Pointer, Stroke};
use super::keys::{self, Chord};
use super::menu::Choice;
use super::{Editor, Effect, Msg, Tool};
use crate::canvas::layout::{Scene, Shape, layout};
use hopwise_plan::{Kind, Power, RuleTable};
use hopwise_world::{Genesis, World};

struct Page {
    world: World,
    scene: Scene,
    editor: Editor,
    hand: Hand,
    time: f64,
    said: Vec<String>,
    strokes: Vec<Stroke>,
}

fn fresh() -> World {
    World::new(Genesis {
        seed: 5,
        default_vpc: false,
    })
}

impl Page {
    fn new() -> Self {
        let world = fresh();
        let scene = layout(&world.picture(), world.places());
        let mut hand = Hand::default();
        hand.size = (2_000.0, 1_600.0);
        Page {
            world,
            scene,
            editor: Editor::default(),
            hand,
            time: 0.0,
            said: Vec::new(),
            strokes: Vec::new(),
        }
    }

    fn tell(&mut self, msg: Msg) {
        for effect in self.editor.take(&self.world, &self.scene, msg) {
            match effect {
                Effect::CarryOut(plan) => {
                    self.world.carry_out(&plan).unwrap();
                    self.editor.done(&plan, self.world.history().len());
                }
                Effect::Move { label, places } => self.world.place(&label, &places),
                Effect::Tidy => self.world.tidy("Tidy up"),
                Effect::Undo => assert!(self.world.undo()),
                Effect::Redo => assert!(self.world.redo()),
                Effect::Say(text) => self.said.push(text),
                _ => {}
            }
        }
        self.scene = layout(&self.world.picture(), self.world.places());
        let world = &self.world;
        self.editor.outlive(world.history().len());
        self.editor
            .forget(|id| world.details(id).is_some() || id == "internet");
    }

    fn feed(&mut self, event: Event) {
        let (selection, tool) = (self.editor.selection.clone(), self.editor.tool.clone());
        let work = self.hand.take(&self.scene, &selection, &tool, event);
        self.strokes.extend(work.strokes);
        for msg in work.messages {
            self.tell(msg);
        }
    }

    fn pointer(&self, at: (f64, f64)) -> Pointer {
        Pointer {
            id: 1,
            at,
            button: Button::Main,
            adds: false,
            names: false,
            pans: false,
            touch: false,
            time: self.time,
        }
    }

    fn click(&mut self, at: (f64, f64)) {
        self.time += 1_000.0;
        self.feed(Event::Down(self.pointer(at)));
        self.feed(Event::Up(self.pointer(at)));
    }

    fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.time += 1_000.0;
        self.feed(Event::Down(self.pointer(from)));
        self.feed(Event::Move(
            self.pointer(((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0)),
        ));
        self.feed(Event::Move(self.pointer(to)));
        self.feed(Event::Up(self.pointer(to)));
    }

    /// A kind out of the palette.
    fn carry(&mut self, kind: Kind, to: (f64, f64)) {
        self.hand.carry(kind);
        self.drag((-30.0, 100.0), to);
    }

    /// The palette, and then the map.
    fn place(&mut self, kind: Kind, at: (f64, f64)) {
        self.hand.carry(kind);
        self.click((-30.0, 100.0));
        assert_eq!(self.editor.tool, Tool::Place(kind));
        self.feed(Event::Move(self.pointer(at)));
        self.click(at);
    }

    fn key(&mut self, text: &str) {
        let (key, command, shift) = match text.rsplit_once('+') {
            Some((held, key)) if !key.is_empty() => {
                (key, held.contains("Ctrl"), held.contains("Shift"))
            }
            _ => (text, false, false),
        };
        let chord = Chord {
            key,
            command,
            shift,
        };
        let found = keys::meaning(chord).unwrap_or_else(|| panic!("{text} means nothing"));
        self.tell(Msg::Do(found.does));
    }

    fn fill(&mut self, key: &str, value: &str) {
        self.tell(Msg::Fill {
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }

    fn rect(&self, name: &str) -> crate::canvas::layout::Rect {
        let item = self
            .scene
            .items
            .iter()
            .find(|it| it.title == name || it.id == name);
        item.unwrap_or_else(|| panic!("no {name} on the map")).rect
    }

    /// The middle of a card; of a container a free place.
    fn at(&self, name: &str) -> (f64, f64) {
        let rect = self.rect(name);
        (
            f64::from(rect.x + rect.w / 2),
            f64::from(rect.y + rect.h / 2),
        )
    }

    fn title(&self, name: &str) -> (f64, f64) {
        let rect = self.rect(name);
        (f64::from(rect.x + 40), f64::from(rect.y + 10))
    }

    fn handle(&self, name: &str) -> (f64, f64) {
        let item = self
            .scene
            .items
            .iter()
            .find(|it| it.title == name || it.id == name);
        super::target::handle(item.unwrap()).unwrap()
    }

    fn id(&self, kind: Kind) -> String {
        let shapes = |shape: Shape| match kind {
            Kind::Vpc => shape == Shape::Vpc,
            Kind::Subnet => matches!(shape, Shape::PublicSubnet | Shape::PrivateSubnet),
            Kind::Instance => shape == Shape::Host,
            Kind::InternetGateway => shape == Shape::Gateway,
            Kind::RouteTable => shape == Shape::RouteTable,
            Kind::SecurityGroup => shape == Shape::Group,
            _ => shape == Shape::Address,
        };
        let items = self.scene.items.iter().rev();
        items
            .into_iter()
            .find(|it| shapes(it.shape))
            .unwrap()
            .id
            .clone()
    }

    /// What was printed so far, run in a fresh shell, makes the same world.
    fn check_printed(&self) {
        let mut typed = fresh();
        for line in self
            .world
            .history()
            .iter()
            .flat_map(|entry| entry.commands())
        {
            let output = typed.run_line(World::TERMINAL, &line);
            assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
        }
        assert_eq!(typed.cloud().state_hash(), self.world.cloud().state_hash());
    }

    /// A VPC with a subnet and an instance, by drag.
    fn shop() -> Self {
        let mut page = Page::new();
        page.carry(Kind::Vpc, (300.0, 300.0));
        page.fill("name", "shop");
        page.tell(Msg::Confirm);
        let at = page.at("shop");
        page.carry(Kind::Subnet, at);
        page.fill("name", "front");
        page.tell(Msg::Confirm);
        let at = page.at("front");
        page.carry(Kind::Instance, at);
        page.fill("name", "web");
        page.tell(Msg::Confirm);
        page
    }
}

#[test]
fn a_network_is_built_by_drag() {
    let mut page = Page::shop();
    assert_eq!(
        page.editor.selected(),
        Some(page.id(Kind::Instance).as_str())
    );
    // The gateway onto the VPC, its own routes, an address onto the instance, and the door.
    let at = page.title("shop");
    page.carry(Kind::InternetGateway, at);
    page.tell(Msg::Confirm);
    let at = page.title("front");
    page.carry(Kind::RouteTable, at);
    page.fill("name", "out");
    page.tell(Msg::Confirm);
    let gateway = page.id(Kind::InternetGateway);
    let table = page.id(Kind::RouteTable);
    let (from, to) = (page.handle(&table), page.at(&gateway));
    page.drag(from, to);
    assert!(
        page.editor.dialog.is_none(),
        "the whole world goes to the gateway"
    );
    let at = page.at("web");
    page.carry(Kind::ElasticIp, at);
    let (from, to) = (page.at("internet"), page.at("web"));
    page.drag(from, to);
    page.fill("ports", "443");
    page.tell(Msg::Confirm);
    let strip = page.editor.strip.clone().unwrap();
    assert_eq!(
        strip.label,
        "Let the internet into web".replace("the internet", "everybody")
    );
    assert_eq!(page.world.history().len(), 8);
    let subnet = page.scene.items.iter().find(|it| it.title == "front");
    assert_eq!(subnet.unwrap().shape, Shape::PublicSubnet);
    page.check_printed();
    for _ in 0..8 {
        page.key("Ctrl+z");
    }
    assert!(page.scene.is_empty());
    for _ in 0..8 {
        page.key("Ctrl+Shift+z");
    }
    page.check_printed();
}

#[test]
fn the_same_by_single_clicks() {
    let mut page = Page::new();
    page.place(Kind::Vpc, (300.0, 300.0));
    assert_eq!(page.editor.tool, Tool::Select);
    page.fill("name", "shop");
    page.tell(Msg::Confirm);
    let at = page.at("shop");
    page.place(Kind::Subnet, at);
    page.tell(Msg::Confirm);
    let (vpc, subnet) = (page.id(Kind::Vpc), page.id(Kind::Subnet));
    let at = page.title(&vpc);
    page.place(Kind::InternetGateway, at);
    page.fill("name", "door");
    page.tell(Msg::Confirm);
    // Connect …, and then a click on the other one.
    let at = page.at(&page.id(Kind::InternetGateway));
    page.click(at);
    page.tell(Msg::Choose(Choice::Command(keys::Command::Connect)));
    assert!(matches!(page.editor.tool, Tool::Wire(_)));
    let at = page.title(&subnet);
    page.click(at);
    assert_eq!(page.editor.dialog, None);
    let subnet = page.scene.find(&subnet).unwrap();
    assert_eq!(subnet.shape, Shape::PublicSubnet);
    page.check_printed();
}

#[test]
fn the_same_by_keys_alone() {
    let mut page = Page::new();
    page.key("n");
    page.tell(Msg::Pick("vpc".to_owned()));
    page.tell(Msg::Confirm);
    page.key("n");
    page.tell(Msg::Pick("subnet".to_owned()));
    page.tell(Msg::Confirm);
    page.key("n");
    page.tell(Msg::Pick("instance".to_owned()));
    page.fill("name", "web");
    page.tell(Msg::Confirm);
    let web = page.id(Kind::Instance);
    assert_eq!(page.editor.selected(), Some(web.as_str()));
    page.key("ArrowUp");
    assert_eq!(page.editor.selected(), Some(page.id(Kind::Subnet).as_str()));
    page.key("ArrowUp");
    page.key("n");
    page.tell(Msg::Pick("internet-gateway".to_owned()));
    page.tell(Msg::Confirm);
    page.key("c");
    let list = page.editor.dialog.clone().unwrap().list;
    let subnet = page.id(Kind::Subnet);
    assert!(list.iter().any(|(id, ..)| *id == subnet), "{list:?}");
    page.tell(Msg::Pick(subnet));
    page.key("Shift+F10");
    assert!(page.editor.menu.is_some());
    page.key("Escape");
    assert!(page.editor.menu.is_none());
    page.check_printed();
}

#[test]
fn what_is_named_is_asked_its_name_and_what_cannot_be_says_so_at_once() {
    let mut page = Page::shop();
    let at = page.title("shop");
    for kind in [
        Kind::InternetGateway,
        Kind::RouteTable,
        Kind::NetworkAcl,
        Kind::SecurityGroup,
    ] {
        page.carry(kind, at);
        let form = page.editor.dialog.clone().unwrap().form;
        let keys: Vec<&str> = form.fields.iter().map(|field| field.key).collect();
        assert!(keys.iter().any(|key| key.ends_with("name")), "{keys:?}");
        if kind != Kind::SecurityGroup {
            page.fill("name", &format!("my {}", kind.word()));
        }
        page.tell(Msg::Confirm);
        assert_eq!(page.editor.dialog, None);
    }
    assert_eq!(
        super::name(&page.world, &page.id(Kind::InternetGateway)),
        "my internet-gateway"
    );
    page.check_printed();
    // A VPC has one gateway: no form could mend that.
    page.carry(Kind::InternetGateway, at);
    assert_eq!(page.editor.dialog, None);
    assert!(page.editor.notice.is_some());
}

#[test]
fn a_gateway_is_moved_along_its_edge_and_connects_to_nothing_on_its_way() {
    let mut page = Page::shop();
    let at = page.title("shop");
    page.carry(Kind::Subnet, at);
    page.fill("name", "back");
    page.tell(Msg::Confirm);
    page.carry(Kind::InternetGateway, page.title("shop"));
    page.tell(Msg::Confirm);
    page.carry(Kind::SecurityGroup, page.title("shop"));
    page.tell(Msg::Confirm);
    let gateway = page.id(Kind::InternetGateway);
    // A wide VPC has an edge to move along.
    let vpc = page.id(Kind::Vpc);
    let group = page.at("group-1");
    page.drag(group, (group.0 + 500.0, group.1));
    let (from, to) = (page.at(&gateway), page.at("group-1"));
    page.feed(Event::Down(page.pointer(from)));
    page.feed(Event::Move(page.pointer((to.0 - 60.0, to.1))));
    assert_eq!(page.editor.verdict, None, "nothing but a move");
    page.feed(Event::Up(page.pointer((to.0 - 60.0, to.1))));
    assert_eq!((&page.editor.dialog, &page.editor.notice), (&None, &None));
    let from = page.at(&gateway);
    let (before, steps) = (page.rect(&gateway), page.world.history().len());
    assert_eq!(before.y + before.h / 2, page.rect(&vpc).y, "on its edge");
    page.drag(from, (from.0 - 200.0, from.1 + 150.0));
    let after = page.rect(&gateway);
    assert_eq!((after.x, after.y), (before.x - 200, before.y));
    assert_eq!(page.world.history().len(), steps + 1);
    // Never over the VPC's title.
    page.drag(page.at(&gateway), (0.0, 0.0));
    assert!(page.rect(&gateway).x > page.rect(&vpc).x + 150);
}

#[test]
fn what_leaves_the_palette_does_not_push_the_view() {
    let mut page = Page::shop();
    page.hand.size = (800.0, 600.0);
    page.hand.carry(Kind::Subnet);
    page.feed(Event::Down(page.pointer((-30.0, 100.0))));
    page.feed(Event::Move(page.pointer((-4.0, 100.0))));
    let camera = page.hand.camera;
    page.feed(Event::Tick(500.0));
    page.feed(Event::Move(page.pointer((3.0, 100.0))));
    page.feed(Event::Tick(520.0));
    assert_eq!(page.hand.camera, camera, "it is still on its way in");
    page.feed(Event::Move(page.pointer((300.0, 100.0))));
    page.feed(Event::Move(page.pointer((3.0, 100.0))));
    page.feed(Event::Tick(540.0));
    assert_ne!(page.hand.camera, camera, "from within the edge pushes");
}

#[test]
fn a_drag_over_a_container_says_live_what_would_come_of_it() {
    let mut page = Page::shop();
    let vpc = page.id(Kind::Vpc);
    let at = page.title(&vpc);
    page.place(Kind::Subnet, at);
    page.fill("name", "back");
    page.tell(Msg::Confirm);
    let (from, to) = (page.at("web"), page.title("back"));
    page.feed(Event::Down(page.pointer(from)));
    page.feed(Event::Move(page.pointer(to)));
    let verdict = page.editor.verdict.clone().unwrap();
    assert!(
        !verdict.ok && verdict.text.contains("stays in the subnet"),
        "{verdict:?}"
    );
    page.feed(Event::Up(page.pointer(to)));
    // It is refused, and a copy is offered.
    let notice = page.editor.notice.clone().unwrap();
    assert_eq!(notice.offers[0].label, "Launch a copy in back");
    page.tell(Msg::Accept(0));
    assert!(page.scene.items.iter().any(|it| it.title == "web-2"));
    // The empty map takes no subnet.
    page.hand.carry(Kind::Subnet);
    page.feed(Event::Down(page.pointer((-30.0, 10.0))));
    page.feed(Event::Move(page.pointer((1_900.0, 1_500.0))));
    assert!(!page.editor.verdict.clone().unwrap().ok);
    page.feed(Event::Cancel);
    assert_eq!(page.editor.verdict, None);
    page.check_printed();
}

#[test]
fn what_one_moves_stays_moved_on_the_grid() {
    let mut page = Page::shop();
    let before = page.rect("web");
    let from = page.at("web");
    page.drag(from, (from.0 + 63.0, from.1 + 48.0));
    let after = page.rect("web");
    assert_eq!((after.x - before.x, after.y - before.y), (60, 50));
    page.key("Ctrl+ArrowRight");
    page.key("Ctrl+Shift+ArrowDown");
    let nudged = page.rect("web");
    assert_eq!((nudged.x - after.x, nudged.y - after.y), (10, 50));
    let at = page.title("front");
    page.place(Kind::Instance, at);
    page.tell(Msg::Confirm);
    assert_eq!(page.rect("web"), nudged, "what comes new moves nothing");
    page.key("t");
    assert_ne!(page.rect("web"), nudged);
    // A press that wobbles is a click.
    let at = page.at("web");
    page.drag(at, (at.0 + 2.0, at.1 + 1.0));
    assert_eq!(
        page.editor.selected().map(|id| id.starts_with("i-")),
        Some(true)
    );
    page.check_printed();
}

#[test]
fn a_band_catches_what_is_inside_of_where_it_began() {
    let mut page = Page::shop();
    for _ in 0..2 {
        let at = page.title("front");
        page.place(Kind::Instance, at);
        page.tell(Msg::Confirm);
    }
    let front = page.rect("front");
    let from = (f64::from(front.x + 3), f64::from(front.bottom() - 3));
    page.drag(from, (f64::from(front.right()), f64::from(front.y + 53)));
    assert_eq!(
        page.editor.selection.len(),
        3,
        "{:?}",
        page.editor.selection
    );
    // Delete shows what goes, and then does it.
    page.key("Delete");
    let gone = page.editor.dialog.clone().unwrap().gone;
    assert_eq!(gone.len(), 3);
    page.tell(Msg::Confirm);
    assert!(!page.scene.items.iter().any(|it| it.shape == Shape::Host));
    page.key("Ctrl+z");
    page.key("Ctrl+a");
    assert!(page.editor.selection.len() >= 5);
    page.key("Escape");
    assert!(page.editor.selection.is_empty());
    page.check_printed();
}

#[test]
fn copies_have_new_ids_and_free_ranges() {
    let mut page = Page::shop();
    let front = page.id(Kind::Subnet);
    page.tell(Msg::Click {
        id: Some(front),
        add: false,
    });
    page.key("Ctrl+c");
    let vpc = page.id(Kind::Vpc);
    page.tell(Msg::Click {
        id: Some(vpc),
        add: false,
    });
    page.key("Ctrl+v");
    assert!(
        page.scene
            .items
            .iter()
            .any(|it| it.title == "front-2" && it.detail == "10.0.1.0/24")
    );
    assert!(page.scene.items.iter().any(|it| it.title == "web-2"));
    page.key("Ctrl+d");
    assert!(page.scene.items.iter().any(|it| it.title == "front-3"));
    page.check_printed();
}

#[test]
fn everything_is_deleted_and_copied_once() {
    let mut page = Page::shop();
    page.key("Ctrl+a");
    page.key("Ctrl+d");
    let hosts = page.scene.items.iter().filter(|it| it.shape == Shape::Host);
    assert_eq!(hosts.count(), 2, "the VPC with all it holds, once more");
    page.key("Ctrl+a");
    page.key("Delete");
    page.tell(Msg::Confirm);
    assert!(page.scene.is_empty(), "{:?}", page.editor.notice);
    page.check_printed();
}

#[test]
fn a_draft_keeps_what_came_meanwhile() {
    let mut page = Page::shop();
    let at = page.at("web");
    page.carry(Kind::SecurityGroup, at);
    page.fill("group-name", "door");
    page.tell(Msg::Confirm);
    let door = page.id(Kind::SecurityGroup);
    page.editor.selection = vec![door.clone()];
    page.editor.follow(&page.world, true);
    page.tell(Msg::Bench(Edit::Add(RuleTable::Inbound)));
    let line = format!(
        "aws ec2 authorize-security-group-ingress --group-id {door} --protocol tcp --port 22 --cidr 10.0.0.0/8"
    );
    assert_eq!(page.world.run_line(World::TERMINAL, &line).exit, 0);
    page.editor.follow(&page.world, true);
    page.tell(Msg::Bench(Edit::Apply(Some(RuleTable::Inbound))));
    page.editor.follow(&page.world, true);
    let inbound = &page.editor.bench.as_ref().unwrap().tables[0];
    assert_eq!(inbound.rows.len(), 2, "{:?}", inbound.rows);
}

/// A shop whose instance has two groups to choose from: ids of the instance and the groups.
fn guarded() -> (Page, String, [String; 2]) {
    let mut page = Page::shop();
    let web = page.id(Kind::Instance);
    let ids = ["door", "gate"].map(|group| {
        let vpc = page.id(Kind::Vpc);
        let line = format!(
            "aws ec2 create-security-group --group-name {group} --description x --vpc-id {vpc} --query GroupId --output text"
        );
        let output = page.world.run_line(World::TERMINAL, &line);
        assert_eq!(output.exit, 0, "{}", output.stderr);
        output.stdout.trim().to_owned()
    });
    page.editor.selection = vec![web.clone()];
    page.editor.follow(&page.world, true);
    (page, web, ids)
}

fn set(key: &str, value: &str) -> Msg {
    Msg::Bench(Edit::Set {
        key: key.to_owned(),
        value: value.to_owned(),
    })
}

#[test]
fn what_is_ticked_is_applied_to_what_is_there_now() {
    let (mut page, web, [door, gate]) = guarded();
    let before = page.editor.bench.as_ref().unwrap().values["groups"].clone();
    page.tell(set("groups", &super::dialog::toggled(&before, &gate, true)));
    // Meanwhile somebody types: the first group goes, another comes.
    let line = format!("aws ec2 modify-instance-attribute --instance-id {web} --groups {door}");
    assert_eq!(page.world.run_line(World::TERMINAL, &line).exit, 0);
    page.editor.follow(&page.world, true);
    let bench = page.editor.bench.as_ref().unwrap();
    assert_eq!(bench.values["groups"], format!("{door},{gate}"));
    assert!(bench.overtaken.is_empty());
    page.tell(Msg::Bench(Edit::Apply(None)));
    page.editor.follow(&page.world, true);
    let bench = page.editor.bench.as_ref().unwrap();
    assert!(!bench.is_changed());
    assert_eq!(bench.values["groups"], format!("{door},{gate}"));
}

#[test]
fn a_draft_of_what_was_changed_meanwhile_says_so() {
    let (mut page, web, _) = guarded();
    page.tell(set("name", "shop window"));
    let line = format!("aws ec2 create-tags --resources {web} --tags Key=Name,Value=front");
    assert_eq!(page.world.run_line(World::TERMINAL, &line).exit, 0);
    for _ in 0..2 {
        page.editor.follow(&page.world, true);
        let bench = page.editor.bench.as_ref().unwrap();
        assert_eq!(bench.values["name"], "shop window");
        assert_eq!(bench.overtaken, ["Name"]);
    }
    page.tell(Msg::Bench(Edit::Discard(None)));
    assert!(page.editor.bench.as_ref().unwrap().overtaken.is_empty());
}

#[test]
fn what_is_drafted_waits_until_its_thing_is_selected_again() {
    let (mut page, web, [door, _]) = guarded();
    page.tell(set("name", "window"));
    for other in [Some(door), None] {
        page.tell(Msg::Click {
            id: other,
            add: false,
        });
        page.editor.follow(&page.world, false);
        assert_eq!(page.editor.waiting, [(web.clone(), "web".to_owned())]);
    }
    page.tell(Msg::Click {
        id: Some(web.clone()),
        add: false,
    });
    page.editor.follow(&page.world, false);
    assert!(page.editor.waiting.is_empty());
    assert_eq!(page.editor.bench.as_ref().unwrap().values["name"], "window");
    // The thing goes, and its draft with it, until undo brings both back.
    page.key("Delete");
    page.editor.follow(&page.world, true);
    assert!(page.editor.waiting.is_empty());
    page.key("Ctrl+z");
    page.editor.follow(&page.world, true);
    assert_eq!(page.editor.waiting.len(), 1);
    page.tell(Msg::Click {
        id: Some(web),
        add: false,
    });
    page.editor.follow(&page.world, false);
    page.tell(Msg::Bench(Edit::Apply(None)));
    page.editor.follow(&page.world, true);
    assert!(!page.editor.drafts_anything());
}

#[test]
fn what_did_not_come_about_is_still_there_to_be_mended() {
    let (mut page, _, _) = guarded();
    page.tell(set("name", "window"));
    let apply = |page: &mut Page, msg: Msg| page.editor.take(&page.world, &page.scene, msg);
    let effects = apply(&mut page, Msg::Bench(Edit::Apply(None)));
    assert!(matches!(effects.as_slice(), [Effect::CarryOut(_)]));
    page.editor.failed("The world is read only.".to_owned());
    let bench = page.editor.bench.as_ref().unwrap();
    assert_eq!(bench.values["name"], "window");
    let (which, notice) = bench.failed.clone().unwrap();
    assert_eq!(
        (which, notice.text.as_str()),
        (None, "The world is read only.")
    );
    // It is said until the draft is another one.
    page.editor.follow(&page.world, true);
    assert!(page.editor.bench.as_ref().unwrap().failed.is_some());
    page.tell(set("name", "windows"));
    assert!(page.editor.bench.as_ref().unwrap().failed.is_none());
    // The same for a dialog.
    page.editor.selection.clear();
    page.key("n");
    page.tell(Msg::Pick("vpc".to_owned()));
    page.fill("name", "second");
    let effects = apply(&mut page, Msg::Confirm);
    assert!(matches!(effects.first(), Some(Effect::CarryOut(_))));
    page.editor.failed("The world is read only.".to_owned());
    let dialog = page.editor.dialog.clone().unwrap();
    assert_eq!(dialog.values["name"], "second");
    assert_eq!(dialog.refusal.unwrap().text, "The world is read only.");
    page.tell(Msg::Confirm);
    assert_eq!(page.editor.dialog, None);
}

#[test]
fn the_strip_undoes_only_what_it_shows() {
    let mut page = Page::shop();
    let strip = |page: &Page| {
        let strip = page.editor.strip.as_ref();
        strip.map(|strip| (strip.label.clone(), strip.is_last))
    };
    let label = strip(&page).unwrap().0;
    assert_eq!(strip(&page), Some((label.clone(), true)));
    // Something else is done: undo would undo that.
    page.world
        .run_line(World::TERMINAL, "aws ec2 create-internet-gateway");
    page.tell(Msg::Let);
    assert_eq!(strip(&page), Some((label.clone(), false)));
    page.key("Ctrl+z");
    assert_eq!(strip(&page), Some((label, true)));
    page.key("Ctrl+z");
    assert_eq!(strip(&page), None);
    page.key("Ctrl+y");
    assert_eq!(strip(&page), None);
}

#[test]
fn an_instance_is_told_only_what_it_can_do_now() {
    let (mut page, web, _) = guarded();
    let powers = |page: &Page| page.editor.bench.as_ref().unwrap().powers.clone();
    let offered = |page: &mut Page| {
        page.key("Shift+F10");
        let parts = page.editor.menu.take().unwrap().parts;
        let powers = parts
            .into_iter()
            .flatten()
            .filter_map(|it| match it.choice {
                Choice::Power(power) => Some(power),
                _ => None,
            });
        powers.collect::<Vec<_>>()
    };
    assert_eq!(powers(&page), [Power::Stop, Power::Reboot]);
    assert_eq!(offered(&mut page), [Power::Stop, Power::Reboot]);
    assert!(page.editor.bench.as_ref().unwrap().is_locked("type"));
    page.tell(Msg::Power(Power::Stop));
    page.editor.follow(&page.world, true);
    assert_eq!(powers(&page), [Power::Start]);
    assert_eq!(offered(&mut page), [Power::Start]);
    let bench = page.editor.bench.as_ref().unwrap();
    assert!(!bench.is_locked("type") && !bench.is_locked("name"));
    // Of several those that it means something to.
    let front = page.id(Kind::Subnet);
    page.tell(Msg::Placed {
        kind: Kind::Instance,
        on: Some(front),
        zone: None,
    });
    page.tell(Msg::Confirm);
    let other = page.editor.selected().unwrap().to_owned();
    page.editor.selection = vec![web, other];
    assert_eq!(
        offered(&mut page),
        [Power::Start, Power::Stop, Power::Reboot]
    );
    page.tell(Msg::Choose(Choice::Power(Power::Start)));
    assert_eq!(offered(&mut page), [Power::Stop, Power::Reboot]);
    page.check_printed();
}

#[test]
fn a_rule_is_offered_whom_it_can_be_about() {
    let (mut page, _, [door, gate]) = guarded();
    page.editor.selection = vec![door.clone()];
    page.editor.follow(&page.world, false);
    let peers = page.editor.bench.as_ref().unwrap().peers.clone();
    let said = |value: &str| {
        let found = peers.iter().find(|(it, _)| it == value);
        found.map(|(_, said)| said.as_str())
    };
    assert_eq!(said("0.0.0.0/0"), Some("everyone"));
    assert_eq!(said("203.0.113.10/32"), Some("your laptop"));
    assert_eq!(said("10.0.0.0/16"), Some("VPC shop"));
    assert_eq!(said(&gate), Some("group gate"));
    assert_eq!(said(&door), Some("group door"), "its own members too");
}

#[test]
fn drafts_are_looked_at_only_when_something_has_changed() {
    let (mut page, web, [door, _]) = guarded();
    let line = format!("aws ec2 create-tags --resources {web} --tags Key=Name,Value=front");
    assert_eq!(page.world.run_line(World::TERMINAL, &line).exit, 0);
    let name = |page: &Page| page.editor.bench.as_ref().unwrap().values["name"].clone();
    page.editor.follow(&page.world, false);
    assert_eq!(name(&page), "web", "nobody said that the world has changed");
    page.editor.follow(&page.world, true);
    assert_eq!(name(&page), "front");
    page.editor.selection = vec![door.clone()];
    page.editor.follow(&page.world, false);
    assert_eq!(page.editor.bench.as_ref().unwrap().id, door);
}

#[test]
fn hands_pan_zoom_and_ask_for_the_menu() {
    let mut page = Page::shop();
    // Space or the middle button pans.
    let mut pointer = page.pointer((500.0, 500.0));
    pointer.pans = true;
    page.feed(Event::Down(pointer));
    pointer.at = (530.0, 520.0);
    page.feed(Event::Move(pointer));
    page.feed(Event::Up(pointer));
    assert_eq!((page.hand.camera.x, page.hand.camera.y), (30.0, 20.0));
    assert!(page.hand.own);
    // Two fingers zoom about their middle.
    let finger = |id, at| Pointer {
        id,
        at,
        touch: true,
        ..pointer
    };
    page.feed(Event::Down(finger(1, (400.0, 400.0))));
    page.feed(Event::Down(finger(2, (500.0, 400.0))));
    page.feed(Event::Move(finger(2, (600.0, 400.0))));
    assert!((page.hand.camera.zoom - 2.0).abs() < 1e-9);
    page.feed(Event::Up(finger(2, (600.0, 400.0))));
    page.feed(Event::Up(finger(1, (400.0, 400.0))));
    page.hand.camera = Default::default();
    // The second button, and a finger that rests.
    let at = page.at("web");
    let mut second = page.pointer(at);
    second.button = Button::Second;
    page.feed(Event::Down(second));
    page.feed(Event::Up(second));
    let menu = page.editor.menu.clone().unwrap();
    assert_eq!(menu.title, "web");
    page.key("Escape");
    let mut finger = page.pointer(at);
    finger.touch = true;
    page.feed(Event::Down(finger));
    page.feed(Event::Tick(finger.time + 499.0));
    assert!(page.editor.menu.is_none());
    page.feed(Event::Tick(finger.time + 501.0));
    assert!(page.editor.menu.is_some());
    // What is held at the edge moves the view.
    page.key("Escape");
    page.feed(Event::Down(page.pointer(at)));
    page.feed(Event::Move(page.pointer((1_999.0, at.1))));
    let before = page.hand.camera;
    page.feed(Event::Tick(0.0));
    assert!(page.hand.camera.x < before.x);
    page.feed(Event::Cancel);
    // A double click opens the details.
    page.hand.camera = Default::default();
    page.click(at);
    page.time -= 900.0;
    page.click(at);
    assert_eq!(page.editor.selection.len(), 1);
}
