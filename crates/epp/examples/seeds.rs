//! Writes the sample frames into a folder, one file each: the seeds of the fuzzers.
//!
//! `cargo run -p epp --example seeds -- FOLDER`

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name the folder to write the seeds into")?);
    std::fs::create_dir_all(&folder)?;
    let samples = epp::samples::samples()?;
    for (name, frame) in &samples {
        std::fs::write(folder.join(format!("{}.xml", name.replace(['/', ' '], "-"))), frame)?;
    }
    println!("{} seeds in {}", samples.len(), folder.display());
    Ok(())
}
