/** Writes the transcripts in data/transcripts anew: `node scripts/start.mjs test/own-data/main.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeTranscript, top } from "./record.ts";
import { transcripts } from "./transcripts.ts";

for (const transcript of transcripts) {
  writeFileSync(join(top, transcript.file), await makeTranscript(transcript));
  console.log(`Wrote ${transcript.file}`);
}
