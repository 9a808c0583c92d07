import type { GraphDrawing, LiveViewPage, RunReportPage } from "braid-engine/inspect";
import { expect, test } from "vitest";
import * as graph from "./graph.ts";
import * as liveView from "./live-view/index.ts";
import * as runReport from "./run-report/index.ts";

test("each subpath exports what the engine asks of it", () => {
  expect(graph satisfies GraphDrawing).toHaveProperty("svg");
  expect(liveView satisfies LiveViewPage).toHaveProperty("startLiveView");
  expect(runReport satisfies RunReportPage).toHaveProperty("writeRunReport");
});
