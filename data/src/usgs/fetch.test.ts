import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { type Answer, body, cutOff, type LocalService, serve, silence, status } from "./local-service.ts";
import { asWaterData, daily, fetchInto, present, weather, wellAnswered } from "./testing.ts";

let folder: string;
let service: LocalService;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-fetch-"));
});
afterEach(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const fetchData = (args: readonly string[], timeout?: number, signal?: AbortSignal) =>
  fetchInto(folder, service, args, timeout, signal);

const period = ["--from", "2018-01-01", "--to", "2018-03-31"];
const one = ["--sites", "01435000", ...period];
const lines = async (name: string) => (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");

describe.skipIf(!present)(
  "pnpm data fetch against genuine answers (skipped without ../shared/data/fixtures)",
  () => {
    it("writes a data folder equal to what was worked out by hand", async () => {
      service = await serve(wellAnswered);
      const { code, text } = await fetchData(["--sites", "01435000", "01073319", ...period]);
      expect(code, text).toBe(0);

      const observations = await lines("obs_file.csv");
      expect(observations).toHaveLength(1 + 2 * 90);
      expect(observations[0]).toBe(
        "site_id,date,discharge_cms,discharge_cms_qualifiers,temp_c,temp_c_qualifiers",
      );
      // 64.9 and 64.2 cubic feet per second; the temperature begins on 4 January
      expect(observations[1]).toBe("01435000,2018-01-01,1.837763,A,,");
      expect(observations[2]).toBe("01435000,2018-01-02,1.817942,A,,");
      expect(observations[4]).toMatch(/^01435000,2018-01-04,[\d.]+,A,0\.5,A$/);
      expect(observations[91]).toBe("01073319,2018-01-01,,,,");

      const drivers = await lines("input_file.csv");
      expect(drivers.slice(0, 2)).toEqual([
        "site_id,date,prcp_mm,tmin_c,tmax_c,srad_wm2,vp_pa,filled",
        "01435000,2018-01-01,0,-22.28,-11.91,220.34,102.27,0",
      ]);
      expect(drivers).toHaveLength(1 + 2 * 90);
      expect((await lines("sites.csv"))[1]).toBe(
        "01435000,NEVERSINK RIVER NEAR CLARYVILLE NY,41.889944,-74.589806,463.9,172.49,02040104,0,0.0333,water temperature: 3 of 90 days missing",
      );
      expect(text).toContain(
        "01073319: no discharge in this period\n01073319: no water temperature in this period",
      );

      const origin = JSON.parse(await readFile(join(folder, "raw/01435000/daily.origin.json"), "utf8"));
      expect(origin.url).toContain(
        "/nwis/dv/?format=json&sites=01435000&startDT=2018-01-01&endDT=2018-03-31",
      );
      expect(await readFile(join(folder, "raw/01435000/daymet.csv"), "utf8")).toBe(weather);
      const config = await readFile(join(folder, "config.yml"), "utf8");
      expect(config).toContain("test: 2018-03-14..2018-03-31\n");
      const leftOut = "01073319: no discharge_cms from 2018-01-01 to 2018-02-23\n";
      expect(config).toContain(`    # ${leftOut}    sites: ["01435000"]\n`);
      expect(text).toContain(`Left out of the new config\n  ${leftOut}`);
      expect(text).toContain(
        `Next: pnpm data check --configfile ${folder}/config.yml\n      pnpm exp:a --configfile ${folder}/config.yml --directory runs/${basename(folder)}`,
      );
      expect(config).toContain(`--directory runs/${basename(folder)}\n`);
      const { findings } = await checkFolder(folder, { sites: ["01435000"] });
      expect(findings.filter(({ level }) => level === "error")).toEqual([]);
    });

    it("writes the same of the service that replaces the old one, where told to", async () => {
      service = await serve(wellAnswered);
      const tables = ["obs_file.csv", "input_file.csv", "sites.csv"];
      const made = () => Promise.all(tables.map((name) => readFile(join(folder, name), "utf8")));
      expect((await fetchData(one)).code).toBe(0);
      const before = await made();
      service.asked.length = 0;
      const { code, text } = await fetchData([...one, "--services.usgs", "waterdata"]);
      expect(code, text).toBe(0);
      expect(service.asked.some((path) => path.startsWith("/ogcapi/v0/collections/daily/items?"))).toBe(true);
      expect(service.asked.some((path) => path.startsWith("/nwis/"))).toBe(false);
      expect(await made()).toEqual(before);
    });

    it("asks for nothing twice, and asks anew when the days change", async () => {
      service = await serve(wellAnswered);
      expect((await fetchData(one)).code).toBe(0);
      expect(service.asked).toHaveLength(3);
      await writeFile(join(folder, "config.yml"), "mine\n");
      const { code, text } = await fetchData([`raw/01435000/site.rdb`, ...one]); // one file, as a failure suggests
      expect(code, text).toBe(0);
      expect((await fetchData(one)).code).toBe(0);
      expect(service.asked).toHaveLength(3);
      expect(
        (await fetchData(["--sites", "01435000", "--from", "2018-01-01", "--to", "2018-02-28"])).code,
      ).toBe(0);
      expect(service.asked).toHaveLength(5); // the site's description is kept
      expect(await lines("obs_file.csv")).toHaveLength(1 + 59);
      expect(await lines("config.yml")).toEqual(["mine"]); // written once, then the user's
    });

    it("interrupted, goes on where it stopped", async () => {
      let up = false;
      service = await serve((path) =>
        path.startsWith("/daymet") && !up ? status(503, "maintenance") : wellAnswered(path),
      );
      const first = await fetchData(one);
      expect(first.code).toBe(1);
      expect(first.text).toContain("the service answered 503 Service Unavailable: maintenance");
      expect(first.text).toContain("maintenance; retrying in 0 s"); // told while it waits
      expect(existsSync(join(folder, "obs_file.csv"))).toBe(false);
      expect(existsSync(join(folder, "raw/01435000/daymet.csv"))).toBe(false);
      up = true;
      service.asked.length = 0;
      expect((await fetchData(one)).code).toBe(0);
      expect(service.asked.map((path) => path.split("?")[0])).toEqual(["/daymet"]);
      expect(await lines("obs_file.csv")).toHaveLength(91);
    });

    it("killed in the middle of a request, goes on where it was", async () => {
      let down = true;
      service = await serve((path) => (path.startsWith("/daymet") && down ? silence : wellAnswered(path)));
      const killed = new AbortController();
      const run = fetchData(one, 60, killed.signal);
      while (!service.asked.some((path) => path.startsWith("/daymet")) || service.asked.length < 3)
        await pause(20);
      await pause(500); // the answers before are written down
      killed.abort();
      await run;
      down = false;
      expect(existsSync(join(folder, "obs_file.csv"))).toBe(false);
      service.asked.length = 0;
      const { code, text } = await fetchData(one);
      expect(code, text).toBe(0);
      expect(service.asked.map((path) => path.split("?")[0])).toEqual(["/daymet"]);
      expect(await lines("obs_file.csv")).toHaveLength(91);
    });

    const faults: [string, (path: string) => Answer][] = [
      ["429", () => status(429, "", { "retry-after": "0" })],
      ["500", () => status(500)],
      ["a truncated body", () => cutOff(daily["01435000"])],
      ["cut JSON", () => body(daily["01435000"].slice(0, 5000))],
      ["HTML instead of JSON", () => body("<html><body>Sorry</body></html>")],
    ];
    it.each(faults)("gets over %s once for every request", async (_, fault) => {
      service = await serve((path, earlier) => (earlier === 0 ? fault(path) : wellAnswered(path)));
      const { code, text } = await fetchData(one);
      expect(code, text).toBe(0);
      expect(service.asked).toHaveLength(6);
      expect((await lines("obs_file.csv"))[1]).toBe("01435000,2018-01-01,1.837763,A,,");
    });

    it("gets over no answer", async () => {
      service = await serve((path, earlier) => (earlier === 0 ? silence : wellAnswered(path)));
      expect((await fetchData(one, 1)).code).toBe(0);
    });

    it("makes the tables without a station that the service refuses, and names it", async () => {
      service = await serve((path) =>
        path.includes("sites=09999999") ? status(404, "No sites found") : wellAnswered(path),
      );
      const two = ["--sites", "09999999", "01435000", ...period];
      const { code, text } = await fetchData(two);
      expect(code, text).toBe(0);
      expect(text).toContain("Failed (optional): fetch_site (site_id=09999999)");
      expect(text).toContain("the service answered 404 Not Found: No sites found");
      expect(text).toContain("If so: The USGS retires this service");
      expect(text).toContain("--services.usgs waterdata");
      expect(text).toContain(
        "Not fetched, so in none of the files; the same command tries them again\n  09999999\n",
      );
      expect(await lines("obs_file.csv")).toHaveLength(91);
      expect((await lines("sites.csv")).slice(1).map((line) => line.split(",")[0])).toEqual(["01435000"]);
      service.asked.length = 0;
      expect((await fetchData(two)).code).toBe(0);
      expect(service.asked.every((path) => path.includes("sites=09999999"))).toBe(true);
    });

    it("follows the pages of the Water Data API, whatever their size", async () => {
      const size = 37;
      service = await serve((path) => {
        if (!path.includes("/collections/daily/")) return wellAnswered(path);
        const from = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
        const { features } = JSON.parse(asWaterData(path)) as { features: object[] };
        const href = `${service.url}/ogcapi/v0/collections/daily/items?cursor=${from + size}`;
        const links = from + size < features.length ? [{ rel: "next", href }] : [{ rel: "self", href }];
        return body(JSON.stringify({ features: features.slice(from, from + size), links }));
      });
      const { code, text } = await fetchData([...one, "--services.usgs", "waterdata"]);
      expect(code, text).toBe(0);
      expect(await lines("obs_file.csv")).toHaveLength(91);
      expect((await lines("obs_file.csv"))[90]).toMatch(/^01435000,2018-03-31,[\d.]+,A,[\d.]+,A$/);
      const origin = JSON.parse(await readFile(join(folder, "raw/01435000/daily.origin.json"), "utf8"));
      expect(origin.pages).toBeGreaterThan(4);
    });

    it("names the key where the Water Data API is asked too much", async () => {
      service = await serve(() => status(429, "", { "retry-after": "0" }));
      const { code, text } = await fetchData([...one, "--services.usgs", "waterdata"]);
      expect(code).toBe(1);
      expect(text).toContain(
        "get one at api.waterdata.usgs.gov/signup and set API_USGS_PAT in the environment",
      );
    });

    it.each([
      [["--sites", "1435000", ...period], "expected a USGS site number of 8 to 15 digits"],
      [
        ["--sites", "01435000", "--from", "2018-02-30", "--to", "2018-03-31"],
        "expected a date such as 2018-01-31",
      ],
      [
        ["--sites", "01435000", "--from", "2019-01-01", "--to", "2018-03-31"],
        "the last day is before the first",
      ],
      [["--sites", "01435000", "01435000", ...period], "it is given twice"],
      [[...one, "--parameters", "nitrate"], "expected a USGS parameter code of five digits"],
      [[...one, "--parameters", "00060", "60"], "expected a USGS parameter code of five digits"],
      [
        [...one, "--parameters", "00060", "00631", "99133"],
        'Cannot fetch parameters "00631 and 99133": both are the column nitrate_mg_l',
      ],
    ])("refuses %j", async (args, message) => {
      service = await serve(wellAnswered);
      const { code, text } = await fetchData(args);
      expect(code).toBe(2);
      expect(text).toContain(message);
      expect(service.asked).toEqual([]);
    });
  },
);
