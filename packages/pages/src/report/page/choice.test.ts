import { expect, test } from "vitest";
import { exampleReport } from "../../testing/example-report.ts";
import { chosenAtFirst } from "./choice.ts";

const open = (hash: string) => chosenAtFirst(exampleReport, new URLSearchParams(hash));

test("a page opens with the judged scores, the most telling site and its best factor", () => {
  expect(open("")).toMatchObject({
    ...{ partition: "test", variable: "discharge_cms", score: "nse", site: "02", factor: "best" },
    ...{ correction: "benjamini_hochberg", colour: "verdict", text: "", verdict: "", from: "", section: "" },
  });
});

test("a link keeps section, site, factor and filters", () => {
  const link = "section=map&site=03&factor=10&text=dam+%26+co&verdict=no+difference&least=-2.5&most=1e3";
  expect(open(link)).toMatchObject({
    ...{ section: "map", site: "03", factor: "10", text: "dam & co", verdict: "no difference" },
    ...{ least: "-2.5", most: "1e3" },
  });
});

test("what a link asks for and the report does not have is as if it were not asked for", () => {
  expect(open("site=99&factor=7&verdict=great&least=x&from=yesterday&axis=square&sort=<b>")).toEqual(
    open(""),
  );
});
