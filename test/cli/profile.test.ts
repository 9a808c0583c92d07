/** What a profile says for the config: lists and maps, and where a mistake in it stands. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./project.ts";

const workflow = `import { expand, rule, workflow, z } from "braid-engine";
export default workflow({
  config: z.strictObject({
    items: z.array(z.string()).default(["d"]),
    scale: z.number().default(1),
    sites: z.array(z.strictObject({ id: z.string(), factors: z.array(z.number()) })).default([]),
    training: z.strictObject({ epochs: z.number().default(1), mask: z.boolean().default(true) }).prefault({}),
  }),
  rules: ({ items, scale, sites, training }) => {
    const params = { items, scale, sites: JSON.stringify(sites), training: JSON.stringify(training) };
    const a = rule({ output: "o.txt", params, shell: "echo {params.items:q} {params.scale} {params.sites:q} {params.training:q}" });
    return { a };
  },
});
`;

test("lists and maps of a profile set the config as a config file would", async () => {
  const { braid, write } = project({ "workflow.ts": workflow });
  const command = async (...args: string[]) => /echo .*/.exec((await braid("-n", "-p", ...args)).stdout)?.[0];
  write(
    "p.yml",
    `config:\n  items:\n    - "item 1"\n    - item2\n  sites: [{ id: "01", factors: [0, 1.5] }]\n`,
  );
  expect(await command("--profile", "p.yml")).toContain(
    `echo 'item 1' item2 1 '[{"id":"01","factors":[0,1.5]}]' '{"epochs":1,"mask":true}'`,
  );
  write("q/config.yaml", "training: { epochs: 3, mask: no }\nconfig: { items: [] }\nscale: 2\n");
  expect(await command("--profile", "p.yml", "--workflow-profile", "q", "--scale", "5")).toContain(
    `5 '[{"id":"01","factors":[0,1.5]}]' '{"epochs":3,"mask":false}'`,
  );
});

test("a wrong value in a profile is told with its file and line", async () => {
  const { braid, write, folder } = project({ "workflow.ts": workflow });
  const refused = async (text: string) => {
    write("p.yml", text);
    const { stderr, code } = await braid("-n", "--profile", "p.yml");
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused("scale: 2\nconfig:\n  items:\n    - a\n    - 01022500\n")).toBe(
    'Cannot read config "p.yml": items[1] is the number 01022500\n  expected  text\n  line      5\n  Write it in quotes: "01022500"\n',
  );
  expect(await refused("config: { sites: [{ id: a, factors: [0], x: 1 }] }\n")).toMatch(
    /^Cannot read config "p.yml": unknown key "sites\[0\]\.x"\n {2}line +1\n/,
  );
  expect(await refused("config:\n  a: 1\n  __proto__: { b: 1 }\n")).toMatch(
    /^Cannot read config "p.yml": the key __proto__ has a special meaning in JavaScript\n {2}line {2}3\n/,
  );
  writeFileSync(join(folder, "p.yml"), Buffer.from("jobs: 1\nscale: \xe9\n", "latin1"));
  expect((await braid("-n", "--profile", "p.yml")).stderr).toMatch(
    /^Cannot read config "p.yml": it is not UTF-8 text\n {2}line {2}2\n/,
  );
});

test("the same is refused in a config and in the value of an option", async () => {
  const { braid, write } = project({ "workflow.ts": workflow, "config.yml": "items: &x [*x]\n" });
  expect((await braid("-n")).stderr).toContain("the alias *x contains itself\n  line  1");
  write("config.yml", "scale: 1\n");
  for (const value of ["[{ id: a, id: b }]", "&x [*x]", "[{ __proto__: { id: a } }]"]) {
    const { stderr, code } = await braid("-n", "--config", `sites=${value}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Cannot read option "--sites"/);
  }
});
