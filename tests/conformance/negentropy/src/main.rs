//! One side of a reconciliation over standard input, as `peer.cpp` beside it is the other: items as
//! `time id` until `end`, then `begin`, `answer HEX` or `continue HEX`, and `report` for what was
//! found. The argument is how many bytes a message may have.
use std::io::{self, BufRead, Write};

use negentropy::{Id, Negentropy, NegentropyStorageVector};

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex"))
        .collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{:02x}", byte)).collect()
}

fn id_of(text: &str) -> Id {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&from_hex(text));
    Id::from_byte_array(bytes)
}

fn listed(ids: &[Id]) -> String {
    let mut texts: Vec<String> = ids.iter().map(|id| to_hex(id.to_bytes().as_ref())).collect();
    texts.sort();
    texts.join(",")
}

fn main() {
    let frame = std::env::args().nth(1).expect("bytes").parse().expect("number");
    let stdin = io::stdin();
    let mut lines = stdin.lock().lines().map(|line| line.expect("a line"));
    let mut storage = NegentropyStorageVector::new();
    for line in lines.by_ref().take_while(|line| line != "end") {
        let at = line.find(' ').expect("time and id");
        let time = line[..at].parse().expect("time");
        storage.insert(time, id_of(&line[at + 1..])).expect("insert");
    }
    storage.seal().expect("seal");
    let mut side = Negentropy::owned(storage, frame).expect("side");
    let (mut have, mut need) = (Vec::new(), Vec::new());
    for line in lines {
        let mut words = line.split(' ');
        let verb = words.next().unwrap_or("");
        let message = from_hex(words.next().unwrap_or(""));
        let answer = match verb {
            "begin" => to_hex(&side.initiate().expect("begin")),
            "answer" => to_hex(&side.reconcile(&message).expect("answer")),
            "continue" => side
                .reconcile_with_ids(&message, &mut have, &mut need)
                .expect("continue")
                .map_or("done".to_string(), |next| to_hex(&next)),
            _ => format!("{}|{}", listed(&have), listed(&need)),
        };
        println!("{}", answer);
        io::stdout().flush().expect("flush");
    }
}
