//! Fields in blocks: the body of a delivery status (RFC 3464 section 2.1), written like a message header.

/// Blocks that are read; a notice has two recipients at most, and one block is about the message.
const BLOCKS: usize = 32;

/// Fields of a block that are read.
const FIELDS: usize = 64;

/// Longest value, in characters; what is beyond is cut.
const VALUE_CHARS: usize = 1_000;

/// The fields between two empty lines.
#[derive(Default)]
pub(super) struct Block {
    fields: Vec<(String, String)>,
}

impl Block {
    /// The value of a field; `name` in lower case.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn take(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = self.fields.last_mut() {
                append(value, line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':')
            && self.fields.len() < FIELDS
        {
            let mut kept = String::new();
            append(&mut kept, value.trim());
            self.fields.push((name.trim().to_ascii_lowercase(), kept));
        }
    }
}

/// Appends text to a value, as far as it fits.
fn append(value: &mut String, text: &str) {
    let room = VALUE_CHARS.saturating_sub(value.chars().count());
    if !value.is_empty() && room > 0 {
        value.push(' ');
    }
    value.extend(text.chars().take(room.saturating_sub(1)));
}

/// Every block that has fields.
pub(super) fn blocks(bytes: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(bytes);
    let mut blocks = vec![Block::default()];
    for line in text.lines() {
        let has_fields = blocks.last().is_some_and(|block| !block.fields.is_empty());
        if line.trim().is_empty() {
            if has_fields && blocks.len() == BLOCKS {
                break;
            } else if has_fields {
                blocks.push(Block::default());
            }
        } else if let Some(block) = blocks.last_mut() {
            block.take(line);
        }
    }
    blocks.retain(|block| !block.fields.is_empty());
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_unfolded_and_bounded() {
        let read = blocks(
            b"Reporting-MTA: dns; a.example\r\n\r\n\r\nAction: failed\r\nDiagnostic-Code: smtp; 550\r\n  no such user\r\nnonsense\r\n",
        );
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].value("diagnostic-code"), Some("smtp; 550 no such user"));
        assert_eq!(read[1].value("status"), None);
        let many = "Action: failed\n\n".repeat(500) + &"X: y\n".repeat(500);
        assert_eq!(blocks(many.as_bytes()).len(), BLOCKS);
        let long = format!("A: {}\n", "x".repeat(9_999));
        assert!(blocks(long.as_bytes())[0].value("a").unwrap().len() < VALUE_CHARS);
        assert!(blocks(b"\n\n \n\t\n").is_empty());
    }
}
