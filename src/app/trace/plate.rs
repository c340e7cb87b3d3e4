//! The packet's words on the map: a plate beside the dot that hides no other words.

use crate::canvas::layout::{Point, Rect, Scene, Shape};
use crate::consts::{SUBNET_TITLE, TITLE, ZONE_TITLE};
use crate::text::cut;

/// The plate's height, and the room at both ends of its words.
const HEIGHT: i32 = 20;
const INSIDE: i32 = 7;
/// Four characters of the plate, bold and 12 px high.
const FOUR: i32 = 29;
/// Longer words are cut; the card of the hop has them whole.
const MOST: usize = 44;
/// How far the plate stands from what the packet is at, nearest first.
const AWAY: [i32; 6] = [8, 20, 36, 56, 80, 110];
/// The dot and its rim.
const DOT: i32 = 8;

/// What the plate reads, and its size.
pub fn plate(label: &str, stopped: Option<&str>) -> (String, (i32, i32)) {
    let text = match stopped {
        Some(why) => format!("{label} ✕ {}", cut(why, MOST)),
        None => label.to_owned(),
    };
    // The text is cut, so this is small.
    let letters = i32::try_from(text.chars().count().min(999)).unwrap_or(999);
    (text, (letters * FOUR / 4 + 2 * INSIDE, HEIGHT))
}

/// The parts of a map that hold words; the whole map is the first of them.
pub fn words_of(scene: &Scene) -> Vec<Rect> {
    let whole = Rect {
        x: 0,
        y: 0,
        w: scene.width,
        h: scene.height,
    };
    let titles = scene.items.iter().map(|item| {
        let title = |h: i32| Rect { h, ..item.rect };
        match item.shape {
            Shape::Region | Shape::Vpc => title(TITLE),
            Shape::Zone => title(ZONE_TITLE),
            Shape::PublicSubnet | Shape::PrivateSubnet => title(SUBNET_TITLE),
            _ => item.rect,
        }
    });
    std::iter::once(whole).chain(titles).collect()
}

/// How much of `a` lies in `b`.
fn shared(a: Rect, b: Rect) -> i64 {
    let w = a.right().min(b.right()) - a.x.max(b.x);
    let h = a.bottom().min(b.bottom()) - a.y.max(b.y);
    i64::from(w.max(0)) * i64::from(h.max(0))
}

/// Where the plate's upper left corner stands: where it hides the least, and of these places the
/// nearest. It stays where it was (`before`, relative to the packet) as long as it hides nothing.
pub fn place(at: Point, size: (i32, i32), words: &[Rect], before: Option<Point>) -> Point {
    let (w, h) = size;
    let map = words.first().copied().unwrap_or_default();
    let cards = words.get(1..).unwrap_or_default();
    let dot = Rect {
        x: at.x - DOT,
        y: at.y - DOT,
        w: 2 * DOT,
        h: 2 * DOT,
    };
    let hidden = |corner: Point| {
        let plate = Rect {
            x: corner.x,
            y: corner.y,
            w,
            h,
        };
        let outside = i64::from(w) * i64::from(h) - shared(plate, map);
        let cards: i64 = cards.iter().map(|card| shared(plate, *card)).sum();
        outside + cards + shared(plate, dot)
    };
    let before = before.map(|it| Point {
        x: at.x + it.x,
        y: at.y + it.y,
    });
    if let Some(corner) = before.filter(|corner| hidden(*corner) == 0) {
        return corner;
    }
    let near = beside(at, cards);
    let places = AWAY.into_iter().flat_map(|away| {
        let (above, below) = (near.y - away - h, near.bottom() + away);
        let (left, right) = (at.x - w + 2 * DOT, at.x - 2 * DOT);
        let middle = at.y - h / 2;
        [
            (right, above),
            (left, above),
            (near.right() + away, middle),
            (near.x - away - w, middle),
            (right, below),
            (left, below),
        ]
    });
    let places = places.map(|(x, y)| Point { x, y });
    places.min_by_key(|corner| hidden(*corner)).unwrap_or(at)
}

