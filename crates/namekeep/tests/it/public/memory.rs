//! The memory of another process, as its kernel shows it to whoever may debug it (proc(5)).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Everything that a process could write to: heap, stacks, globals. It goes on meanwhile.
pub fn writable_memory(process: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut bytes = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        memory.seek(SeekFrom::Start(from)).unwrap();
        // A part that went away meanwhile ends early.
        drop((&mut memory).take(to - from).read_to_end(&mut bytes));
    }
    bytes
}

#[test]
fn what_a_process_holds_is_seen() {
    // Made up while this runs, so that it stands on the heap and in no file of the program.
    let word: String = (0..24).map(|at| char::from(b'a' + (at * 7 % 26) as u8)).collect();
    let seen = writable_memory(std::process::id());
    assert!(crate::scene::holds(&seen, &word));
}
