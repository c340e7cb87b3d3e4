pub(crate) const REFUSED: &[crate::testing::Refusal] = &[];
