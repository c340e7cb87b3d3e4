//! Words made to fit.

/// An id or a name shortened in the middle to `most` characters: `i-08ef…abd8`.
pub fn shorten(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let tail = room / 2;
    let head = room - tail;
    let mut short: String = text.chars().take(head).collect();
    short.push('…');
    short.extend(text.chars().skip(count - tail));
    short
}

/// A name shortened at its end: `a-very-long-n…`.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Is this word the id of something in AWS: letters, a hyphen, 8 or 17 hexadecimal digits?
pub fn is_id(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(kind, digits)| {
        !kind.is_empty()
            && kind.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            && matches!(digits.len(), 8 | 17)
            && digits.chars().all(|c| c.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_made_to_fit() {
        assert_eq!(shorten("i-08ef12345678abd8", 11), "i-08e…8abd8");
        assert_eq!(shorten("web", 11), "web");
        assert_eq!(shorten("überlänge", 5), "üb…ge");
        assert_eq!(cut("überlänge", 5), "über…");
        assert_eq!(cut("web", 3), "web");
    }

    #[test]
    fn ids_are_known_by_their_form() {
        assert!(is_id("vpc-0123456789abcdef0"));
        assert!(is_id("eipalloc-0123456789abcdef0"));
        assert!(!is_id("us-east-1"));
        assert!(!is_id("t3-micro"));
        assert!(!is_id("create-vpc"));
    }
}
