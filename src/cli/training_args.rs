//! What every command that trains or extracts features is told: configuration, documents, lists and clusters, formats.

use clap::Args;

use super::config_args::ConfigArgs;
use super::input::GoldArgs;
use super::resource_files::ResourceArgs;
use super::splits::SplitArgs;

/// The flags of `train`, `cross-validate`, `tune` and `features`, in the order of their help.
#[derive(Debug, Clone, Default, Args)]
pub struct TrainingArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub splits: SplitArgs,
    #[command(flatten)]
    pub resources: ResourceArgs,
    #[command(flatten)]
    pub gold: GoldArgs,
}
