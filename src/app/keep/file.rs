//! Worlds as files.

use super::Keeper;
use super::deeds::free_name;
use super::go::{open, tidy_name};
use hopwise_world::{Document, LONGEST, Link};
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// What the name of a world's file ends in.
const ENDING: &str = ".hopwise.json";

/// What a world's file is called.
pub(super) fn file_name(world: &str) -> String {
    let word: String = world
        .chars()
        .map(|it| if it.is_alphanumeric() { it } else { '-' })
        .collect();
    let words: Vec<&str> = word.split('-').filter(|it| !it.is_empty()).collect();
    match words.is_empty() {
        true => format!("world{ENDING}"),
        false => format!("{}{ENDING}", words.join("-").to_lowercase()),
    }
}

/// Gives the student a text as a file.
pub(super) fn download(name: &str, text: &str) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link = document.create_element("a").ok()?;
    let link: HtmlAnchorElement = link.dyn_into().ok()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    let _ = Url::revoke_object_url(&address);
    Some(())
}

/// Where an opened file is, or why it can't be opened.
pub(super) async fn import(keeper: &Keeper, file: File) -> Result<String, String> {
    let name = file.name();
    let failed = |why: String| format!("“{name}” can't be opened: {why}.");
    // Megabytes of something else are not even read.
    if file.size() > LONGEST as f64 {
        return Err(failed(hopwise_world::LoadError::TooLong.to_string()));
    }
    let text = JsFuture::from(file.text()).await;
    let text = text.ok().and_then(|it| it.as_string());
    let text = text.ok_or_else(|| failed("the browser could not read it".to_owned()))?;
    address_of(keeper, &name, &text).await.map_err(failed)
}

async fn address_of(keeper: &Keeper, file: &str, text: &str) -> Result<String, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    if document.lesson().is_some() {
        // Work on a lesson is opened as its link is: beside one's own.
        return Link::pack(text).map_err(|error| error.to_string());
    }
    let (_, _, kept) = open(text, &mut super::go::patience())?;
    let name = match document.page("name") {
        Some(_) => kept,
        None => tidy_name(file.trim_end_matches(".json").trim_end_matches(".hopwise")),
    };
    let name = free_name(&name, &keeper.list().await);
    let id = keeper
        .create(&name, document.steps(), text)
        .await
        .map_err(|why| why.sentence())?;
    Ok(format!("world={id}"))
}

/// Shows what another address names.
pub(super) fn go_to(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(address);
    }
}

/// The address of a link.
pub(super) fn absolute(link: &str) -> String {
    let location = web_sys::window().map(|window| window.location());
    let whole = location.and_then(|it| it.href().ok()).unwrap_or_default();
    let page = whole.split('#').next().unwrap_or_default();
    format!("{page}#{link}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_plain_name() {
        assert_eq!(file_name("My world"), "my-world.hopwise.json");
        assert_eq!(file_name("../etc/<passwd>"), "etc-passwd.hopwise.json");
        assert_eq!(file_name("…"), "world.hopwise.json");
    }
}
