//! The page's own glyphs: line drawings of 20 px, drawn once and used everywhere.

use super::layout::Shape;
use yew::{Html, component, html};

/// The address of a shape's glyph.
pub fn glyph(shape: Shape) -> &'static str {
    match shape {
        Shape::Region | Shape::Zone => "#g-region",
        Shape::Vpc => "#g-vpc",
        Shape::PublicSubnet | Shape::PrivateSubnet => "#g-subnet",
        Shape::Host => "#g-instance",
        Shape::RouteTable => "#g-table",
        Shape::Group => "#g-group",
        Shape::Acl => "#g-acl",
        Shape::Gateway => "#g-gateway",
        Shape::Address => "#g-address",
        Shape::Bucket => "#g-bucket",
        Shape::Internet => "#g-internet",
        Shape::Laptop => "#g-laptop",
        Shape::Device(kind) | Shape::Other(kind) => glyph_of_kind(kind),
    }
}

/// The address of the glyph of a kind of the views.
pub fn glyph_of_kind(kind: &str) -> &'static str {
    match kind {
        "vpc" | "router" => "#g-vpc",
        "subnet" => "#g-subnet",
        "instance" => "#g-instance",
        "network-interface" => "#g-interface",
        "route-table" => "#g-table",
        "internet-gateway" => "#g-gateway",
        "elastic-ip" => "#g-address",
        "security-group" => "#g-group",
        "network-acl" => "#g-acl",
        "key-pair" => "#g-key",
        "bucket" => "#g-bucket",
        "user" | "group" => "#g-user",
        "policy" | "inline-policy" | "identity-based-policy" | "resource-based-policy" => "#g-acl",
        "public-access-block" => "#g-group",
        "object" => "#g-object",
        "access-key" => "#g-key",
        "internet" => "#g-internet",
        "laptop" => "#g-laptop",
        "natgateway" => "#g-nat",
        "egress-only-internet-gateway" => "#g-egress",
        "vpc-peering-connection" => "#g-peering",
        "vpc-endpoint" => "#g-endpoint",
        "prefix-list" => "#g-acl",
        _ => "#g-region",
    }
}

/// All glyphs, as symbols that `use` finds by their address.
#[component]
pub fn Glyphs() -> Html {
    let symbol = |id: &'static str, d: &'static str| {
        html! {
            <symbol {id} viewBox="0 0 20 20" fill="none" stroke="currentColor"
                stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">
                <path {d} />
            </symbol>
        }
    };
    html! {
        <svg class="glyphs" width="0" height="0" aria-hidden="true" focusable="false">
            { symbol("g-region", "M10 2.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15M10 6.5v3.5l2.5 1.5") }
            { symbol("g-vpc", "M6 15.5a3.5 3.5 0 0 1-.4-7A4.5 4.5 0 0 1 14 7.4a4.1 4.1 0 0 1 .3 8.1z") }
            { symbol("g-subnet", "M3 6.5h14M3 13.5h14M6.500 3v14M13.500 3v14") }
            { symbol("g-instance", "M5 5h10v10h-10zM8 8h4v4h-4zM7.500 2.500v2.500M12.500 2.500v2.500M7.500 15v2.500M12.500 15v2.500M2.500 7.500h2.500M2.500 12.500h2.500M15 7.500h2.500M15 12.500h2.500") }
            { symbol("g-interface", "M3 5h14v8h-14zM6 13v3M10 13v3M14 13v3M7 8v2M10 8v2M13 8v2") }
            { symbol("g-table", "M3 4h14v12h-14zM3 8h14M3 12h14M8 4v12") }
            { symbol("g-gateway", "M3 17v-7a7 7 0 0 1 14 0v7M10 17v-8M7.500 11.500l2.500-2.500l2.500 2.500") }
            { symbol("g-address", "M10 17.500c-3.500-4-5-6.200-5-8.500a5 5 0 0 1 10 0c0 2.300-1.500 4.500-5 8.500zM10 7.500v3") }
            { symbol("g-internet", "M10 2.500a7.500 7.500 0 1 0 0 15a7.500 7.500 0 0 0 0-15M2.500 10h15M10 2.500c-5 4.500-5 10.500 0 15M10 2.500c5 4.500 5 10.500 0 15") }
            { symbol("g-play", "M6.500 4l9 6l-9 6z") }
            { symbol("g-pause", "M7 4v12M13 4v12") }
            { symbol("g-laptop", "M4.500 4.500h11v8h-11zM2.500 15.500h15") }
            { symbol("g-group", "M10 2.500l6.500 2.500v4.500c0 4-2.700 6.500-6.500 8c-3.800-1.500-6.500-4-6.500-8v-4.500z") }
            { symbol("g-acl", "M3 4h14M3 8h9M3 12h14M3 16h9M15 6.500l2 2l-2 2") }
            { symbol("g-object", "M5 2.500h6.500l3.500 3.500v11.500h-10zM11.500 2.500v3.500h3.500") }
            { symbol("g-bucket", "M3.500 5.500h13l-2 11h-9zM3.500 5.500a6.500 2.200 0 0 1 13 0a6.500 2.200 0 0 1-13 0") }
            { symbol("g-user", "M10 3a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M3.500 17c0-3.500 3-5 6.500-5s6.500 1.500 6.500 5") }
            { symbol("g-nat", "M3 6h9M9 3l3 3l-3 3M17 14h-9M11 11l-3 3l3 3M15 3v6M5 11v6") }
            { symbol("g-egress", "M3 17v-7a7 7 0 0 1 14 0v7M6.500 13h7M11 10.500l2.500 2.500l-2.500 2.500") }
            { symbol("g-peering", "M5.500 6.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M14.500 6.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M9 10h2") }
            { symbol("g-endpoint", "M3 4h9v12h-9zM12 10h5M14.500 7.500l2.500 2.500l-2.500 2.500M6 8v4") }
            { symbol("g-key", "M7 9.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M9.500 10.500l7-7M14 6l2.500 2.500") }
        </svg>
    }
}

/// A glyph beside words, which say what it is.
pub fn icon(href: &'static str) -> Html {
    html! {
        <svg class="icon" width="16" height="16" aria-hidden="true"><use {href} /></svg>
    }
}
