import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, body, type LocalService, serve } from "./local-service.ts";
import { asWaterData, daily, fetchInto, present, wellAnswered } from "./testing.ts";

let folder: string;
let service: LocalService;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-fetch-"));
});
afterEach(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const fetchData = (args: readonly string[]) => fetchInto(folder, service, args);
const one = ["--sites", "01435000", "--from", "2018-01-01", "--to", "2018-03-31"];
const lines = async (name: string) => (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");

describe.skipIf(!present).each(["nwis", "waterdata"])("a fetch of other parameters from %s", (version) => {
  const asked = [...one, "--services.usgs", version, "--parameters", "00060", "99133", "00010:00001"];
  /** Nitrate and a daily maximum made of genuine series of other parameters. */
  const altered = (path: string): Answer => {
    if (version === "nwis" && path.startsWith("/nwis/dv/")) {
      const answer = JSON.parse(daily["01435000"]);
      const copy = structuredClone(answer.value.timeSeries);
      for (const { variable } of copy)
        if (variable.variableCode[0].value === "00060") {
          variable.variableCode[0].value = "99133";
          variable.unit.unitCode = "mg/l as N";
        } else variable.options.option[0].optionCode = "00001";
      answer.value.timeSeries.push(...copy);
      return body(JSON.stringify(answer));
    }
    if (!path.includes("/collections/daily/")) return wellAnswered(path);
    const { features } = JSON.parse(asWaterData(path)) as {
      features: { properties: Record<string, string> }[];
    };
    const copy = structuredClone(features);
    for (const { properties } of copy) {
      properties.time_series_id += " copy";
      if (properties.parameter_code === "00060")
        Object.assign(properties, { parameter_code: "99133", unit_of_measure: "mg/l as N" });
      else properties.statistic_id = "00001";
    }
    return body(JSON.stringify({ features: [...features, ...copy] }));
  };

  it("writes a column for each, and a config that predicts flow beside them", async () => {
    service = await serve(altered);
    const { code, text } = await fetchData(asked);
    expect(code, text).toBe(0);
    const observations = await lines("obs_file.csv");
    expect(observations[0]).toBe(
      "site_id,date,discharge_cms,discharge_cms_qualifiers,nitrate_mg_l,nitrate_mg_l_qualifiers,temp_max_c,temp_max_c_qualifiers",
    );
    expect(observations[1]).toBe("01435000,2018-01-01,1.837763,A,64.9,A,,");
    expect(observations[4]).toMatch(/^01435000,2018-01-04,[\d.]+,A,[\d.]+,A,0\.5,A$/);
    expect((await lines("sites.csv"))[0]).toContain("discharge_missing,nitrate_missing,temp_max_missing");
    expect(text).toContain(
      "nitrate_mg_l is parameter 99133, nitrate plus nitrite as N, in situ, in mg/l as N",
    );
    const config = await readFile(join(folder, "config.yml"), "utf8");
    expect(config).toContain(
      "primary: discharge_cms\n    auxiliary: [nitrate_mg_l, temp_max_c]\n    discharge: [discharge_cms]\n",
    );
    // Other parameters are asked for anew, the station and its weather are kept.
    service.asked.length = 0;
    const again = await fetchData([...asked.slice(0, -1)]);
    expect(again.code).toBe(0);
    expect(service.asked).toHaveLength(1);
    // The config stays, and reads a column that is gone.
    expect(again.text).toMatch(
      /names columns or sites that the data do not have:\n {2}expA: auxiliary \w+: not in obs_file\.csv\n/,
    );
    expect(again.text).not.toContain("Next:");
  });

  it("says which code no site has data of, and makes the tables without it", async () => {
    service = await serve(wellAnswered);
    const { code, text } = await fetchData([
      ...one,
      "--services.usgs",
      version,
      "--parameters",
      "00060",
      "00631",
    ]);
    expect(code).toBe(1);
    expect(text).toContain(
      'Cannot fetch parameter "00631": the site has no daily value of it from 2018-01-01 to 2018-03-31',
    );
    expect(text).toMatch(/column +nitrate_mg_l\n +statistic +00003\n +Is the code right\?/);
    expect(text).toContain("Without it: --parameters 00060");
    expect(existsSync(join(folder, "obs_file.csv"))).toBe(false);
    expect((await fetchData([...one, "--services.usgs", version, "--parameters", "00060"])).code).toBe(0);
    expect((await lines("obs_file.csv"))[0]).toBe("site_id,date,discharge_cms,discharge_cms_qualifiers");
  });
});
