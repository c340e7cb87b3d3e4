//! Every sentence that an explanation can say, a table for each crate that explains.

pub mod access;
pub mod reach;

/// All tables, for the tests and for a second language's completeness check.
pub const TABLES: &[&[(&str, &str, &[&str])]] = &[reach::TABLE, access::TABLE];

#[cfg(test)]
mod tests {
    use super::TABLES;
    use std::collections::BTreeSet;

    #[test]
    fn every_template_uses_exactly_its_arguments() {
        for (id, english, args) in TABLES.iter().copied().flatten() {
            let holes: BTreeSet<&str> = english
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
                .collect();
            let args: BTreeSet<&str> = args.iter().copied().collect();
            assert_eq!(holes, args, "{id}");
        }
    }

    #[test]
    fn every_id_is_used_once() {
        let mut seen = BTreeSet::new();
        for (id, _, _) in TABLES.iter().copied().flatten() {
            assert!(seen.insert(id), "{id} is declared twice");
        }
    }
}
