//! `latchkey`: all services in one process, and the commands to work with them.

mod cli;
mod compose;
mod dev;
mod listen;
mod output;
mod serve;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Lets your users connect their accounts elsewhere, and keeps the credentials fresh, sealed and at hand.
#[derive(Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Begin here:
  latchkey dev                                         # a whole server, in this terminal
  latchkey demo connect                                # in another: connect an account at the demo provider
  latchkey token get con_…                             # use it
  latchkey demo revoke con_…                           # break it
  latchkey connection explain con_…                    # whose turn is it now?";

#[derive(Subcommand)]
enum Command {
    /// Run everything in one process, with nothing installed, to try things out
    Dev {
        /// The folder that keeps keys, database and addresses
        #[arg(long, value_name = "FOLDER", default_value = dev::folder::DEFAULT)]
        data: PathBuf,
        #[command(flatten)]
        options: dev::Options,
    },
    /// Run all services in one process, on the database, key service and NATS of a settings file
    Serve {
        /// Settings in TOML. Each can also be given as a variable: LATCHKEY__DATABASE__URL sets database.url
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    #[command(flatten)]
    Client(cli::Command),
    /// Write what a shell needs to complete these commands
    Completion(cli::completion::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    latchkey_chassis::tls::install_provider();
    let done = match arguments.command {
        Command::Dev { data, options } => dev::dev(&data, options).await,
        Command::Serve { config } => serve::serve(config.as_deref()).await,
        Command::Client(command) => command.run().await,
        Command::Completion(arguments) => arguments.run(Arguments::command()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(&cli::told(&error));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_is_told_of_every_command() {
        let program = Arguments::command();
        program.clone().debug_assert();
        cli::completion::tests::tells_of(&program, &["latchkey", "rehearse", "reconnect", "completion"]);
    }
}
