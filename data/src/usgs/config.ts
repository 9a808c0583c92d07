/** The config of a fetch: which sites, which days, from where, how politely. Every key is also an option. */
import { cannot } from "braid-engine";
import * as z from "zod";
import { parseDay } from "../tables/day.ts";
import { parameterPattern, readParameters } from "./parameters.ts";

const date = z.string().refine((text) => parseDay(text) !== null, "expected a date such as 2018-01-31");

export const Config = z.strictObject({
  sites: z
    .array(
      z.string().regex(/^\d{8,15}$/, "expected a USGS site number of 8 to 15 digits, leading zeros included"),
    )
    .min(1)
    .describe("USGS site numbers"),
  from: date.describe("First day, e.g. 1980-10-01"),
  to: date.describe("Last day"),
  parameters: z
    .array(
      z
        .string()
        .regex(
          parameterPattern,
          "expected a USGS parameter code of five digits, with a statistic if it is not the mean: 99133, 00010:00001",
        ),
    )
    .min(1)
    .optional()
    .describe(
      "USGS parameter codes, with :00001 the daily maximum, :00002 the minimum (default: 00060 00010)",
    ),
  services: z.strictObject({
    usgs: z
      .enum(["nwis", "waterdata"])
      .default("nwis")
      .describe("Which USGS service to use: nwis, or waterdata, which replaces it"),
    nwis: z.url().describe("NWIS water services: the folder above site/ and dv/"),
    waterdata: z.url().describe("USGS Water Data OGC API: the folder above collections/"),
    daymet: z.url().describe("Daymet single-pixel service"),
  }),
  manners: z.strictObject({
    interval: z.number().min(0).describe("Seconds between two requests to one host"),
    retries: z.int().min(0).describe("How often a failed request is retried"),
    backoff: z.number().min(0).describe("Seconds before the first retry; doubles with each"),
    timeout: z.number().positive().describe("Seconds to wait for a response"),
  }),
});

export type FetchConfig = z.output<typeof Config>;

/** @throws if what each key allows does not fit together. */
export function checkConfig(config: FetchConfig): FetchConfig {
  const { sites, from, to } = config;
  if (to < from) throw cannot("fetch", `${from}..${to}`, "the last day is before the first");
  const twice = sites.find((site, i) => sites.indexOf(site) !== i);
  if (twice !== undefined) throw cannot("fetch site", twice, "it is given twice");
  readParameters(config.parameters);
  return config;
}
