//! The task statements of the exams that a lesson may name as its objectives.

/// An exam and how many task statements each of its domains has.
/// <https://docs.aws.amazon.com/aws-certification/latest/examguides/aws-certification-exam-guides.html>
const EXAMS: &[(&str, &[u32])] = &[
    ("ANS-C01", &[6, 4, 3, 3]),
    ("CLF-C02", &[4, 4, 8, 3]),
    ("DVA-C02", &[3, 3, 4, 3]),
    ("SAA-C03", &[3, 2, 5, 4]),
    ("SOA-C03", &[3, 3, 2, 2, 3]),
];

/// Why `text` is no objective, with what to do; `None` if it is one.
pub(crate) fn fault(text: &str) -> Option<(String, String)> {
    let shape = || {
        (
            format!("`{text}` is no objective"),
            "an objective is an exam and a task statement, as in `SAA-C03/1.2`".to_owned(),
        )
    };
    let Some((exam, task)) = text.split_once('/') else {
        return Some(shape());
    };
    let Some((_, domains)) = EXAMS.iter().find(|(name, _)| *name == exam) else {
        let names: Vec<&str> = EXAMS.iter().map(|(name, _)| *name).collect();
        return Some((
            format!("there is no exam `{exam}`"),
            format!("there are: {}", names.join(", ")),
        ));
    };
    let parsed = task
        .split_once('.')
        .and_then(|(domain, number)| Some((domain.parse().ok()?, number.parse().ok()?)));
    let Some((domain, number)): Option<(usize, u32)> = parsed else {
        return Some(shape());
    };
    let most = domain
        .checked_sub(1)
        .and_then(|index| domains.get(index))
        .copied();
    match most {
        Some(most) if (1..=most).contains(&number) => None,
        Some(most) => Some((
            format!("{exam} has no task statement {task}"),
            format!("domain {domain} has 1 to {most}"),
        )),
        None => Some((
            format!("{exam} has no domain {domain}"),
            format!("it has 1 to {}", domains.len()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn objectives_are_known() {
        for good in ["SAA-C03/1.2", "SOA-C03/5.3", "ANS-C01/3.2"] {
            assert_eq!(fault(good), None);
        }
        for bad in [
            "SAA-C03",
            "SAA-C03/",
            "SAA-C03/0.1",
            "SAA-C03/1.0",
            "SAA-C03/1.4",
            "SAA-C03/5.1",
            "SAA-C02/1.1",
            "SAA-C03/1",
            "/1.1",
            "SAA-C03/99999999999999999999.1",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
