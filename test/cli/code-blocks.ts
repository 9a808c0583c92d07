/**
 * The code blocks of a document, as tests use them. What a block is says its first line:
 *
 *     ```ts workflow.ts     a file (of any kind) for the commands that follow
 *     ```ts                 type-checked by itself
 *     ```console            `$ command`, and what it prints; a line `...` stands for any lines
 *     ```python             Snakemake's side of a comparison: only read
 */
export interface CodeBlock {
  readonly line: number;
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

export interface Command {
  readonly words: string;
  /** What it prints, as the document says. */
  readonly output: string;
}

/** Documents whose console blocks are run as they stand, with what they print: of the engine, of the experiment. */
export const engineDocuments = [
  "packages/engine/README.md",
  "docs/writing-rules.md",
  "docs/when-jobs-rerun.md",
  "docs/from-snakemake.md",
];
export const experimentDocuments = [
  "docs/the-experiment.md",
  "docs/results.md",
  "docs/training-protocol.md",
  "docs/your-own-question.md",
  "docs/four-experiments.md",
  "docs/other-days-and-places.md",
];

/** READMEs of packages that are used from code: their console blocks are run, and their TypeScript compiled. */
export const packageDocuments = ["lstm", "lstm-gpu", "lstm-native", "lstm-tfjs", "npz", "statistics"].map(
  (name) => `packages/${name}/README.md`,
);

/** Every fenced block of a Markdown text. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const lines = markdown.split("\n");
  const blocks: CodeBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, language, file] = /^```(\S*) ?(\S+)?$/.exec(lines[i]!) ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf("```", i + 1);
    blocks.push({ line: i + 1, language, file, text: `${lines.slice(i + 1, end).join("\n")}\n` });
    i = end;
  }
  return blocks;
}

/** The commands of a console block. */
export function commandsOf({ text }: CodeBlock): Command[] {
  const parts = text.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const [words = "", ...output] = part.split("\n");
    return { words, output: output.join("\n").trim() };
  });
}

/** Times, hosts, processes, names of runs and folders of logs differ from run to run. */
export function steady(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "DATE")
    .replace(/\b\d+(\.\d)? s\b/g, "TIME")
    .replace(/\(on \S+, /g, "(on HOST, ")
    .replace(/process {2}\d+ on \S+, \d+ jobs?/g, "PROCESS")
    .replace(/\d+ threads? at once/g, "THREADS")
    .replace(/[\d.,]+\/(s|min|h)$/gm, "PACE")
    .replace(/\.braid\/logs\/\S+-\d+\.log/g, "LOG")
    .replace(/\b\d{8}T\d{6}-[\da-f]{4}\b/g, "RUN")
    .trim();
}

/** Whether a command printed what the document says. */
export function agrees(said: string, printed: string): boolean {
  const pattern = steady(said)
    .split(/^\.\.\.$/m)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*?");
  return new RegExp(`^${pattern}$`).test(steady(printed));
}
