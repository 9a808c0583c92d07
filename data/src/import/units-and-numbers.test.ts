import { describe, expect, it } from "vitest";
import { failure, importTexts, long, weather } from "./testing.ts";

/** Flow with a line of units below its names. */
const below = (line: string, name = "discharge_cms") =>
  long(`site_id,date,${name}`, () => "1000").replace("\n", `\n${line}\n`);

describe("a line of units", () => {
  it.each(["-,-,cfs", ",,ft3/s", ",,cfs", "text,date,[ft³/s]", "-,yyyy-mm-dd,ft3 s-1", ",,(cfs)"])(
    '"%s" tells the unit',
    async (line) => {
      const { lines } = await importTexts({ "q.csv": below(line, "Q"), "p.csv": weather });
      expect(lines("obs_file.csv").slice(0, 2)).toEqual([
        "site_id,date,discharge_cms",
        "01,2001-01-01,28.31684659",
      ]);
    },
  );

  it("that says the same as the name is no question", async () => {
    const { lines } = await importTexts({ "q.csv": below(",,m³/s"), "p.csv": weather });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1000");
  });

  it("that contradicts the name is asked about, with both", async () => {
    const files = { "q.csv": below("-,-,ft3/s"), "p.csv": weather };
    expect(await failure(files)).toMatchInlineSnapshot(`
      "Cannot import "q.csv": its column "discharge_cms": its name says m3/s and the line of units "ft3/s"
        for example  1000
        key          files > "q.csv" > columns > discharge_cms > unit
        one of       m3/s, ft3/s, L/s, ML/d, m3/d, mm/d
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    const { lines } = await importTexts(files, { answers: ["ft3/s", "yes"] });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,28.31684659");
    const given = "files: { q.csv: { columns: { discharge_cms: { from: discharge_cms, unit: L/s } } } }";
    expect((await importTexts(files, { mapping: given })).lines("obs_file.csv")[1]).toBe("01,2001-01-01,1");
  });

  it("of no unit of the variable is asked about", async () => {
    expect(await failure({ "q.csv": below("-,-,°C"), "p.csv": weather })).toContain(
      'Cannot import "q.csv": its column "discharge_cms": the line of units says "°C", which is not a known unit of discharge\n',
    );
  });

  it("of a wide table tells the unit too, and may not contradict the file's name or itself", async () => {
    const wide = (line: string) =>
      weather
        .replace(/.*\n/, "")
        .replaceAll(/^01,(.*),.*\n|^02.*\n/gm, "$1,5,6\n")
        .replaceAll(/^,5,6\n/gm, "")
        .replace(/^/, `date,01,02\n${line}\n`);
    const drivers = { "p.csv": weather };
    const { lines } = await importTexts({ "flow.csv": wide("-,cfs,cfs"), ...drivers });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,0.141584233");
    expect(await failure({ "flow_cms.csv": wide("-,cfs,cfs"), ...drivers })).toMatchInlineSnapshot(`
      "Cannot import "flow_cms.csv": its columns: the name of the file says m3/s and the line of units "cfs"
        for example  5
        key          files > "flow_cms.csv" > columns > discharge_cms > unit
        one of       m3/s, ft3/s, L/s, ML/d, m3/d, mm/d
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    expect(await failure({ "flow.csv": wide("-,cfs,m3/s"), ...drivers })).toMatchInlineSnapshot(`
      "Cannot import "flow.csv": its columns: the line of units says both "cfs" and "m3/s"
        for example  5
        key          files > "flow.csv" > columns > discharge_cms > unit
        one of       m3/s, ft3/s, L/s, ML/d, m3/d, mm/d
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
  });

  it("has to be the same in files of the same columns", async () => {
    const [one, two] = [below("-,-,cfs", "Q"), below("-,-,m3/s", "Q").replaceAll("2001-", "2002-")];
    expect(await failure({ "q_1.csv": one, "q_2.csv": two, "p.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "q_2.csv": its line of units is not that of q_1.csv, which has the same columns
        q_1.csv   |  | cfs
        q_2.csv   |  | m3/s
        Give each of them a section of its own in a mapping (--mapping FILE), with the units of its columns."
    `);
    const { lines } = await importTexts(
      { "q_1.csv": one, "q_2.csv": two, "p.csv": weather },
      { mapping: "files: { q_1.csv: {}, q_2.csv: {} }" },
    );
    expect([lines("obs_file.csv")[1], lines("obs_file.csv")[21]]).toEqual([
      "01,2001-01-01,28.31684659",
      "01,2002-01-01,1000",
    ]);
  });
});

describe("numbers", () => {
  it("points that may be decimal or between thousands, in a file of semicolons or German dates", async () => {
    const flow = long("site_id;date;discharge_cms", (day) => (day === 3 ? "950" : "1.100"), ";");
    expect(await failure({ "a.csv": flow, "b.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": "1.100" has a decimal point, or a point between thousands
        key     files > "a.csv" > decimal
        one of  ",", "."
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    const german = flow.replaceAll(";", "\t").replace(/(\d{4})-(\d\d)-(\d\d)/g, "$3.$2.$1");
    expect(await failure({ "a.txt": german, "b.csv": weather })).toContain('"1.100" has a decimal point, or');
    const asked = await importTexts({ "a.csv": flow, "b.csv": weather }, { answers: ['","', "yes"] });
    expect(asked.lines("obs_file.csv")[1]).toBe("01,2001-01-01,1100");
    const { lines } = await importTexts({ "a.csv": flow.replaceAll(";", ","), "b.csv": weather });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1.1");
  });
});
