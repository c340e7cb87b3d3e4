//! Pan and zoom: numbers beside the virtual DOM, written as a CSS transform.

use crate::consts::*;

/// What part of the map is seen: `screen = map * zoom + (x, y)`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Camera {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Camera {
            x: 0.0,
            y: 0.0,
            zoom: 1.0,
        }
    }
}

impl Camera {
    /// The whole map in the middle of the view, no larger than is good.
    pub fn fitted(view: (f64, f64), map: (f64, f64)) -> Camera {
        let share = |view: f64, map: f64| view * FIT_SHARE / map.max(1.0);
        let zoom = share(view.0, map.0)
            .min(share(view.1, map.1))
            .clamp(FIT_LEAST, FIT_ZOOM);
        let middle = |view: f64, map: f64| ((view - map * zoom) / 2.0).max(0.0);
        Camera {
            x: middle(view.0, map.0),
            y: middle(view.1, map.1),
            zoom,
        }
    }

    /// Closer by `factor`, the point of the screen staying where it is.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: (f64, f64)) -> Camera {
        // A fitted map may be further out than a hand goes; it doesn't jump from there.
        let zoom = (self.zoom * factor).clamp(self.zoom.min(ZOOM.0), ZOOM.1);
        let ratio = zoom / self.zoom;
        Camera {
            x: at.0 - (at.0 - self.x) * ratio,
            y: at.1 - (at.1 - self.y) * ratio,
            zoom,
        }
    }

    /// Moved by so many pixels of the screen.
    #[must_use]
    pub fn moved(self, x: f64, y: f64) -> Camera {
        Camera {
            x: self.x + x,
            y: self.y + y,
            ..self
        }
    }

    /// Moved so far that a part of the map is within the view, and not at all if it is.
    #[must_use]
    pub fn showing(self, rect: super::layout::Rect, view: (f64, f64)) -> Camera {
        let shift = |from: i32, size: i32, offset: f64, view: f64| {
            let start = f64::from(from) * self.zoom + offset;
            let end = start + f64::from(size) * self.zoom;
            if start < 0.0 || f64::from(size) * self.zoom > view {
                -start + f64::from(MARGIN).min(view / 4.0)
            } else if end > view {
                view - end - f64::from(MARGIN).min(view / 4.0)
            } else {
                0.0
            }
        };
        let inside = |from: i32, size: i32, offset: f64, view: f64| {
            let start = f64::from(from) * self.zoom + offset;
            let end = start + f64::from(size) * self.zoom;
            // A container larger than the view counts as seen when a part of it is.
            start < view && end > 0.0 && f64::from(size) * self.zoom > view
        };
        let along = |from, size, offset, view| match inside(from, size, offset, view) {
            true => 0.0,
            false => shift(from, size, offset, view),
        };
        self.moved(
            along(rect.x, rect.w, self.x, view.0),
            along(rect.y, rect.h, self.y, view.1),
        )
    }

    /// As CSS writes it.
    pub fn css(self) -> String {
        format!(
            "translate({:.2}px, {:.2}px) scale({:.4})",
            self.x, self.y, self.zoom
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::Rect;
    use super::*;

    #[test]
    fn the_point_under_the_pointer_stays() {
        let before = Camera {
            x: 30.0,
            y: -12.0,
            zoom: 0.8,
        };
        let at = (200.0, 100.0);
        let map = |camera: Camera| {
            (
                (at.0 - camera.x) / camera.zoom,
                (at.1 - camera.y) / camera.zoom,
            )
        };
        let after = before.zoomed(1.7, at);
        assert!((map(before).0 - map(after).0).abs() < 1e-9);
        assert!((map(before).1 - map(after).1).abs() < 1e-9);
        assert!((after.zoom - 1.36).abs() < 1e-9);
        assert!((before.zoomed(1e9, at).zoom - ZOOM.1).abs() < 1e-9);
        assert!((before.zoomed(0.0, at).zoom - ZOOM.0).abs() < 1e-9);
    }

    #[test]
    fn a_fitted_map_is_in_the_view() {
        let camera = Camera::fitted((800.0, 400.0), (1600.0, 400.0));
        assert!(camera.zoom < 0.5 && camera.x >= 0.0 && camera.y > 0.0);
        let small = Camera::fitted((800.0, 400.0), (10.0, 10.0));
        assert!((small.zoom - FIT_ZOOM).abs() < 1e-9);
    }

    #[test]
    fn what_is_outside_of_the_view_comes_in() {
        let camera = Camera::default();
        let rect = |x, y| Rect { x, y, w: 50, h: 20 };
        let view = (400.0, 300.0);
        assert_eq!(camera.showing(rect(10, 10), view), camera);
        let right = camera.showing(rect(900, 10), view);
        assert!(right.x <= -550.0 && right.x > -900.0 && right.y == 0.0);
        let left = camera.showing(rect(-200, 10), view);
        assert!(left.x >= 200.0);
    }
}
