/** Options that say where jobs run, and where files are. */
import { availableParallelism } from "node:os";
import { commands } from "../../rules/reserved.ts";
import { type EngineOption, optionGroup, planning } from "./own-option.ts";

export const placeOptions: readonly EngineOption[] = [
  ...optionGroup("Where jobs run", [
    {
      flag: "executor",
      takes: "one",
      value: "NAME",
      text: "Where jobs run: local, in threads of this process [default]; slurm, on a cluster; command, by commands of the profile",
    },
    {
      flag: "local-cores",
      takes: "one",
      value: "N",
      text: `Threads of this machine for the jobs of localRule where all others run elsewhere; they do not count against --jobs [default: ${availableParallelism()}, its cores]`,
    },
    {
      flag: "max-jobs-per-timespan",
      takes: "one",
      value: "N/TIME",
      text: "Submit at most so many tasks in any such time (s, m, h, d), where jobs run elsewhere: 100/1m. A task may hold many jobs [default: what submitRate of the profile allows]",
    },
    {
      flag: "latency-wait",
      letter: "w",
      aliases: ["output-wait"],
      takes: "one",
      value: "SECONDS",
      text: "Wait so long for files that network file systems show late: outputs of an ended job, and those of --wait-for-files [default: 0]",
    },
    {
      flag: "wait-for-files",
      takes: "many",
      value: "FILE ...",
      text: "Begin, a dry run too, only when these files are seen; paths from the working folder",
    },
    {
      flag: "nolock",
      takes: "nothing",
      text: "Do not take the lock of the working folder, and run whoever holds it: for file systems without hard links. Two runs at once make twice what both want; what a killed run left is not cleared away",
    },
  ]),
  ...optionGroup("Where things are", [
    {
      flag: "directory",
      letter: "d",
      takes: "one",
      value: "FOLDER",
      text: "The working folder: outputs lie in it [default: the current one]",
      of: commands,
    },
    {
      flag: "configfile",
      aliases: ["configfiles"],
      takes: "many",
      value: "FILE ...",
      text: "Other config files than the workflow's own; a later one lies over those before it, key by key",
      of: planning,
    },
    {
      flag: "config",
      letter: "C",
      takes: "many",
      value: "KEY=VALUE ...",
      text: "Keys of the config, over its files: training.epochs=20 sites=[a,b]. Each is an option of its own too, which comes first",
      of: planning,
    },
    {
      flag: "profile",
      takes: "one",
      value: "FILE",
      text: "A YAML file, or a folder with a config.yaml, of options for a machine or a cluster; options on the command line come first",
      of: planning,
    },
    {
      flag: "workflow-profile",
      takes: "one",
      value: "FILE",
      text: "Another such file: what holds for this workflow. What it says comes before what --profile says",
      of: planning,
    },
  ]),
];
