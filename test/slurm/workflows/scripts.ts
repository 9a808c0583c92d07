/** Six jobs of a Python script, three in a call: each writes the interpreter that it is a copy of. */
import { expand, rule, workflow } from "braid-engine";

const one = rule({
  output: "{n}.pid",
  batch: 3,
  prefix: "env WITHIN=yes",
  script: new URL("./own-interpreter.py", import.meta.url),
});
export default workflow({
  rules: { all: rule({ input: expand(one.output, { n: ["1", "2", "3", "4", "5", "6"] }) }), one },
});
