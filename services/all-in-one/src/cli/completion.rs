//! `latchkey completion`: what a shell needs to complete these commands.

use crate::output;
use clap::Command;
use clap_complete::{Shell, generate};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey completion bash >~/.local/share/bash-completion/completions/latchkey
  latchkey completion zsh >~/.zfunc/_latchkey                     # a folder of $fpath
  latchkey completion fish >~/.config/fish/completions/latchkey.fish")]
pub struct Arguments {
    /// Which shell
    shell: Shell,
}

impl Arguments {
    /// # Errors
    /// None but a fault of ours.
    pub fn run(self, program: Command) -> anyhow::Result<()> {
        output::line(&script(self.shell, program)?);
        Ok(())
    }
}

fn script(shell: Shell, mut program: Command) -> anyhow::Result<String> {
    let name = program.get_name().to_owned();
    let mut written = vec![];
    generate(shell, &mut program, name, &mut written);
    Ok(String::from_utf8(written)?.trim_end().to_owned())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Whether each shell is told of a command and of one within it.
    pub fn tells_of(program: &Command, words: &[&str]) {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(shell, program.clone()).unwrap();
            for word in words {
                assert!(script.contains(word), "{shell} is not told of {word}");
            }
        }
    }
}
