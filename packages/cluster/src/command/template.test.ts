import { expect, test } from "vitest";
import { fillCommand, takes } from "./template.ts";

const values = new Map([
  ["script", "/w/task.sh"],
  ["account", "water"],
]);

test("names are filled, double braces are plain ones", () => {
  expect(fillCommand("qsub -A {account} {script} | awk '{{print $1}}'", values)).toBe(
    "qsub -A water /w/task.sh | awk '{print $1}'",
  );
});

test("an unknown name tells what there is", () => {
  expect(() => fillCommand("qsub -A {acount}", values)).toThrow(
    'Cannot fill the command "qsub -A {acount}": there is no value for {acount}\n  known  script, account\n  Did you mean {account}?',
  );
  expect(() => fillCommand("qsub -q {queue}", values)).toThrow("Give it in the profile: set: { queue: ... }");
});

test("whether a command takes a name is told apart from plain braces", () => {
  expect(takes("x {scripts}", "scripts")).toBe(true);
  expect(takes("x {{scripts}}", "scripts")).toBe(false);
});
