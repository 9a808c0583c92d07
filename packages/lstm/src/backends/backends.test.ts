/** The backends of this package against the reference and PyTorch. Those of other packages do the same there. */
import { openBackend } from "../open-backend.ts";
import { float32, testEquivalence } from "../testing/equivalence.ts";
import { testMemory } from "../testing/memory.ts";
import { kernelProbe, referenceProbe } from "../testing/probe.ts";
import { testProtocol } from "../testing/protocol.ts";
import { testTraining } from "../testing/training.ts";
import { testUnits } from "../testing/units.ts";
import { type Binary, chooseBinary } from "./wasm/binaries.ts";
import { wasmKernel } from "./wasm/kernel.ts";

const openWasm = async (binary: Binary) => wasmKernel((await chooseBinary(binary)).bytes, binary);

testEquivalence({
  ...{ ...float32, title: "reference", probe: referenceProbe() },
  ...{ gradient: 1e-9, loss: 1e-9, parameters: 1e-9 },
});
testEquivalence({ ...float32, title: "wasm baseline", probe: kernelProbe(await openWasm("baseline")) });
try {
  testEquivalence({ ...float32, title: "wasm relaxed", probe: kernelProbe(await openWasm("relaxed")) });
} catch (error) {
  console.warn(`Skipped the tests of wasm relaxed: ${error}`);
}

for (const name of ["reference", "wasm"] as const) {
  testTraining(await openBackend(name));
  testUnits(await openBackend(name));
}
testProtocol(await openBackend("reference"), { losses: 1e-9, parameters: 1e-6 });
testProtocol(await openBackend("wasm"), { losses: 1e-5, parameters: 1e-4 });
testMemory({ name: "wasm", most: "4 GB", hidden: 8_000, open: () => openWasm("baseline") });
