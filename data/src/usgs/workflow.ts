/**
 * `pnpm data fetch` as a workflow: three answers per site, kept as they came, then tables. Stopped and started
 * again, it asks only for what it does not have.
 */
import { expand, rule, untracked, workflow } from "braid-engine";
import { Config, checkConfig } from "./config.ts";
import {
  assemble,
  fetchDaily,
  fetchDaymet,
  fetchParameters,
  fetchSite,
  gather,
  siteFileOf,
  type Usgs,
} from "./steps.ts";

/** The modules whose code decides what stands in the tables: an edit there assembles again, and fetches nothing. */
const reading = [
  "./assemble.ts",
  "./parameters.ts",
  "./service.ts",
  "./nwis.ts",
  "./rdb.ts",
  "./waterdata.ts",
  "./daymet.ts",
].map((file) => new URL(file, import.meta.url));

interface Gathering {
  readonly input: { readonly observations: readonly string[] };
}

export default workflow({
  config: Config,
  resolve: checkConfig,
  rules: ({ sites, from, to, parameters, services, manners: given }) => {
    const manners = untracked(given);
    const usgs: Usgs = { version: services.usgs, base: services[services.usgs] };
    // Absent if the config names none: then params and bodies are those of folders that were fetched before.
    const named = parameters === undefined ? {} : { parameters };
    const raw = "raw/{site_id}" as const;
    const part = "raw/{site_id}/table" as const;
    const every = { site_id: sites };

    // Requests wait, they do not compute: they run in this process, where one clock keeps the pauses per host.
    const fetch_site = rule({
      output: { answer: `${raw}/${siteFileOf(usgs)}`, origin: `${raw}/site.origin.json` },
      params: { usgs, manners },
      localRule: true,
      // If the service refuses a station, the tables are made without it.
      optional: true,
      run: fetchSite,
    });
    const fetch_daily = rule({
      output: { answer: `${raw}/daily.json`, origin: `${raw}/daily.origin.json` },
      params: { usgs, from, to, manners, ...named },
      localRule: true,
      // If the service refuses a station, the tables are made without it.
      optional: true,
      run: parameters === undefined ? fetchDaily : fetchParameters,
    });
    const fetch_daymet = rule({
      input: fetch_site.output.answer,
      output: { answer: `${raw}/daymet.csv`, origin: `${raw}/daymet.origin.json` },
      params: { usgs, daymet: services.daymet, from, to, manners },
      localRule: true,
      // If the service refuses a station, the tables are made without it.
      optional: true,
      run: fetchDaymet,
    });
    const assemble_site = rule({
      input: {
        site: fetch_site.output.answer,
        daily: fetch_daily.output.answer,
        daymet: fetch_daymet.output.answer,
      },
      output: {
        observations: `${part}/obs.csv`,
        drivers: `${part}/input.csv`,
        site: `${part}/site.csv`,
        notes: `${part}/notes.txt`,
      },
      params: { usgs, from, to, ...named },
      code: reading,
      run: assemble,
    });
    const made = assemble_site.output;
    const gather_sites = rule({
      input: {
        observations: expand(made.observations, every),
        drivers: expand(made.drivers, every),
        sites: expand(made.site, every),
        notes: expand(made.notes, every),
      },
      output: {
        observations: "obs_file.csv",
        drivers: "input_file.csv",
        sites: "sites.csv",
        report: "report.txt",
        config: "raw/config.yml",
      },
      params: ({ input }: Gathering) => ({
        ...{ from, to, ...named },
        missing: sites.filter((site) => !input.observations.some((path) => path.includes(`/${site}/table/`))),
      }),
      code: ["../folder/survey.ts", "../folder/write-folder.ts", "../tables/starter-config.ts"].map(
        (file) => new URL(file, import.meta.url),
      ),
      run: gather,
    });
    return {
      all: rule({ input: [gather_sites.output.observations, gather_sites.output.report] }),
      gather_sites,
      assemble_site,
      fetch_site,
      fetch_daily,
      fetch_daymet,
    };
  },
});
