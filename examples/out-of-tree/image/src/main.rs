//! Heapster with one more sink.

use heapster_sink_acme as _; // line 2: links it; it registers itself

fn main() -> std::process::ExitCode {
    heapster::main()
}
