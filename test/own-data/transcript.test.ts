import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTranscript, messagesOf, top } from "./record.ts";
import { transcripts } from "./transcripts.ts";

test.each(transcripts)("files become a report as $file says", { timeout: 600_000 }, async (transcript) => {
  const kept = readFileSync(join(top, transcript.file), "utf8");
  expect(messagesOf(await makeTranscript(transcript))).toBe(messagesOf(kept));
});
