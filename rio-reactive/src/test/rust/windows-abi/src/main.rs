//! Prints what Microsoft's own metadata say of every layout, constant and function that the Java
//! code of kernel.windows uses; the test WindowsAbiTest compares, and JavaAbi describes the lines.
//! It calls nothing of Windows, so it runs on any 64-bit system.
//!
//! The record, and with another version of the crate its name too:
//!   cargo run -q --locked >../../resources/io/rioreactive/kernel/windows/windows-sys-0.61.2.txt

#[macro_use]
mod lines;
mod constants;
mod functions;
mod layouts;

fn main() {
    println!("# windows-sys {}", version_in_lock_file());
    layouts::print();
    constants::print();
    functions::print();
}

fn version_in_lock_file() -> &'static str {
    include_str!("../Cargo.lock")
        .lines()
        .skip_while(|line| *line != "name = \"windows-sys\"")
        .find_map(|line| line.strip_prefix("version = "))
        .expect("windows-sys in Cargo.lock")
        .trim_matches('"')
}
