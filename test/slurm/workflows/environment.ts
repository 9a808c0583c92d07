/** A command in a container: it writes what the tool that starts it says of itself. */
import { rule, workflow } from "braid-engine";

const one = rule({
  output: "out.txt",
  env: "docker://python:3.12",
  shell: 'echo "$STARTED_BY" > {output}',
});
export default workflow({ rules: { one } });
