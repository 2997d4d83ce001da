//! The `musamma` command: everything is in [`musamma::cli`].

fn main() -> std::process::ExitCode {
    musamma::cli::main()
}
