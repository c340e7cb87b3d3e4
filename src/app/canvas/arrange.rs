//! Boxes in a container: what somebody put somewhere stays there, the rest flows around it.
//!
//! All places are from the container's corner.

use super::map::Rect;
use crate::consts::GAP;
use hopwise_world::Places;

/// A box to place: its id and its size.
pub type Sized<'a> = (&'a str, (i32, i32));

/// Where somebody put it, kept within the container's inner corner.
pub fn pinned(places: &Places, (id, (w, h)): Sized<'_>, corner: (i32, i32)) -> Option<Rect> {
    let (x, y) = places.get(id)?;
    Some(Rect {
        x: (*x).max(corner.0),
        y: (*y).max(corner.1),
        w,
        h,
    })
}

fn meets(one: Rect, other: Rect) -> bool {
    let apart = GAP / 2;
    one.x < other.right() + apart
        && other.x < one.right() + apart
        && one.y < other.bottom() + apart
        && other.y < one.bottom() + apart
}

/// Boxes of one size in rows of `columns`, from `corner` on, around the pinned ones.
pub fn grid(
    ids: &[&str],
    size: (i32, i32),
    columns: usize,
    corner: (i32, i32),
    places: &Places,
) -> Vec<Rect> {
    let fixed: Vec<Option<Rect>> = ids
        .iter()
        .map(|id| pinned(places, (id, size), corner))
        .collect();
    let taken: Vec<Rect> = fixed.iter().flatten().copied().collect();
    let columns = columns.max(1);
    let mut slots = (0usize..).map(|slot| {
        let step = |number: usize, each: i32| i32::try_from(number).unwrap_or(0) * (each + GAP);
        Rect {
            x: corner.0 + step(slot % columns, size.0),
            y: corner.1 + step(slot / columns, size.1),
            w: size.0,
            h: size.1,
        }
    });
    fixed
        .into_iter()
        .map(|fixed| {
            fixed.unwrap_or_else(|| {
                let free = slots.find(|slot| !taken.iter().any(|other| meets(*slot, *other)));
                free.unwrap_or_default()
            })
        })
        .collect()
}

/// Boxes below each other from `corner` on, around the pinned ones.
pub fn stack(boxes: &[Sized<'_>], corner: (i32, i32), places: &Places) -> Vec<Rect> {
    let fixed: Vec<Option<Rect>> = boxes.iter().map(|it| pinned(places, *it, corner)).collect();
    let taken: Vec<Rect> = fixed.iter().flatten().copied().collect();
    let mut down = corner.1;
    fixed
        .into_iter()
        .zip(boxes)
        .map(|(fixed, (_, (w, h)))| {
            fixed.unwrap_or_else(|| {
                let mut at = Rect {
                    x: corner.0,
                    y: down,
                    w: *w,
                    h: *h,
                };
                while let Some(other) = taken.iter().find(|other| meets(at, **other)) {
                    at.y = other.bottom() + GAP;
                }
                down = at.bottom() + GAP;
                at
            })
        })
        .collect()
}

/// How far the boxes reach: right and bottom.
pub fn reach(boxes: &[Rect]) -> (i32, i32) {
    let right = boxes.iter().map(|it| it.right()).max().unwrap_or(0);
    let bottom = boxes.iter().map(|it| it.bottom()).max().unwrap_or(0);
    (right, bottom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_flows_around_what_was_put_somewhere() {
        let places: Places = [("b".to_owned(), (10, 20))].into();
        let rects = grid(&["a", "b", "c"], (100, 40), 2, (10, 20), &places);
        let at: Vec<(i32, i32)> = rects.iter().map(|it| (it.x, it.y)).collect();
        assert_eq!(at, [(122, 20), (10, 20), (10, 72)]);
        let rects = stack(&[("a", (100, 40)), ("b", (100, 40))], (10, 20), &places);
        assert_eq!(rects[0].y, 72);
        // Nothing is put onto the container's title.
        let places: Places = [("a".to_owned(), (-50, 0))].into();
        let rects = grid(&["a"], (100, 40), 2, (10, 20), &places);
        assert_eq!((rects[0].x, rects[0].y), (10, 20));
    }
}
