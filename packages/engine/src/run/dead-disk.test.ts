import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { rule } from "../rules/rule.ts";
import { run } from "./run.ts";

test("a disk that answers nothing any more ends the run, which does not wait for it", async () => {
  const disk = memoryFiles();
  let dead = false;
  const files = new Proxy(disk, {
    get(target, name) {
      const found = Reflect.get(target, name);
      if (typeof found !== "function") return found;
      return (...args: unknown[]) => {
        if (dead) throw new Error("the disk is gone");
        return found.apply(target, args);
      };
    },
  });
  const rules = {
    all: rule({ input: ["1.out", "2.out"] }),
    one: rule({
      output: "{n}.out",
      run({ output }) {
        disk.write(output, "");
        dead = true;
      },
    }),
  };
  await expect(run({ rules, files, folder: "", slots: 1 })).rejects.toThrow("the disk is gone");
});
