/** `pnpm test:differential`: many random cases against the real Snakemake. */
import { parseArgs } from "node:util";
import { type Case, drawCase } from "./case.ts";
import { compare, type Difference } from "./compare.ts";
import { type Snakemake, snakemakeVersion, startSnakemake } from "./snakemake.ts";

const help = `Usage: pnpm test:differential [--cases N] [--seed N]

  Draws random workflows and edits, and compares which jobs run after each edit with the real Snakemake
  (Debian: apt-get install snakemake). Stops at the first difference, makes it smaller and prints it.

  --cases N   How many cases [default: 1000]
  --seed N    The seed of the first one; the others follow [default: 1]
  --help      Show this
`;

const { values: options } = parseArgs({
  options: {
    cases: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

if (options.help) process.stdout.write(help);
else process.exitCode = await main(Number(options.seed), Number(options.cases));

async function main(first: number, count: number): Promise<number> {
  const version = snakemakeVersion();
  if (version === null) {
    process.stderr.write("Cannot compare: Snakemake is not installed (apt-get install snakemake)\n");
    return 2;
  }
  const snakemake = startSnakemake();
  const began = performance.now();
  try {
    for (let seed = first; seed < first + count; seed++) {
      const drawn = drawCase(seed);
      const difference = await compare(drawn, snakemake);
      if (difference !== null) {
        const [small, found] = await smaller(drawn, difference, snakemake);
        process.stdout.write(
          `Seed ${seed} differs:\n${JSON.stringify({ ...small, difference: found }, null, 2)}\n`,
        );
        return 1;
      }
      if ((seed - first + 1) % 100 === 0) process.stdout.write(`${seed - first + 1} cases\n`);
    }
  } finally {
    snakemake.close();
  }
  const seconds = Math.round((performance.now() - began) / 1_000);
  process.stdout.write(
    `${count} cases from seed ${first}: no difference to Snakemake ${version} (${seconds} s)\n`,
  );
  return 0;
}

/** Leaves out rounds, edits and last rules for as long as a difference remains. */
async function smaller(drawn: Case, found: Difference, snakemake: Snakemake): Promise<[Case, Difference]> {
  const { rounds, rules } = drawn;
  const attempts: Case[] = [
    ...rounds.map((_, i) => ({ ...drawn, rounds: rounds.filter((_, j) => j !== i) })),
    ...rounds.flatMap((round, i) =>
      round.map((_, k) => ({
        ...drawn,
        rounds: rounds.with(
          i,
          round.filter((_, j) => j !== k),
        ),
      })),
    ),
    ...(rules.length > 1 ? [{ ...drawn, rules: rules.slice(0, -1) }] : []),
  ];
  for (const attempt of attempts) {
    const difference = await compare(attempt, snakemake).catch(() => null);
    if (difference !== null) return smaller(attempt, difference, snakemake);
  }
  return [drawn, found];
}
