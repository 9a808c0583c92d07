/** The graph as a Makefile with explicit rules; make's built-in rules are off, as anyone who measures it would. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileJobs, type Scale } from "./graph.ts";

export function writeMakefile(folder: string, scale: Scale): void {
  const lines = ["MAKEFLAGS += -rR", ".SUFFIXES:", ".PHONY: all", "all: expA/overall_metrics.csv"];
  for (const { output, inputs } of fileJobs(scale))
    lines.push(`${output}: ${inputs.join(" ")}\n\tmkdir -p $(@D) && touch $@`);
  writeFileSync(join(folder, "Makefile"), `${lines.join("\n")}\n`);
}