/// The smallest card that the packet is in or at the edge of, else the packet itself.
fn beside(at: Point, cards: &[Rect]) -> Rect {
    let holds = |card: &&Rect| {
        (card.x..=card.right()).contains(&at.x) && (card.y..=card.bottom()).contains(&at.y)
    };
    let dot = Rect {
        x: at.x - DOT,
        y: at.y - DOT,
        w: 2 * DOT,
        h: 2 * DOT,
    };
    let card = cards.iter().filter(holds);
    card.min_by_key(|card| i64::from(card.w) * i64::from(card.h))
        .copied()
        .unwrap_or(dot)
}

/// A line to a plate that stands away from what it speaks of, relative to the packet; else nothing.
pub fn leader(at: Point, corner: Point, size: (i32, i32), words: &[Rect]) -> String {
    let near = beside(at, words.get(1..).unwrap_or_default());
    // Between the two boxes: where they come closest.
    let closest = |low: i32, high: i32, from: i32, to: i32| match (high < from, to < low) {
        (true, _) => (high, from),
        (_, true) => (low, to),
        _ => {
            let middle = (low.max(from) + high.min(to)) / 2;
            (middle, middle)
        }
    };
    let (x0, x1) = closest(
        near.x,
        near.right(),
        corner.x + INSIDE,
        corner.x + size.0 - INSIDE,
    );
    let (y0, y1) = closest(near.y, near.bottom(), corner.y, corner.y + size.1);
    match (x1 - x0).abs() + (y1 - y0).abs() > 3 * DOT {
        true => format!("M{} {}L{} {}", x0 - at.x, y0 - at.y, x1 - at.x, y1 - at.y),
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rect(x: i32, y: i32, w: i32, h: i32) -> Rect {
        Rect { x, y, w, h }
    }

    #[test]
    fn the_plate_hides_no_words() {
        let map = rect(0, 0, 800, 600);
        let (text, size) = plate("tcp 443", None);
        assert_eq!((text.as_str(), size), ("tcp 443", (64, 20)));
        let check = |at: (i32, i32), cards: &[Rect], expected: (i32, i32)| {
            let words: Vec<Rect> = std::iter::once(map).chain(cards.iter().copied()).collect();
            let point = Point { x: at.0, y: at.1 };
            let corner = place(point, size, &words, None);
            assert_eq!((corner.x, corner.y), expected, "{at:?} {cards:?}");
            for card in cards {
                assert_eq!(shared(rect(corner.x, corner.y, size.0, size.1), *card), 0);
            }
        };
        // Above it, where there is room.
        check((400, 300), &[], (384, 264));
        // A card above: the plate goes to the side.
        check((400, 300), &[rect(300, 240, 200, 44)], (416, 290));
        // In a card: above the card.
        check((400, 300), &[rect(382, 278, 152, 44)], (384, 250));
        // At the upper edge of the map: not above.
        check((400, 10), &[], (416, 0));
        // In the corner of the map.
        check((790, 590), &[], (710, 580));
    }

    #[test]
    fn the_plate_stays_where_it_was_while_it_can() {
        let words = [rect(0, 0, 800, 600), rect(300, 240, 200, 44)];
        let before = Some(Point { x: 16, y: -10 });
        let corner = place(Point { x: 500, y: 400 }, (70, 20), &words, before);
        assert_eq!((corner.x, corner.y), (516, 390));
        let corner = place(Point { x: 290, y: 260 }, (70, 20), &words, before);
        assert_ne!((corner.x, corner.y), (306, 250), "a card is there");
    }

    #[test]
    fn a_far_plate_has_a_line_to_the_packet() {
        let at = Point { x: 400, y: 300 };
        let check = |cards: &[Rect], x: i32, y: i32, expected: &str| {
            let mut words = vec![rect(0, 0, 800, 600)];
            words.extend(cards);
            assert_eq!(leader(at, Point { x, y }, (70, 20), &words), expected);
        };
        check(&[], 384, 264, "");
        check(&[], 384, 212, "M0 -8L0 -68");
        // At the edge of a card: from the card on.
        let card = [rect(340, 300, 120, 44)];
        check(&card, 384, 352, "");
        check(&card, 384, 400, "M19 44L19 100");
        let long = plate("tcp 80", Some(&"x".repeat(99))).0;
        assert_eq!(long.chars().count(), 53);
    }
}
