//! The program: everything is in the library, so that a custom image can carry plugins of its own.

fn main() -> std::process::ExitCode {
    heapster::main()
}
