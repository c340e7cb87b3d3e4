//! Addresses as a picture: how a VPC's range is taken, and what AWS keeps of a subnet.

use crate::editor::bench::{Bench, Part};
use yew::{Html, html};

/// The width of the picture, in its own units.
const WIDE: u128 = 300;
/// A part is never drawn narrower.
const LEAST: u128 = 5;

/// The widths of parts: by size, and none too narrow to be seen.
fn widths(parts: &[Part]) -> Vec<u128> {
    let all: u128 = parts.iter().map(|part| part.size).sum();
    let raw: Vec<u128> = parts
        .iter()
        .map(|part| (part.size.saturating_mul(WIDE) / all.max(1)).max(LEAST))
        .collect();
    let sum: u128 = raw.iter().sum();
    raw.into_iter()
        .map(|wide| (wide * WIDE / sum.max(1)).max(1))
        .collect()
}

/// The range of a VPC, or the reserved addresses of a subnet.
pub fn addresses(bench: &Bench) -> Html {
    html! {
        <>
            { range(&bench.range) }
            { reserved(&bench.reserved) }
        </>
    }
}

fn range(parts: &[Part]) -> Html {
    if parts.is_empty() {
        return Html::default();
    }
    let mut across = 0;
    let bars = parts.iter().zip(widths(parts)).map(|(part, wide)| {
        let x = across;
        across += wide;
        let class = match part.subnet {
            Some(_) => "range-taken",
            None => "range-free",
        };
        html! {
            <rect key={part.first.clone()} {class} x={x.to_string()} y="0" width={wide.saturating_sub(1).max(1).to_string()} height="16" rx="2" />
        }
    });
    html! {
        <section class="bench">
            <h3 class="inspector-part">{ "Range" }</h3>
            <svg class="range" viewBox="0 0 300 16" aria-hidden="true">{ for bars }</svg>
            <ul class="range-list">
                { for parts.iter().map(|part| html! {
                    <li key={part.first.clone()}>
                        <span class={if part.subnet.is_some() { "range-dot range-dot-taken" } else { "range-dot" }} />
                        <code>{ &part.first }</code>
                        { match &part.subnet {
                            Some((id, name)) => html! { <button type="button" class="id" data-select={id.clone()}>{ name }</button> },
                            None => html! { <span>{ "free" }</span> },
                        } }
                        <span class="range-size">{ format!("{} addresses", part.size) }</span>
                    </li>
                }) }
            </ul>
        </section>
    }
}

fn reserved(addresses: &[(String, &'static str)]) -> Html {
    if addresses.is_empty() {
        return Html::default();
    }
    html! {
        <details class="bench">
            <summary>{ "The five addresses AWS keeps" }</summary>
            <ul class="range-list">
                { for addresses.iter().map(|(address, word)| html! {
                    <li key={address.clone()}><code>{ address }</code><span>{ *word }</span></li>
                }) }
            </ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_as_wide_as_they_are_large_and_never_unseen() {
        let part = |size: u128| Part {
            first: size.to_string(),
            size,
            subnet: None,
        };
        let wide = widths(&[part(256), part(65_280)]);
        assert!(wide[0] >= 4 && wide[1] > 280, "{wide:?}");
        assert!(widths(&[]).is_empty());
    }
}
