//! An answer as text: JSON, text, table and YAML.

mod scalar;
mod table;
mod text;
mod yaml;

use hopwise_cloud::{Value, json};

pub(super) use yaml::{parse as parse_yaml, write as write_yaml};

/// Writes an answer in a format of `--output`; `title` heads a table.
pub(super) fn write(format: &str, title: &str, value: &Value, width: usize) -> String {
    match format {
        "text" => text::write(value),
        "table" => table::write(title, value, width),
        "yaml" | "yaml-stream" | "json" if value.as_map().is_some_and(|map| map.is_empty()) => {
            String::new()
        }
        "yaml" => yaml::write(value, true),
        "yaml-stream" => yaml::write(&Value::List(vec![value.clone()]), true),
        "off" => String::new(),
        _ => json::pretty(value, 4) + "\n",
    }
}
